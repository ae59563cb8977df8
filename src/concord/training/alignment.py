"""Training of the alignment model: the batches of a mixture, and the loss of its three heads."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from concord.data.mixture import Mixture
from concord.text.tokenizer import PairTokenizer
from concord.training.collate import IGNORED, Collator, EpochDataset, MaskingOptions, TrainingBatch
from concord.training.losses import (
    LOSSES,
    MASKED,
    NUM_HEADS,
    TOKENS,
    compute_head_losses,
    compute_masked_language_loss,
    count_step,
)


class AlignmentBatches:
    """The batches of a mixture of pairs, as tensors.

    Args:
        mixture: Draws the pairs.
        tokenizer: Lays them out.
        masking: Whether and how tokens are masked.
        seed: Decides which tokens.
    """

    def __init__(
        self, mixture: Mixture, tokenizer: PairTokenizer, masking: MaskingOptions, seed: int
    ) -> None:
        self._mixture = mixture
        self._collator = Collator(tokenizer, masking, seed)

    def epoch(self, number: int) -> EpochDataset:
        """Return an epoch, counted from 0."""
        return EpochDataset(self._mixture.epoch(number), number, self._collator)


class AlignmentObjective:
    """The multi-head loss, with that of the masked tokens where they are asked for.

    Args:
        masking: The weight of the masked-language loss; above 0, the model must have its head.
    """

    parts: Final = LOSSES

    def __init__(self, masking: MaskingOptions) -> None:
        self._masking = masking

    def count(self, batches: Sequence[TrainingBatch]) -> Tensor:
        """Count examples by head, masked positions and tokens."""
        return count_step(batches)

    def losses(self, model: nn.Module, batch: TrainingBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of each of `LOSSES`, which add up to what is minimised."""
        inputs = (batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
        weight = self._masking.weight
        is_masked = batch["token_labels"] != IGNORED
        outputs = model(*inputs, is_masked if weight > 0 else None)
        logits, token_logits = outputs if weight > 0 else (outputs, None)
        losses = compute_head_losses(logits, batch["head"], batch["target"], counts[:NUM_HEADS])
        if token_logits is None:
            return torch.cat([losses, losses.new_zeros(1)])
        labels = batch["token_labels"][is_masked]
        masked = weight * compute_masked_language_loss(token_logits, labels, counts[MASKED])
        return torch.cat([losses, masked[None]])

    def num_examples(self, counts: Tensor) -> int:
        """Return the pairs of all heads."""
        return int(counts[:NUM_HEADS].sum())

    def num_tokens(self, counts: Tensor) -> int:
        """Return the tokens that are not padding."""
        return int(counts[TOKENS])
