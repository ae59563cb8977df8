"""Batches of token ids to tensors, with tokens masked where the auxiliary loss asks for it."""

from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from concord.data.mixture import Epoch, PairBatch
from concord.errors import ConfigError
from concord.text.batches import build_token_batch
from concord.text.tokenizer import PairTokenizer

IGNORED: Final = -100
"""The token label that the masked-language loss passes over."""


class TrainingBatch(TypedDict):
    """One micro-batch; `token_labels` is -100 wherever no token is to be guessed."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    head: Tensor
    target: Tensor
    token_labels: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingOptions:
    """Masked-language modelling as BERT does it (Devlin et al., 2019).

    Attributes:
        weight: Weight of the loss; 0 switches it off, the original's auxiliary weight is 0.5.
        rate: Share of the text tokens to guess; 80 % of them become the mask, 10 % a random
            token, 10 % stay.
    """

    weight: float = 0.0
    rate: float = 0.15

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise ConfigError(f"masking.weight must be at least 0, got {self.weight}")
        if not 0 < self.rate < 1:
            raise ConfigError(f"masking.rate lies in (0, 1), got {self.rate}")


class Collator:
    """Turns a `PairBatch` into tensors.

    Args:
        tokenizer: Lays out pairs and names the special tokens.
        masking: Whether and how tokens are masked.
        seed: Decides which tokens.
    """

    def __init__(self, tokenizer: PairTokenizer, masking: MaskingOptions, seed: int) -> None:
        self._tokenizer = tokenizer
        self._masking = masking
        self._seed = seed
        template = tokenizer.template
        special = {*template.prefix, *template.separator, *template.suffix, tokenizer.pad_id}
        self._special_ids = np.array(sorted(special))

    def collate(self, batch: PairBatch, *, epoch: int, index: int) -> TrainingBatch:
        """Return the tensors of one batch; the same for the same epoch and index."""
        tokens = build_token_batch(batch.pairs, self._tokenizer.template, self._tokenizer.pad_id)
        input_ids = tokens.input_ids
        labels = np.full_like(input_ids, IGNORED)
        if self._masking.weight > 0:
            rng = np.random.default_rng([self._seed, epoch, index])
            is_text = ~np.isin(input_ids, self._special_ids)
            input_ids, labels = self._mask(input_ids, is_text, rng)
        return TrainingBatch(
            input_ids=torch.from_numpy(input_ids),
            attention_mask=torch.from_numpy(tokens.attention_mask),
            token_type_ids=torch.from_numpy(tokens.token_type_ids),
            head=torch.from_numpy(batch.head.astype(np.int64)),
            target=torch.from_numpy(batch.target),
            token_labels=torch.from_numpy(labels),
        )

    def _mask(
        self, input_ids: NDArray[np.int64], is_text: NDArray[np.bool_], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        is_guessed = is_text & (rng.random(input_ids.shape) < self._masking.rate)
        labels = np.where(is_guessed, input_ids, IGNORED)
        fate = rng.random(input_ids.shape)
        random_ids = rng.integers(0, self._tokenizer.vocabulary_size, input_ids.shape)
        masked = np.where(is_guessed & (fate < 0.8), self._tokenizer.mask_id, input_ids)
        masked = np.where(is_guessed & (fate >= 0.9), random_ids, masked)
        return masked, labels


class EpochDataset(Dataset[TrainingBatch]):
    """An epoch's batches by index, for a `DataLoader` with any number of workers."""

    def __init__(self, epoch: Epoch, number: int, collator: Collator) -> None:
        self._epoch = epoch
        self._number = number
        self._collator = collator

    def __len__(self) -> int:
        return len(self._epoch)

    def __getitem__(self, index: int) -> TrainingBatch:
        return self._collator.collate(self._epoch[index], epoch=self._number, index=index)
