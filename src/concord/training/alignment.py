"""Training of the alignment model: the batches of a mixture, and the loss of its three heads."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from concord.data.mixture import Mixture
from concord.text.tokenizer import PairTokenizer
from concord.training.batches.collate import (
    IGNORED,
    Collator,
    EpochDataset,
    MaskingOptions,
    TrainingBatch,
)
from concord.training.losses.alignment_losses import (
    LOSSES,
    MASKED,
    NUM_HEADS,
    TOKENS,
    compute_head_losses,
    compute_masked_language_loss,
    count_step,
)
from concord.training.losses.divergences import sum_divergence
from concord.training.losses.regularization import RegularizationOptions, Regularizer
from concord.training.losses.soft_answers import SoftAnswer, alignment_answers


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
        regularization: A penalty on answers that depend on chance; None for none.
    """

    parts: Final = LOSSES

    def __init__(
        self, masking: MaskingOptions, regularization: RegularizationOptions | None = None
    ) -> None:
        self._masking = masking
        self._regularizer = None if regularization is None else Regularizer(regularization)

    def count(self, batches: Sequence[TrainingBatch]) -> Tensor:
        """Count examples by head, masked positions and tokens."""
        return count_step(batches)

    def losses(self, model: nn.Module, batch: TrainingBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of each of `LOSSES`, which add up to what is minimised."""
        if self._regularizer is None:
            logits, token_logits = self._read(model, batch)
            return self._parts(logits, token_logits, batch, counts)
        return self._of_two_readings(model, batch, counts, self._regularizer)

    def _read(
        self, call: Callable[..., Any], batch: TrainingBatch, *, times: int = 1
    ) -> tuple[Tensor, Tensor | None]:
        """Return joint logits, and those of masked tokens where they are learned.

        Args:
            call: The model, or what is called in its place.
            batch: What is read.
            times: How often, one reading behind the other.
        """
        names = ("input_ids", "attention_mask", "token_type_ids", "token_labels")
        *inputs, token_labels = (torch.cat([batch[name]] * times) for name in names)  # type: ignore[literal-required]
        if self._masking.weight == 0:
            return call(*inputs, None), None
        logits, token_logits = call(*inputs, token_labels != IGNORED)
        return logits, token_logits

    def _parts(
        self, logits: Tensor, token_logits: Tensor | None, batch: TrainingBatch, counts: Tensor
    ) -> Tensor:
        losses = compute_head_losses(logits, batch["head"], batch["target"], counts[:NUM_HEADS])
        if token_logits is None:
            return torch.cat([losses, losses.new_zeros(1)])
        labels = batch["token_labels"][batch["token_labels"] != IGNORED]
        masked = compute_masked_language_loss(token_logits, labels, counts[MASKED])
        return torch.cat([losses, self._masking.weight * masked[None]])

    def _of_two_readings(
        self, model: nn.Module, batch: TrainingBatch, counts: Tensor, regularizer: Regularizer
    ) -> Tensor:
        """Return the parts of two readings; masked tokens are not asked to agree."""
        has_target = batch["head"][:, None] == torch.arange(NUM_HEADS, device=counts.device)

        def answers(call: Callable[..., Any]) -> list[SoftAnswer]:
            return alignment_answers(self._read(call, batch)[0], has_target)

        with regularizer.second_nudged(model, batch["input_ids"].shape, answers):
            both, both_tokens = self._read(model, batch, times=2)
        logits = both.chunk(2)
        tokens = (None, None) if both_tokens is None else both_tokens.chunk(2)
        first, second = (
            self._parts(logits[place], tokens[place], batch, counts) for place in range(2)
        )
        seen = [alignment_answers(each, has_target) for each in logits]
        divergences = [
            sum_divergence([one], [other]) / number.clamp(min=1)
            for one, other, number in zip(*seen, counts[:NUM_HEADS], strict=True)
        ]
        penalty = torch.stack([*divergences, torch.zeros_like(divergences[0])])
        return regularizer.combine(first, second, penalty)

    def num_examples(self, counts: Tensor) -> int:
        """Return the pairs of all heads."""
        return int(counts[:NUM_HEADS].sum())

    def num_tokens(self, counts: Tensor) -> int:
        """Return the tokens that are not padding."""
        return int(counts[TOKENS])
