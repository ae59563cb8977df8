"""Examples of several tasks drawn together."""

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.data.encoded import EncodedExamples, load_or_encode
from concord.data.readers import Row
from concord.data.sampling import SamplingOptions, Strategy
from concord.data.task_mixture import Drawn, TaskMixture
from concord.data.task_rows import LabelledInput
from concord.tasks.classification import Classification

TOKENIZER = tiny_tokenizer()
TASK = Classification(labels=("a", "b"))


def _source(name: str, size: int, words: int, folder: Path) -> EncodedExamples:
    text = " ".join(["the"] * words)
    rows = [
        LabelledInput(
            TASK.read_input({"text": text}), ("a",), Row(name, number, {"text": text, "label": "a"})
        )
        for number in range(size)
    ]
    return load_or_encode(
        name, TASK, lambda: rows, TOKENIZER, max_tokens=64, rows_digest=name, cache_folder=folder
    )


@pytest.fixture
def sources(tmp_path: Path) -> list[EncodedExamples]:
    return [_source("long", 30, 10, tmp_path), _source("short", 10, 2, tmp_path)]


def _mixture(sources: list[EncodedExamples], **sampling: object) -> TaskMixture:
    options = SamplingOptions(**sampling)  # type: ignore[arg-type]
    return TaskMixture(sources, TOKENIZER, sampling=options, max_batch_tokens=60, seed=0, epochs=3)


def test_an_epoch_has_every_example_once(sources: list[EncodedExamples]) -> None:
    mixture = _mixture(sources, strategy=Strategy.PROPORTIONAL)
    epoch = mixture.epoch(0)
    drawn = [example.task for index in range(len(epoch)) for example in epoch[index]]
    assert (drawn.count("long"), drawn.count("short")) == (30, 10)


def test_no_batch_exceeds_its_budget(sources: list[EncodedExamples]) -> None:
    mixture = _mixture(sources, strategy=Strategy.PROPORTIONAL)
    for index in range(len(epoch := mixture.epoch(0))):
        lengths = [each.sequences[0].num_tokens(TOKENIZER.template) for each in epoch[index]]
        assert len(lengths) * max(lengths) <= 60


def test_one_task_batches_hold_one_task(sources: list[EncodedExamples]) -> None:
    mixture = _mixture(sources, strategy=Strategy.UNIFORM, batching="one_task")
    tasks = [
        {example.task for example in epoch[index]}
        for epoch in [mixture.epoch(0)]
        for index in range(len(epoch))
    ]
    assert all(len(each) == 1 for each in tasks)
    # 20 examples of each: 4 batches of 5 with 12 tokens, 2 of 15 and 5 with 4; round robin
    assert [min(each) for each in tasks] == ["long", "short", "long", "short", "long", "long"]


def test_the_same_epoch_is_drawn_alike_and_the_next_otherwise(
    sources: list[EncodedExamples],
) -> None:
    def order(number: int) -> list[str]:
        epoch = _mixture(sources, strategy=Strategy.PROPORTIONAL).epoch(number)
        return [example.task for index in range(len(epoch)) for example in epoch[index]]

    assert order(0) == order(0)
    assert order(0) != order(1)


def test_what_a_task_receives_is_counted(sources: list[EncodedExamples]) -> None:
    mixture = _mixture(sources, strategy=Strategy.UNIFORM)
    # 20 examples each: two thirds of 30 with 12 tokens, and 10 twice with 4
    assert mixture.drawn(sources[0], 0) == Drawn(20, 2 / 3, 240)
    assert mixture.drawn(sources[1], 0) == Drawn(20, 2.0, 80)


def test_annealing_moves_towards_even_shares(sources: list[EncodedExamples]) -> None:
    mixture = _mixture(sources, strategy=Strategy.ANNEALED)
    shares = [mixture.drawn(sources[1], number).examples for number in range(3)]
    # 40 times 10^p / (30^p + 10^p) for p of 1, 0.6 and 0.2
    powers = np.array([1, 0.6, 0.2])
    expected = 40 * 10**powers / (30**powers + 10**powers)
    assert shares == np.rint(expected).astype(int).tolist() == [10, 14, 18]


def test_the_largest_batch_has_the_most_and_longest_sequences(
    sources: list[EncodedExamples],
) -> None:
    mixture = _mixture(sources, strategy=Strategy.PROPORTIONAL, batching="one_task")
    epoch = mixture.epoch(0)
    largest = epoch[mixture.largest_batch(0)]
    # sequences of 12 tokens, 5 to a batch, against 10 of 4 tokens: 60 tokens against 40
    assert {example.task for example in largest} == {"long"}
    assert len(largest) == 5
