"""The encoder that all tasks of a model read, adapted for all of them or for each alone."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from concord.adaptation import Adaptation, Encoder, plain_encoder
from concord.adaptation.full import Full
from concord.adaptation.per_task import (
    TaskAdaptation,
    adapter_parameters,
    remove_adapter,
    use_adapter,
)
from concord.errors import ConfigError
from concord.model.encoder import max_positions, reads_token_types
from concord.model.task_adapters import as_arrays, check_adaptation, check_adapter
from concord.tasks.adapters import SavedAdapter
from concord.tasks.heads import FloatArray


class SharedEncoder(nn.Module):
    """Gives the states that heads read.

    Args:
        encoder: Any Hugging Face encoder.
        max_tokens: Its window, special tokens included; at most its positions.
        adaptation: How it differs from a plain one, if it does.
    """

    def __init__(
        self, encoder: Encoder, *, max_tokens: int = 512, adaptation: Adaptation | None = None
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.adaptation = adaptation or Full()
        self.adapters: dict[str, TaskAdaptation] = {}
        """By task, what it has of its own on the encoder."""
        self.max_tokens = min(max_tokens, _window(encoder, self.adaptation))
        self._reads_token_types = reads_token_types(plain_encoder(encoder))

    @property
    def hidden_size(self) -> int:
        """The width of one layer's states."""
        return int(self.encoder.config.hidden_size)

    def adapt(self, adaptation: Adaptation) -> None:
        """Add to the encoder what an adaptation does; seed torch first for a reproducible start.

        Where the encoder has just that already, it goes on from there.

        Raises:
            ConfigError: If the encoder cannot be adapted so, or was adapted in another way.
        """
        check_adaptation(adaptation, self.adaptation, self.adapters)
        is_there = adaptation == self.adaptation
        if is_there or not adaptation.adds_parameters or adaptation.is_per_task:
            return
        window = _window(self.encoder, adaptation)
        self.encoder = adaptation.adapt(self.encoder)
        self.adaptation = adaptation
        self.max_tokens = min(self.max_tokens, window)

    def add_adapter(self, task: str, adapter: TaskAdaptation) -> None:
        """Let a task read through an adapter of its own from now on, fresh unless it has it.

        Raises:
            ConfigError: If it has another one, or the encoder cannot have it.
        """
        wanted = replace(adapter.resolved(self.encoder), per_task=True)
        check_adapter(task, wanted, self.adaptation, self.adapters)
        if task not in self.adapters:
            wanted.insert(self.encoder, task)
            self.adapters[task] = wanted

    def remove_adapter(self, task: str) -> None:
        """Take away what a task has of its own on the encoder, if anything."""
        if self.adapters.pop(task, None) is not None:
            remove_adapter(self.encoder, task)

    def saved_adapter(self, task: str) -> SavedAdapter | None:
        """Return what a folder keeps of a task's own adapter; None where it has none."""
        if task not in self.adapters:
            return None
        weights = as_arrays(adapter_parameters(self.encoder, task))
        return SavedAdapter(self.adapters[task].to_adapter_config(self.encoder), weights)

    def read(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        *,
        num_layers: int = 1,
        task: str | None = None,
    ) -> Tensor:
        """Return the last layers' states side by side, ``(sequences, tokens, layers * hidden)``.

        Args:
            input_ids: Shape ``(sequences, tokens)``.
            attention_mask: 1 on real tokens, of the same shape.
            token_type_ids: Of the same shape.
            num_layers: How many layers.
            task: Whose own adapter is on, if it has one.
        """
        if self.adapters:
            use_adapter(self.encoder, task if task in self.adapters else None)
        inputs: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self._reads_token_types:
            inputs["token_type_ids"] = token_type_ids
        if num_layers == 1:
            last: Tensor = self.encoder(**inputs).last_hidden_state
            return last
        outputs = self.encoder(**inputs, output_hidden_states=True)
        return torch.cat(outputs.hidden_states[-num_layers:], dim=-1)

    def word_embedding(self) -> FloatArray:
        """Return a copy of the encoder's input embedding, ``(vocabulary, width)``."""
        weight: Tensor = self.encoder.get_input_embeddings().state_dict()["weight"]
        array: FloatArray = weight.to(device="cpu", dtype=torch.float32).numpy().copy()
        return array


def _window(encoder: Encoder, adaptation: Adaptation) -> int:
    """Return how many tokens of a text an adapted encoder can read at once."""
    positions = max_positions(encoder)
    if adaptation.num_virtual_tokens >= positions:
        raise ConfigError(
            f"adaptation.num_tokens must be below the encoder's {positions} positions, "
            f"got {adaptation.num_virtual_tokens}"
        )
    return positions - adaptation.num_virtual_tokens
