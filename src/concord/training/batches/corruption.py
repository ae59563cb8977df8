"""Tokens hidden anew in each batch, for the tasks that are to guess them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from concord.tasks import IGNORED, AnyTask, Corruption
from concord.text.tokenizer import PairTokenizer
from concord.training.batches.task_batches import TaskBatch, TaskPart


def corrupt_batch(
    batch: TaskBatch,
    tasks: Mapping[str, AnyTask],
    tokenizer: PairTokenizer,
    rng: np.random.Generator,
) -> TaskBatch:
    """Return the batch with tokens hidden in the sequences of those tasks that want it.

    Their targets then have the original token where one was hidden and `IGNORED` elsewhere. What
    was hidden or exchanged in the sequences before is restored, so batches can be made of
    sequences that are fixed on disk.

    Args:
        batch: On the CPU.
        tasks: By name; all of the batch's.
        tokenizer: Names the mask and the number of tokens.
        rng: Decides which tokens; one for each batch makes it a function of seed, epoch and index.
    """
    for name in batch.parts:
        corruption = tasks[name].corruption
        if corruption is not None:
            batch = _corrupt_part(batch, name, corruption, tokenizer, rng)
    return batch


def _corrupt_part(
    batch: TaskBatch,
    name: str,
    corruption: Corruption,
    tokenizer: PairTokenizer,
    rng: np.random.Generator,
) -> TaskBatch:
    part: TaskPart = batch.parts[name]
    is_token = batch.attention_mask[part.rows] == 1
    ids = batch.input_ids[part.rows]  # a copy
    now, originals = _array(ids[is_token]), _array(part.target)
    tokens, labels = hide_tokens(now, originals, corruption, tokenizer, rng)
    ids[is_token] = torch.from_numpy(tokens)
    changed = replace(part, target=torch.from_numpy(labels).to(part.target.dtype))
    return replace(
        batch,
        input_ids=batch.input_ids.index_copy(0, part.rows, ids),
        parts={**batch.parts, name: changed},
    )


def hide_tokens(
    tokens: NDArray[np.int64],
    originals: NDArray[np.int64],
    corruption: Corruption,
    tokenizer: PairTokenizer,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose tokens to be guessed and put something else in the place of most.

    Args:
        tokens: What stands there now, shape ``(tokens,)``.
        originals: What should; `IGNORED` for those that stay.
        corruption: How many, and what takes their place.
        tokenizer: Names the mask and the number of tokens.
        rng: Draws them.

    Returns:
        What the model reads, and the original token where one is to be guessed, else `IGNORED`.
    """
    whole = np.where(originals == IGNORED, tokens, originals)
    is_guessed = (originals != IGNORED) & (rng.random(len(tokens)) < corruption.rate)
    fate = rng.random(len(tokens))
    random_ids = rng.integers(0, tokenizer.vocabulary_size, len(tokens))
    is_masked = is_guessed & (fate < corruption.masked)
    is_random = is_guessed & ~is_masked & (fate < corruption.masked + corruption.random)
    read = np.where(is_masked, tokenizer.mask_id, np.where(is_random, random_ids, whole))
    return read, np.where(is_guessed, whole, IGNORED)


def _array(values: Tensor) -> NDArray[np.int64]:
    array: NDArray[np.int64] = values.long().numpy()
    return array
