"""Batches as tensors, and which of their tokens are masked."""

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.data.mixture import PairBatch
from concord.errors import ConfigError
from concord.training.batches.collate import IGNORED, Collator, MaskingOptions, TrainingBatch

CONTEXT, CLAIM = np.array([5, 6, 7], dtype=np.int32), np.array([10, 11], dtype=np.int32)
CLS, SEP, PAD, MASK = 2, 3, 0, 4


def collate(
    masking: MaskingOptions, *, seed: int = 0, index: int = 0, repeats: int = 1
) -> TrainingBatch:
    pairs = [(CONTEXT, CLAIM), (CLAIM, CLAIM)] * repeats
    batch = PairBatch(
        pairs,
        head=np.array([1, 0] * repeats, dtype=np.int8),
        target=np.array([2, 1] * repeats, dtype=np.float32),
    )
    return Collator(tiny_tokenizer(), masking, seed).collate(batch, epoch=0, index=index)


def test_a_batch_is_padded_to_its_longest_pair() -> None:
    batch = collate(MaskingOptions())
    assert batch["input_ids"].tolist() == [
        [CLS, 5, 6, 7, SEP, 10, 11, SEP],
        [CLS, 10, 11, SEP, 10, 11, SEP, PAD],
    ]
    assert batch["attention_mask"].sum(dim=1).tolist() == [8, 7]
    assert batch["token_type_ids"][0].tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    assert (batch["head"].tolist(), batch["target"].tolist()) == ([1, 0], [2.0, 1.0])
    assert (batch["token_labels"] == IGNORED).all()


def test_masking_is_that_of_bert() -> None:
    batch = collate(MaskingOptions(weight=0.5), repeats=4_000)
    plain = collate(MaskingOptions(), repeats=4_000)["input_ids"]
    is_guessed = batch["token_labels"] != IGNORED
    is_text = (plain != CLS) & (plain != SEP) & (plain != PAD)
    assert not (is_guessed & ~is_text).any()
    assert batch["token_labels"][is_guessed].equal(plain[is_guessed])
    assert batch["input_ids"][~is_guessed].equal(plain[~is_guessed])
    # 36,000 text tokens, so some 5,400 guesses; three standard deviations are 0.006 and 0.016
    assert is_guessed.sum().item() / is_text.sum().item() == pytest.approx(0.15, abs=0.006)
    seen, wanted = batch["input_ids"][is_guessed], batch["token_labels"][is_guessed]
    assert (seen == MASK).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert (seen == wanted).float().mean().item() == pytest.approx(0.1, abs=0.016)


def test_masking_depends_on_seed_and_position_only() -> None:
    options = MaskingOptions(weight=0.5)
    first, again, later, other = (
        collate(options, seed=seed, index=index, repeats=20)["input_ids"]
        for seed, index in ((0, 0), (0, 0), (0, 1), (1, 0))
    )
    assert first.equal(again)
    assert not first.equal(later)
    assert not first.equal(other)


def test_masking_that_cannot_work_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"masking\.weight must be at least 0, got -1"):
        MaskingOptions(weight=-1)
    with pytest.raises(ConfigError, match=r"masking\.rate lies in \(0, 1\), got 1\.5"):
        MaskingOptions(rate=1.5)
