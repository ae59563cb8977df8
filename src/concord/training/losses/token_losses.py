"""The losses of tasks that answer for each token."""

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.nn.utils.rnn import pad_sequence

from concord.model.task_heads.replaced import Judgement, ReplacedModule
from concord.model.task_heads.tokens import TokensModule
from concord.model.task_heads.vocabulary import VocabularyModule
from concord.tasks import IGNORED
from concord.training.batches.task_batches import TaskPart
from concord.training.losses.unit_loss import TaskLoss


def sum_token_cross_entropy(outputs: Tensor, part: TaskPart, _head: TokensModule) -> Tensor:
    """Compare logits, ``(tokens, tags)``, with one tag index for each token that has one."""
    return cross_entropy(outputs.float(), part.target.long(), ignore_index=IGNORED, reduction="sum")


def sum_crf(outputs: Tensor, part: TaskPart, head: TokensModule) -> Tensor:
    """Return the negative log-likelihood of each example's tags, one chain, under the CRF.

    Args:
        outputs: Scores of all examples' tokens, end to end, ``(tokens, tags)``.
        part: Says which tokens have a tag; the others are no links of the chain.
        head: Has the transitions.
    """
    has_tag = part.target != IGNORED
    sizes = torch.stack([each.sum() for each in torch.split(has_tag, part.target_sizes.tolist())])
    lengths: list[int] = sizes[sizes > 0].tolist()
    if not lengths:
        unused = (outputs, head.transitions, head.starts, head.ends)
        return 0.0 * torch.stack([each.sum() for each in unused]).sum()
    scores = torch.split(outputs[has_tag].float(), lengths)
    tags = torch.split(part.target[has_tag].long(), lengths)
    found = torch.stack([_score(*each, head) for each in zip(scores, tags, strict=True)])
    return _log_partition(pad_sequence(list(scores), batch_first=True), lengths, head) - found.sum()


def sum_span_cross_entropy(outputs: Tensor, part: TaskPart, _head: object) -> Tensor:
    """Compare start and end logits, ``(sequences, tokens, 2)``, with the position of each.

    The mean of the two cross-entropies over positions, for each sequence.
    """
    target = part.target.long().reshape(-1, 2)
    return (
        cross_entropy(
            outputs.float().transpose(1, 2).flatten(0, 1), target.flatten(), reduction="sum"
        )
        / 2
    )


def sum_masked_language(states: Tensor, part: TaskPart, head: VocabularyModule) -> Tensor:
    """Compare each hidden token with the head's logits over the vocabulary.

    Args:
        states: Of all tokens, end to end, ``(tokens, hidden)``.
        part: Has the original tokens, `IGNORED` where none is hidden.
        head: Makes logits of states; only of the hidden ones, as they are large.
    """
    is_hidden = part.target != IGNORED
    logits = head.logits(states[is_hidden]).float()
    return cross_entropy(logits, part.target[is_hidden].long(), reduction="sum")


def sum_replaced_tokens(judgement: Judgement, part: TaskPart, head: ReplacedModule) -> Tensor:
    """Return the generator's loss over hidden tokens and the discriminator's over all.

    ELECTRA's objective (Clark et al., 2020) is the mean of the one plus a weight times the mean of
    the other. As the units are hidden tokens, the discriminator's mean counts as often as there
    are. A token that the generator drew and that is the original one is not replaced.
    """
    draft, logits = judgement
    labels = part.target.long()
    wanted = labels[draft.is_written]
    is_replaced = torch.zeros_like(draft.is_written)
    is_replaced[draft.is_written] = draft.written != wanted
    generated = cross_entropy(draft.logits.float(), wanted, ignore_index=IGNORED, reduction="sum")
    judged = binary_cross_entropy_with_logits(logits.float(), is_replaced.float())
    return generated + head.generator_spec.discriminator_weight * count_targets(part) * judged


def count_targets(part: TaskPart) -> Tensor:
    """Count the tokens that have a target."""
    return (part.target != IGNORED).sum()


def count_sequences(part: TaskPart) -> Tensor:
    """Count the sequences."""
    return torch.tensor(len(part.rows), device=part.rows.device)


def _score(scores: Tensor, tags: Tensor, head: TokensModule) -> Tensor:
    """Return the score of one chain's tags."""
    own = scores.gather(1, tags[:, None]).sum()
    pairs = head.transitions[tags[:-1], tags[1:]].sum()
    return own + pairs + head.starts[tags[0]] + head.ends[tags[-1]]


def _log_partition(scores: Tensor, lengths: list[int], head: TokensModule) -> Tensor:
    """Return the sum over chains of the logarithm of all tag sequences' summed exponentials."""
    ends = torch.tensor(lengths, device=scores.device)
    total = head.starts + scores[:, 0]  # (chains, tags)
    for place in range(1, scores.shape[1]):
        paths = total[:, :, None] + head.transitions
        grown = paths.logsumexp(dim=1) + scores[:, place]
        total = torch.where((place < ends)[:, None], grown, total)
    return (total + head.ends).logsumexp(dim=1).sum()


TOKEN_LOSSES: Final[Mapping[str, TaskLoss]] = {
    "token_cross_entropy": TaskLoss(sum_token_cross_entropy, count_targets),
    "crf": TaskLoss(sum_crf, count_targets),
    "masked_language": TaskLoss(sum_masked_language, count_targets),
    "replaced_tokens": TaskLoss(sum_replaced_tokens, count_targets),
    "span_cross_entropy": TaskLoss(sum_span_cross_entropy, count_sequences),
}
"""By the names that tasks give."""
