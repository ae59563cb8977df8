"""Tokens are hidden anew in each batch, in the shares that were asked for."""

import numpy as np
import pytest
import torch
from tests.tiny_models import MAX_TOKENS, VOCABULARY
from tests.tiny_task_models import masking_tokenizer, tiny_task_model, training_batch

from concord.data.task_mixture import TaskExample
from concord.model import TaskModel
from concord.tasks import IGNORED, AnyTask, Corruption
from concord.tasks.entities import Entities
from concord.tasks.masked_language import MaskedInput, MaskedLanguage
from concord.tasks.replaced_tokens import ReplacedTokens
from concord.training.batches.corruption import corrupt_batch, hide_tokens
from concord.training.batches.task_batches import TaskBatch, build_task_batch

MASK = VOCABULARY.index("[MASK]")
TEXTS = ["the bridge opened in 1932 it is long", "the river", ""]


def _model() -> TaskModel:
    replaced = ReplacedTokens(generator_layers=1, generator_size=16, rate=0.5)
    tasks: dict[str, AnyTask] = {
        "lm": MaskedLanguage(rate=0.5),
        "rtd": replaced,
        "ner": Entities(labels=("A",)),
    }
    return tiny_task_model(tasks)


def _mixed_batch(model: TaskModel) -> TaskBatch:
    """Return sequences of three tasks in turn."""
    examples = []
    for text in TEXTS:
        for name in ("ner", "lm", "rtd"):
            task = model.tasks[name]
            row = {"text": text, "tokens": text.split(), "tags": ["O"] * len(text.split())}
            (encoding,) = task.encode([task.read_input(row)], model.tokenizer, MAX_TOKENS)
            target = task.target(encoding, task.read_gold(row))
            examples.append(TaskExample(name, encoding.sequences, target))
    return build_task_batch(examples, model.tokenizer)


def test_tokens_are_masked_exchanged_or_left_in_the_shares_of_bert() -> None:
    originals = np.tile(np.arange(5, 25), 5000)
    originals[::4] = IGNORED  # never hidden: 75 000 are left
    tokens = np.where(originals == IGNORED, 2, originals)
    rng = np.random.default_rng(0)
    read, labels = hide_tokens(tokens, originals, Corruption(), masking_tokenizer(), rng)
    is_guessed = labels != IGNORED
    assert not is_guessed[::4].any()
    assert (read[::4] == 2).all()
    assert (labels[is_guessed] == originals[is_guessed]).all()
    assert (read[~is_guessed] == tokens[~is_guessed]).all()
    # 15 % of 75 000 are 11 250, with a deviation of 98
    assert is_guessed.sum() == pytest.approx(11_250, abs=400)
    own, kept = read[is_guessed], labels[is_guessed]
    assert (own == MASK).mean() == pytest.approx(0.8, abs=0.02)
    # a random token is the same one, or the mask, once in as many as there are
    assert (own == kept).mean() == pytest.approx(0.1, abs=0.02)


def test_what_was_masked_on_disk_is_restored_before_others_are_hidden() -> None:
    originals = np.array([IGNORED, 7, 8, 9, IGNORED])
    tokens = np.array([2, MASK, 8, 9, 3])
    for seed in range(20):
        rng = np.random.default_rng(seed)
        read, labels = hide_tokens(
            tokens, originals, Corruption(rate=0.4, masked=1, random=0), masking_tokenizer(), rng
        )
        assert read.tolist() == [
            2,
            *(
                MASK if label != IGNORED else token
                for label, token in zip(labels[1:4].tolist(), [7, 8, 9], strict=True)
            ),
            3,
        ]


def test_only_tasks_that_want_it_have_tokens_hidden() -> None:
    model = _model()
    batch = _mixed_batch(model)
    found = corrupt_batch(batch, model.tasks, model.tokenizer, np.random.default_rng(1))
    same = batch.parts["ner"]
    assert torch.equal(found.input_ids[same.rows], batch.input_ids[same.rows])
    assert torch.equal(found.parts["ner"].target, same.target)
    for name in ("lm", "rtd"):
        part = found.parts[name]
        ids = found.input_ids[part.rows][found.attention_mask[part.rows] == 1]
        whole = batch.parts[name].target
        is_hidden = part.target != IGNORED
        assert is_hidden.any()
        assert torch.equal(part.target[is_hidden], whole[is_hidden])
        is_kept = ~is_hidden & (whole != IGNORED)
        assert torch.equal(ids[is_kept], whole[is_kept].long())
        if name == "rtd":
            assert (ids[is_hidden] == MASK).all()
            assert (ids == MASK).sum() == is_hidden.sum()


def test_what_is_hidden_is_a_function_of_the_generator_alone() -> None:
    model = _model()
    batch = _mixed_batch(model)
    first, again, other = (
        corrupt_batch(batch, model.tasks, model.tokenizer, np.random.default_rng(seed))
        for seed in ([1, 0, 3], [1, 0, 3], [1, 0, 4])
    )
    assert torch.equal(first.input_ids, again.input_ids)
    assert not torch.equal(first.input_ids, other.input_ids)


def test_the_batch_that_is_given_stays_as_it_is() -> None:
    model = _model()
    inputs = [MaskedInput(text, is_row=True) for text in TEXTS]
    batch = training_batch(model, "lm", inputs, [()] * 3, MAX_TOKENS)
    before = batch.input_ids.clone()
    corrupt_batch(batch, model.tasks, model.tokenizer, np.random.default_rng(0))
    assert torch.equal(batch.input_ids, before)
