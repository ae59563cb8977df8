"""Losses of tasks that read one vector of each text: sums over examples."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid

from concord.alignment import Head
from concord.alignment.scores import LOGIT_COLUMNS
from concord.errors import MissingExtraError
from concord.training.batches.task_batches import TaskPart
from concord.training.losses.soft_answers import option_logits


def sum_squared_error(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare one output, ``(examples, 1)``, with one number for each example."""
    return (outputs[:, 0].float() - part.target).square().sum()


def sum_option_cross_entropy(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare one logit for each option, ``(options, 1)``, with the index of the right one."""
    return cross_entropy(option_logits(outputs, part), part.target.long(), reduction="sum")


def sum_preference(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare the scores of two texts, ``(2 * examples, 1)``, with 1 or -1: which is better.

    The loss of Bradley and Terry (1952), `-log sigmoid(better - worse)`.
    """
    scores = outputs[:, 0].float()
    return -logsigmoid(part.target * (scores[0::2] - scores[1::2])).sum()


def sum_alignment(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare joint logits, ``(pairs, 6)``, with a target for each head, NaN where it has none.

    As in ALIGN (Zha et al., NeurIPS 2023), cross-entropy is divided by ln n, so that guessing
    costs a classification head 1; regression's is the squared error.
    """
    targets = part.target.reshape(-1, len(Head))
    total = outputs.new_zeros((), dtype=torch.float32)
    for column, kind in enumerate(Head):
        has_target = ~targets[:, column].isnan()
        own = outputs[has_target][:, LOGIT_COLUMNS[kind]].float()
        wanted = targets[has_target, column]
        if kind is Head.REGRESSION:
            total = total + (own[:, 0] - wanted).square().sum()
        else:
            cost = cross_entropy(own, wanted.long(), reduction="sum")
            total = total + cost / math.log(kind.num_labels)
    return total


def count_targets(part: TaskPart) -> Tensor:
    """Count the targets that are there."""
    return (~part.target.isnan()).sum()


def sum_multiple_negatives_ranking(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Tell each anchor's positive from all other texts but the anchors, by 20 times the cosine.

    The others are those of the whole micro-batch; negatives that an example brings are among them.
    """
    return _of_library("MultipleNegativesRankingLoss", outputs, part)


def sum_triplet(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Ask the negative to be farther from the anchor than the positive, by a distance of 5."""
    return _of_library("TripletLoss", outputs, part)


def sum_cosine_similarity(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare cosines with scores by their squared difference."""
    return _of_library("CosineSimilarityLoss", outputs, part)


def sum_cosent(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Ask for cosines in the order of the scores, among the pairs of the micro-batch."""
    return _of_library("CoSENTLoss", outputs, part)


def _of_library(name: str, outputs: Tensor, part: TaskPart) -> Tensor:
    """Return a loss of sentence-transformers, with its defaults, times the number of examples."""
    try:
        from sentence_transformers.sentence_transformer import losses  # slow, and seldom needed
    except ImportError as error:
        raise MissingExtraError.needing(
            "training an embedding task", "sentence-transformers", "embeddings"
        ) from error
    loss: Any = getattr(losses, name)(model=nn.Identity())  # the vectors are there already
    num_texts = int(part.sizes[0])
    vectors = list(outputs.float().reshape(len(part.sizes), num_texts, -1).unbind(dim=1))
    mean: Tensor = loss.compute_loss_from_embeddings(vectors, part.target)
    return mean * len(part.sizes)
