"""One encoder with any number of tasks' heads: the model that `concord finetune` trains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import torch
from torch import Tensor, nn

from concord.adaptation import Adaptation, Encoder
from concord.adaptation.per_task import TaskAdaptation, load_adapter_weights
from concord.artifact import CARD_FILE, GRAPH_FILE, TasksSettings
from concord.errors import ArtifactError, ConfigError
from concord.model.encoder import EncoderOptions, build_encoder, load_pair_tokenizer
from concord.model.encoder_folder import SavedEncoder, load_encoder, save_encoder
from concord.model.shared_encoder import SharedEncoder
from concord.model.task_adapters import as_arrays, as_tensors, read_adapter
from concord.model.task_heads import Draft, ReplacedModule, build_task_head
from concord.tasks import (
    AnyTask,
    check_task_name,
    delete_task,
    load_head_weights,
    load_tasks,
    save_task,
)
from concord.tasks.adapters import load_adapter, save_adapter
from concord.text.tagged_tokenizer import TaggedTokenizer
from concord.text.tokenizer import PairTokenizer

_PLAIN_CARD: Final = """---
library_name: concord
---

# A model of several tasks

Predict with `concord.TaskPredictor.from_pretrained("FOLDER").predict(TASK, INPUTS)`.
"""


class TaskModel(SharedEncoder):
    """Reads texts once and answers for each of its tasks.

    Args:
        encoder: Any Hugging Face encoder.
        tokenizer: The encoder's tokenizer, saved beside it.
        max_tokens: The encoder's window, special tokens included; at most its positions.
        adaptation: How the encoder differs from a plain one, if it does.
    """

    def __init__(
        self,
        encoder: Encoder,
        tokenizer: PairTokenizer,
        *,
        max_tokens: int = 512,
        adaptation: Adaptation | None = None,
    ) -> None:
        super().__init__(encoder, max_tokens=max_tokens, adaptation=adaptation)
        self.tokenizer = self.adaptation.tokenizer(tokenizer)
        self.tasks: dict[str, AnyTask] = {}
        self.heads = nn.ModuleDict()

    @classmethod
    def from_encoder(cls, options: EncoderOptions, *, max_tokens: int = 512) -> Self:
        """Start from an encoder, without any task as yet."""
        encoder = build_encoder(options)
        return cls(encoder, load_pair_tokenizer(options.name), max_tokens=max_tokens)

    @property
    def num_layers(self) -> int:
        """The encoder's last layers that some head reads."""
        return max((task.head.num_layers for task in self.tasks.values()), default=1)

    def adapt(self, adaptation: Adaptation) -> None:
        """Add to the encoder what an adaptation does, as a `SharedEncoder` does.

        Raises:
            ConfigError: If the encoder cannot be adapted so, or was adapted in another way, or a
                task hides tokens that would be tagged.
        """
        tokenizer = adaptation.tokenizer(self.tokenizer)
        for name, task in self.tasks.items():
            _check_hiding(name, task, tokenizer)
        super().adapt(adaptation)
        self.tokenizer = tokenizer

    def add_task(self, name: str, task: AnyTask, *, adapter: TaskAdaptation | None = None) -> None:
        """Add a task with a fresh head; seed torch first for a reproducible start.

        Args:
            name: Its name.
            task: The task.
            adapter: What it is to have of its own on the encoder; nothing unless given.

        Raises:
            ConfigError: If the name is taken or cannot be a folder's, or the encoder has not as
                many layers as the head reads, or no mask though the task hides tokens, or tags
                of them, or cannot have the adapter.
        """
        check_task_name(name)
        if name in self.tasks:
            raise ConfigError(f"the model has a task {name!r} already; remove it first")
        available = int(self.encoder.config.num_hidden_layers)
        if task.head.num_layers > available:
            raise ConfigError(
                f"task {name!r} reads the last {task.head.num_layers} layers; "
                f"the encoder has {available}"
            )
        _check_hiding(name, task, self.tokenizer)
        if adapter is not None:
            self.add_adapter(name, adapter)
        self.heads[name] = build_task_head(task.head, self.hidden_size, self.encoder)
        self.tasks[name] = task

    def remove_task(self, name: str) -> None:
        """Remove a task, its head, and what it has of its own on the encoder.

        Raises:
            ConfigError: If there is no such task.
        """
        if name not in self.tasks:
            raise ConfigError(f"the model has no task {name!r}; it has {', '.join(self.tasks)}")
        self.remove_adapter(name)
        del self.tasks[name], self.heads[name]

    def states(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        *,
        task: str | None = None,
    ) -> Tensor:
        """Return the states of as many layers as heads read, as `read` does."""
        return self.read(
            input_ids, attention_mask, token_type_ids, num_layers=self.num_layers, task=task
        )

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        rows: Mapping[str, Tensor],
    ) -> dict[str, Any]:
        """Return what each task's loss reads of its own sequences.

        Args:
            input_ids: Shape ``(sequences, tokens)``.
            attention_mask: 1 on real tokens, of the same shape.
            token_type_ids: Of the same shape.
            rows: By task, the sequences that are its own, shape ``(own,)``.
        """
        is_mask = (input_ids == self.tokenizer.mask_id) & (attention_mask == 1)
        drafts: dict[str, Draft] = {}
        for name, own in rows.items():
            head = self.heads[name]
            if isinstance(head, ReplacedModule):
                drafts[name] = head.draft(input_ids[own], attention_mask[own], is_mask[own])
        for name, draft in drafts.items():
            input_ids = input_ids.index_copy(0, rows[name], draft.input_ids)
        states = self._states_by_task((input_ids, attention_mask, token_type_ids), rows)
        return {
            name: self.heads[name](
                states[name], attention_mask[own], *([drafts[name]] if name in drafts else [])
            )
            for name, own in rows.items()
        }

    def _states_by_task(
        self, inputs: tuple[Tensor, Tensor, Tensor], rows: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Return the states of each task's sequences; the encoder reads once for each adapter."""
        if not self.adapters:
            states = self.states(*inputs)
            return {name: states[own] for name, own in rows.items()}
        is_recomputed = any(
            getattr(module, "gradient_checkpointing", False) for module in self.encoder.modules()
        )
        if is_recomputed and self.training and len(rows) > 1:
            raise ConfigError(
                "gradient checkpointing computes a batch's states anew with the adapter of its "
                "last task; give each batch one task with sampling.batching = 'one_task'"
            )
        return {
            name: self.states(*(each[own] for each in inputs), task=name)
            for name, own in rows.items()
        }

    def save_pretrained(
        self, folder: Path | str, *, dtype: torch.dtype = torch.float32, card: str = _PLAIN_CARD
    ) -> None:
        """Write the encoder as other libraries expect it, and a folder for each task.

        What an adaptation added is put into the encoder's own weights where that can be, in a copy;
        else it stands beside them. A graph that is there is removed; `concord export` makes the
        new one.

        Args:
            folder: Made if absent.
            dtype: How the encoder's weights are stored; heads stay in float32.
            card: The text of `README.md`.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        settings = TasksSettings(
            max_tokens=self.max_tokens, num_layers=self.num_layers, hidden_size=self.hidden_size
        )
        saved = SavedEncoder(self.encoder, self.adaptation, self.tokenizer, settings)
        save_encoder(folder, saved, dtype)
        for name in load_tasks(folder).keys() - self.tasks.keys():  # removed since it was saved
            delete_task(folder, name)
        for name, task in self.tasks.items():
            save_task(folder, name, task, self.head_weights(name))
            save_adapter(folder, name, self.saved_adapter(name))
        (folder / GRAPH_FILE).unlink(missing_ok=True)  # it may give fewer layers than heads read
        (folder / CARD_FILE).write_text(card, encoding="utf-8")

    def head_weights(self, name: str) -> dict[str, Any]:
        """Return a head's weights as float32 arrays, by name."""
        return as_arrays(self.heads[name].state_dict())

    @classmethod
    def from_pretrained(cls, folder: Path | str, *, attention: str = "sdpa") -> Self:
        """Load a saved model in fp32, in evaluation mode.

        Raises:
            ArtifactError: If the folder is not a complete model of tasks.
        """
        folder = Path(folder)
        saved = load_encoder(folder, attention=attention)
        model = cls(
            saved.encoder,
            saved.tokenizer,
            max_tokens=saved.settings.max_tokens,
            adaptation=saved.adaptation,
        )
        for name, task in load_tasks(folder).items():
            model._load_task(folder, name, task)
        return model.eval()

    def _load_task(self, folder: Path, name: str, task: AnyTask) -> None:
        """Add a saved task, with its head and, where it has one, its own adapter."""
        weights, adapter = load_head_weights(folder, name), load_adapter(folder, name)
        try:
            self.add_task(name, task, adapter=None if adapter is None else read_adapter(adapter))
            self.heads[name].load_state_dict(as_tensors(weights))
            if adapter is not None:
                load_adapter_weights(self.encoder, name, as_tensors(adapter.weights))
        except (ConfigError, RuntimeError) as error:
            raise ArtifactError(f"task {name!r} of {folder} cannot be read: {error}") from error


def _check_hiding(name: str, task: AnyTask, tokenizer: PairTokenizer) -> None:
    if task.corruption is None:
        return
    if tokenizer.mask_id == tokenizer.pad_id:
        raise ConfigError(f"task {name!r} hides tokens, but the encoder's tokenizer has no mask")
    if isinstance(tokenizer, TaggedTokenizer):
        raise ConfigError(
            f"task {name!r} hides tokens and guesses their ids, which carry tags where "
            "adaptation.kind is 'tags'; choose another kind"
        )
