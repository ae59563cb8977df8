"""The multi-head loss of ALIGN with Muppet's scaling, summed in pieces.

One optimiser step may span several micro-batches and devices. Each head's loss is summed over
the examples that carry its label and divided by *their* number in the whole step, so the pieces
add up to the same loss however the step was cut (Zha et al., NeurIPS 2023; the division by ln n
is from Aghajanyan et al., EMNLP 2021).
"""

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, nll_loss

from concord.alignment import ALIGNED, Head
from concord.alignment.scores import LOGIT_COLUMNS
from concord.training.batches.collate import IGNORED, TrainingBatch

LOSSES: Final = (*(head.value for head in Head), "masked_language")
"""The parts of a step's loss, in the order of the vectors that the loop adds up."""
NUM_HEADS: Final = len(Head)
MASKED: Final = NUM_HEADS
TOKENS: Final = NUM_HEADS + 1


def count_step(batches: Sequence[TrainingBatch]) -> Tensor:
    """Count a step's examples by head, its masked positions and its tokens, shape ``(5,)``."""
    counts = [
        torch.cat(
            [
                torch.bincount(batch["head"], minlength=NUM_HEADS),
                (batch["token_labels"] != IGNORED).sum()[None],
                batch["attention_mask"].sum()[None],
            ]
        )
        for batch in batches
    ]
    return torch.stack(counts).sum(dim=0)


def compute_head_losses(logits: Tensor, head: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Return a micro-batch's share of each head's loss, shape ``(3,)`` in the order of `Head`.

    Their sum over heads and micro-batches is the loss of the step:
    ``CE_binary / ln 2 + CE_three_way / ln 3 + MSE_regression``. So guessing costs a
    classification head 1, whatever its number of classes. Of a three-way pair known as `UNALIGNED`
    alone, what is learned is the probability of its two classes together.

    Args:
        logits: Joint logits, shape ``(pairs, 6)``.
        head: Index of each pair's head in the order of `Head`, shape ``(pairs,)``.
        target: Class index or value, shape ``(pairs,)``.
        counts: Examples of each head in the whole optimiser step, shape ``(3,)``.
    """
    logits = logits.float()
    losses = []
    for index, kind in enumerate(Head):
        is_chosen = head == index
        outputs, wanted = logits[is_chosen][:, LOGIT_COLUMNS[kind]], target[is_chosen]
        if kind is Head.REGRESSION:
            total = (outputs[:, 0] - wanted).square().sum()
        else:
            log_probs = outputs.log_softmax(dim=1)
            if kind is Head.THREE_WAY:
                log_probs = torch.cat([log_probs, _log_unaligned(log_probs)], dim=1)
            total = nll_loss(log_probs, wanted.long(), reduction="sum")
            total = total / math.log(kind.num_labels)
        losses.append(total / counts[index].clamp(min=1))
    return torch.stack(losses)


def _log_unaligned(log_probs: Tensor) -> Tensor:
    """Return the log-probability of all three-way classes but "aligned", ``(pairs, 1)``."""
    return log_probs[:, ALIGNED + 1 :].logsumexp(dim=1, keepdim=True)


def compute_masked_language_loss(
    token_logits: Tensor, token_labels: Tensor, num_masked: Tensor
) -> Tensor:
    """Return a micro-batch's share of the masked-language loss.

    Args:
        token_logits: Logits over the vocabulary at the masked positions, ``(masked, vocabulary)``.
        token_labels: The tokens that stood there, shape ``(masked,)``.
        num_masked: Masked positions in the whole optimiser step.
    """
    total = cross_entropy(token_logits.float(), token_labels, reduction="sum")
    return total / num_masked.clamp(min=1)
