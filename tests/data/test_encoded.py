"""Examples of a task on disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.data.encoded import EncodedExamples, load_or_encode, survey
from concord.data.readers import Row
from concord.data.task_rows import LabelledInput
from concord.errors import ConfigError
from concord.tasks.classification import Classification

TOKENIZER = tiny_tokenizer()
ROWS = (
    {"text": "the bridge opened", "label": "b"},
    {"text": "it is old", "label": "a"},
    {"text": "the long old river is not the bridge", "label": "b"},
)
PAIR_ROWS = tuple({**row, "text_pair": "it is"} for row in ROWS)


def _labelled(task: Classification, rows: Any) -> Iterator[LabelledInput]:
    for number, row in enumerate(rows, start=1):
        gold = task.read_gold(row)
        yield LabelledInput(task.read_input(row), gold, Row("rows.jsonl", number, row))


def _encode(task: Classification, rows: Any, folder: Path, max_tokens: int) -> EncodedExamples:
    learned, digest = survey(task, lambda: _labelled(task, rows))
    return load_or_encode(
        "kind",
        learned,
        lambda: _labelled(task, rows),
        TOKENIZER,
        max_tokens=max_tokens,
        rows_digest=digest,
        cache_folder=folder,
    )


def test_examples_read_back_as_they_were_encoded(tmp_path: Path) -> None:
    examples = _encode(Classification(), ROWS, tmp_path, 32)
    assert len(examples) == 3
    (sequence,) = examples.sequences(2)
    (ids,) = TOKENIZER.token_ids([str(ROWS[2]["text"])])
    assert sequence.second is None
    assert sequence.first.tolist() == ids.tolist()
    assert [examples.target(place).tolist() for place in range(3)] == [[1], [0], [1]]  # a, b
    assert examples.lengths(TOKENIZER.template).tolist() == [5, 5, 10]  # 3, 3, 8 words and 2
    assert examples.num_sequences.tolist() == [1, 1, 1]


def test_a_pair_keeps_its_two_texts_apart(tmp_path: Path) -> None:
    examples = _encode(Classification(text_pair="text_pair"), PAIR_ROWS, tmp_path, 32)
    (sequence,) = examples.sequences(0)
    assert sequence.second is not None
    assert (len(sequence.first), len(sequence.second)) == (3, 2)
    assert examples.lengths(TOKENIZER.template).tolist() == [8, 8, 13]  # 3 + 2 and 3 special


def test_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    examples = _encode(Classification(), ROWS, tmp_path, 6)
    assert examples.num_lost.tolist() == [0, 0, 4]  # 8 words, room for 4
    assert examples.lengths(TOKENIZER.template).max() == 6


def test_the_cache_is_used_for_equal_rows_alone(tmp_path: Path) -> None:
    first = _encode(Classification(), ROWS, tmp_path, 32)
    again = _encode(Classification(), ROWS, tmp_path, 32)
    assert np.array_equal(first.token_ids, again.token_ids)
    assert len(list(tmp_path.iterdir())) == 1
    _encode(Classification(), ROWS[:2], tmp_path, 32)
    _encode(Classification(), ROWS, tmp_path, 16)
    assert len(list(tmp_path.iterdir())) == 3


def test_no_row_at_all_is_refused() -> None:
    task = Classification(labels=("a", "b"))
    with pytest.raises(ConfigError, match="hold no labelled row"):
        survey(task, list)
