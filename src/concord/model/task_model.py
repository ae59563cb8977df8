"""One encoder with any number of tasks' heads: the model that `concord finetune` trains."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.artifact import (
    CARD_FILE,
    CONFIG_FILE,
    GRAPH_FILE,
    SECTION,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    TasksSettings,
    load_config,
)
from concord.errors import ArtifactError, ConfigError
from concord.model.encoder import (
    EncoderOptions,
    build_encoder,
    empty_encoder,
    encoder_config,
    load_pair_tokenizer,
    max_positions,
    reads_token_types,
    tokenizer_config,
)
from concord.model.task_heads import Draft, ReplacedModule, build_task_head
from concord.tasks import (
    AnyTask,
    check_task_name,
    delete_task,
    load_head_weights,
    load_tasks,
    save_task,
)
from concord.tasks.heads import FloatArray
from concord.text.tokenizer import PairTokenizer

_PLAIN_CARD: Final = """---
library_name: concord
---

# A model of several tasks

Predict with `concord.TaskPredictor.from_pretrained("FOLDER").predict(TASK, INPUTS)`.
"""


class TaskModel(nn.Module):
    """Reads texts once and answers for each of its tasks.

    Args:
        encoder: Any Hugging Face encoder.
        tokenizer: The encoder's tokenizer, saved beside it.
        max_tokens: The encoder's window, special tokens included; at most its positions.
    """

    def __init__(
        self, encoder: PreTrainedModel, tokenizer: PairTokenizer, *, max_tokens: int = 512
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.tokenizer = tokenizer
        self.max_tokens = min(max_tokens, max_positions(encoder))
        self.tasks: dict[str, AnyTask] = {}
        self.heads = nn.ModuleDict()
        self._reads_token_types = reads_token_types(encoder)

    @classmethod
    def from_encoder(cls, options: EncoderOptions, *, max_tokens: int = 512) -> Self:
        """Start from an encoder, without any task as yet."""
        encoder = build_encoder(options)
        return cls(encoder, load_pair_tokenizer(options.name), max_tokens=max_tokens)

    @property
    def hidden_size(self) -> int:
        """The width of one layer's states."""
        return int(self.encoder.config.hidden_size)

    @property
    def num_layers(self) -> int:
        """The encoder's last layers that some head reads."""
        return max((task.head.num_layers for task in self.tasks.values()), default=1)

    def add_task(self, name: str, task: AnyTask) -> None:
        """Add a task with a fresh head; seed torch first for a reproducible start.

        Raises:
            ConfigError: If the name is taken or cannot be a folder's, or the encoder has not as
                many layers as the head reads, or no mask though the task hides tokens.
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
        if task.corruption is not None and self.tokenizer.mask_id == self.tokenizer.pad_id:
            raise ConfigError(
                f"task {name!r} hides tokens, but the encoder's tokenizer has no mask"
            )
        self.heads[name] = build_task_head(task.head, self.hidden_size, self.encoder)
        self.tasks[name] = task

    def remove_task(self, name: str) -> None:
        """Remove a task and its head.

        Raises:
            ConfigError: If there is no such task.
        """
        if name not in self.tasks:
            raise ConfigError(f"the model has no task {name!r}; it has {', '.join(self.tasks)}")
        del self.tasks[name], self.heads[name]

    def freeze(self, *, encoder: bool, heads: Iterable[str] = ()) -> None:
        """Let the encoder, or heads, stay as they are while the rest learns."""
        self.encoder.requires_grad_(not encoder)
        if getattr(self.encoder, "pooler", None) is not None:
            self.encoder.pooler.requires_grad_(False)  # no head reads it
        frozen = set(heads)
        for name, head in self.heads.items():
            head.requires_grad_(name not in frozen)

    def states(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the last layers' states side by side, ``(sequences, tokens, layers * hidden)``."""
        inputs: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self._reads_token_types:
            inputs["token_type_ids"] = token_type_ids
        num_layers = self.num_layers
        if num_layers == 1:
            last: Tensor = self.encoder(**inputs).last_hidden_state
            return last
        outputs = self.encoder(**inputs, output_hidden_states=True)
        return torch.cat(outputs.hidden_states[-num_layers:], dim=-1)

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
        states = self.states(input_ids, attention_mask, token_type_ids)
        return {
            name: self.heads[name](
                states[own], attention_mask[own], *([drafts[name]] if name in drafts else [])
            )
            for name, own in rows.items()
        }

    def save_pretrained(
        self, folder: Path | str, *, dtype: torch.dtype = torch.float32, card: str = _PLAIN_CARD
    ) -> None:
        """Write the encoder as other libraries expect it, and a folder for each task.

        A graph that is there is removed; `concord export` makes the new one.

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
        config = encoder_config(self.encoder)
        config |= {"dtype": str(dtype).removeprefix("torch."), SECTION: settings.to_section()}
        weights = {
            name: value.detach().to(device="cpu", dtype=dtype).contiguous()
            for name, value in self.encoder.state_dict().items()
            if value.is_floating_point()
        }
        save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
        (folder / TOKENIZER_FILE).write_text(self.tokenizer.fingerprint, encoding="utf-8")
        tokenizing = tokenizer_config(
            self.tokenizer,
            max_tokens=self.max_tokens,
            reads_token_types=self._reads_token_types,
        )
        _write_json(folder / TOKENIZER_CONFIG_FILE, tokenizing)
        _write_json(folder / CONFIG_FILE, config)
        shutil.copymode(folder / CONFIG_FILE, folder / WEIGHTS_FILE)  # written for its owner alone
        for name in load_tasks(folder).keys() - self.tasks.keys():  # removed since it was saved
            delete_task(folder, name)
        for name, task in self.tasks.items():
            save_task(folder, name, task, self.head_weights(name))
        (folder / GRAPH_FILE).unlink(missing_ok=True)  # it may give fewer layers than heads read
        (folder / CARD_FILE).write_text(card, encoding="utf-8")

    def head_weights(self, name: str) -> dict[str, Any]:
        """Return a head's weights as float32 arrays, by name."""
        return {
            key: value.detach().to(device="cpu", dtype=torch.float32).contiguous().numpy()
            for key, value in self.heads[name].state_dict().items()
        }

    def word_embedding(self) -> FloatArray:
        """Return a copy of the encoder's input embedding, ``(vocabulary, width)``."""
        weight: Tensor = self.encoder.get_input_embeddings().state_dict()["weight"]
        array: FloatArray = weight.to(device="cpu", dtype=torch.float32).numpy().copy()
        return array

    @classmethod
    def from_pretrained(cls, folder: Path | str, *, attention: str = "sdpa") -> Self:
        """Load a saved model in fp32, in evaluation mode.

        Raises:
            ArtifactError: If the folder is not a complete model of tasks.
        """
        folder = Path(folder)
        settings = TasksSettings.from_config(load_config(folder), source=str(folder / CONFIG_FILE))
        encoder = empty_encoder(folder, attention=attention)
        tokenizer = PairTokenizer.load(folder / TOKENIZER_FILE)
        model = cls(encoder, tokenizer, max_tokens=settings.max_tokens)
        model._load_encoder(folder / WEIGHTS_FILE)
        for name, task in load_tasks(folder).items():
            model.add_task(name, task)
            weights = load_head_weights(folder, name)
            tensors = {key: torch.from_numpy(value.copy()) for key, value in weights.items()}
            try:
                model.heads[name].load_state_dict(tensors)
            except RuntimeError as error:
                raise ArtifactError(f"task {name!r} of {folder} cannot be read: {error}") from error
        return model.eval()

    def _load_encoder(self, path: Path) -> None:
        try:
            with safe_open(path, framework="pt") as file:
                weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        except Exception as error:  # the safetensors package has one exception for all damage
            raise ArtifactError(f"{path} cannot be read: {error}") from error
        missing = self.encoder.load_state_dict(weights, strict=False).missing_keys
        lost = [name for name in missing if self.encoder.state_dict()[name].is_floating_point()]
        if lost:
            raise ArtifactError(f"{path} lacks the encoder's weight {lost[0]!r}; save it anew")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
