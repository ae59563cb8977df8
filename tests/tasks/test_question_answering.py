"""Answers keep their place in the context, whatever windows it is read in."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.tiny_models import MAX_TOKENS
from tests.tiny_task_models import (
    outputs_of_both,
    task_predictor,
    tiny_task_model,
    token_batch,
)

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray
from concord.tasks.question_answering import (
    AnswerSpan,
    ContextWindows,
    QuestionAnswering,
    QuestionInput,
)
from concord.tasks.task import Encoding
from concord.text import PairTokenizer

TASK = QuestionAnswering(stride=2)
CONTEXT = "the bridge opened in 1932 it is long the river is old it is not the bridge"  # 17 tokens
QUESTION = "the old bridge"  # 3 tokens
INPUT = QuestionInput(CONTEXT, QUESTION)
ROW = {"context": CONTEXT, "question": QUESTION}


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return tiny_task_model({}).tokenizer


def _encode(tokenizer: PairTokenizer, max_tokens: int, task: QuestionAnswering = TASK) -> Encoding:
    return task.encode([INPUT], tokenizer, max_tokens)[0]


def _logits(encoding: Encoding, scores: dict[int, tuple[float, float]]) -> list[FloatArray]:
    """Return start and end logits: some of context tokens, by number, and 0 elsewhere."""
    detail: ContextWindows = encoding.detail
    outputs = []
    for window, sequence in zip(detail.windows, encoding.sequences, strict=True):
        assert sequence.second is not None
        logits = np.zeros((window.offset + len(sequence.second) + 1, 2), dtype=np.float32)
        for token, pair in scores.items():
            place = token - window.first_token
            if 0 <= place < window.num_tokens:
                logits[window.offset + place] = pair
        outputs.append(logits)
    return outputs


def test_windows_overlap_by_the_stride_and_cover_the_context(tokenizer: PairTokenizer) -> None:
    # 14 - 3 special - 3 of the question leave 8, of which 2 are shared: 0-8, 6-14, 12-17
    encoding = _encode(tokenizer, 14)
    windows = [(window.first_token, window.num_tokens) for window in encoding.detail.windows]
    assert windows == [(0, 8), (6, 8), (12, 5)]
    assert all(each.num_tokens(tokenizer.template) <= 14 for each in encoding.sequences)
    assert encoding.num_lost == 0


@pytest.mark.parametrize("max_tokens", range(8, 30))
def test_no_token_of_a_context_is_lost(tokenizer: PairTokenizer, max_tokens: int) -> None:
    encoding = _encode(tokenizer, max_tokens)
    whole = tokenizer.token_ids([CONTEXT])[0].tolist()
    read: set[int] = set()
    for window, sequence in zip(encoding.detail.windows, encoding.sequences, strict=True):
        assert sequence.second is not None
        places = range(window.first_token, window.first_token + window.num_tokens)
        assert sequence.second.tolist() == [whole[place] for place in places]
        read.update(places)
    assert read == set(range(17))
    last = encoding.detail.windows[-1]
    before = encoding.detail.windows[-2:-1]
    assert all(each.first_token + each.num_tokens < 17 for each in before), last


def test_each_window_learns_the_answer_or_that_it_has_none(tokenizer: PairTokenizer) -> None:
    encoding = _encode(tokenizer, 14)
    start = CONTEXT.index("it is long")  # tokens 5 to 7, whole in the first window only
    target = TASK.target(encoding, (AnswerSpan("it is long", start),))
    # [CLS] and the question's 3 tokens and [SEP] come first: 5 + 5 and 5 + 7
    assert target.tolist() == [10, 12, 0, 0, 0, 0]
    start = CONTEXT.index("is long")  # tokens 6 and 7 are in the second window too, at its start
    assert TASK.target(encoding, (AnswerSpan("is long", start),)).tolist() == [11, 12, 5, 6, 0, 0]
    assert TASK.target(encoding, ()).tolist() == [0] * 6


@pytest.mark.parametrize("max_tokens", [14, 64])
def test_the_best_span_of_all_windows_is_the_answer(
    tokenizer: PairTokenizer, max_tokens: int
) -> None:
    encoding = _encode(tokenizer, max_tokens)
    found = TASK.decode(
        encoding, _logits(encoding, {9: (5, 0), 11: (0, 4), 14: (6, 0), 10: (0, 1)})
    )
    # 9 to 11 has 5 + 4; 14 to 15 has 6 + 0, and no end stands before its start
    assert (found.text, found.start) == ("river is old", CONTEXT.index("river"))
    assert found.end == found.start + len("river is old")
    # for no answer the first token has 0: 1 / (1 + e^9)
    assert found.no_answer_prob == pytest.approx(1 / (1 + math.exp(9)), rel=1e-5)


def test_the_score_is_the_probability_of_both_ends(tokenizer: PairTokenizer) -> None:
    encoding = _encode(tokenizer, 64)
    found = TASK.decode(encoding, _logits(encoding, {9: (5, 0), 11: (0, 4)}))
    others = 23 - 1  # tokens of the sequence but one, each with a logit of 0
    wanted = math.exp(5) / (math.exp(5) + others) * math.exp(4) / (math.exp(4) + others)
    assert found.score == pytest.approx(wanted, rel=1e-5)


def test_a_span_that_is_too_long_is_no_answer(tokenizer: PairTokenizer) -> None:
    task = replace(TASK, max_answer_tokens=2)
    encoding = _encode(tokenizer, 64)
    found = task.decode(encoding, _logits(encoding, {9: (5, 0), 11: (0, 4)}))
    assert found.text in {"river is", "river"}


def test_there_is_no_answer_where_none_scores_better(tokenizer: PairTokenizer) -> None:
    encoding = _encode(tokenizer, 14)
    outputs = _logits(encoding, {1: (1, 1)})  # the best span has 2
    for logits, none in zip(outputs, (4.0, 2.0, 2.5), strict=True):
        logits[0] = none / 2 + 0.25, none / 2
    # for none the lowest window counts, 2.25, which is 0.25 above
    found = TASK.decode(encoding, outputs)
    assert (found.text, found.start, found.end) == ("", 0, 0)
    assert found.no_answer_prob == found.score == pytest.approx(1 / (1 + math.exp(-0.25)))
    answered = replace(TASK, no_answer_threshold=0.3).decode(encoding, outputs)
    assert answered.text == "bridge"
    assert TASK.prediction(found) == TASK.trivial([]) == ()


def test_a_context_without_tokens_has_no_answer(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([QuestionInput(" ", QUESTION)], tokenizer, 64)
    found = TASK.decode(encoding, [np.zeros((6, 2), dtype=np.float32)])
    assert (found.text, found.no_answer_prob) == ("", 1.0)
    assert TASK.target(encoding, ()).tolist() == [0, 0]


def test_a_long_question_loses_its_end_and_tells(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([QuestionInput("the", "it is " * 40)], tokenizer, 200)
    assert len(encoding.sequences[0].first) == 64
    assert encoding.num_lost == 16


def test_the_head_in_numpy_is_the_trained_one_and_padding_changes_nothing() -> None:
    model = tiny_task_model({"qa": TASK})
    inputs = [INPUT, QuestionInput("it is", "is it"), QuestionInput("", "")]
    encodings = TASK.encode(inputs, model.tokenizer, MAX_TOKENS)
    batch = token_batch(encodings, model.tokenizer)
    trained, own = outputs_of_both(model, "qa", batch)
    for row, mask, found in zip(trained.numpy(), batch.attention_mask, own, strict=True):
        assert found == pytest.approx(row[mask == 1], abs=1e-5)
        assert np.isneginf(row[mask == 0]).all()
    for encoding, found in zip(encodings, own, strict=True):
        _, (alone,) = outputs_of_both(model, "qa", token_batch([encoding], model.tokenizer))
        assert found == pytest.approx(alone, abs=1e-5)


def test_many_questions_together_are_answered_as_each_alone() -> None:
    model = tiny_task_model({"qa": replace(TASK, no_answer_threshold=100.0)})
    predictor = task_predictor(model, max_tokens=20)
    inputs = [
        {"context": CONTEXT * 2, "question": QUESTION},
        ("it is", "is it"),
        (CONTEXT, "where"),
    ]
    together = predictor.predict("qa", inputs)
    for value, found in zip(inputs, together, strict=True):
        (alone,) = predictor.predict("qa", [value])
        assert (found.text, found.start) == (alone.text, alone.start)
        assert found.score == pytest.approx(alone.score, abs=1e-5)
        assert found.text


@pytest.mark.parametrize(
    "answers",
    [
        [{"text": "1932", "start": 21}, {"text": "in 1932", "start": 18}],
        [{"text": "1932", "answer_start": 21}, {"text": "in 1932", "answer_start": 18}],
        {"text": ["1932", "in 1932"], "answer_start": [21, 18]},
    ],
)
def test_answers_are_read_in_each_common_form(answers: object) -> None:
    wanted = (AnswerSpan("1932", 21), AnswerSpan("in 1932", 18))
    assert TASK.read_gold({**ROW, "answers": answers}) == wanted


def test_rows_without_an_answer_are_told_from_unlabelled_ones() -> None:
    assert TASK.read_gold({**ROW, "answers": []}) == ()
    assert TASK.read_gold({**ROW, "answers": {"text": [], "answer_start": []}}) == ()
    assert TASK.read_gold({**ROW, "answers": None, "is_impossible": True}) == ()
    assert TASK.read_gold({**ROW, "answers": None}) is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"answers": [{"text": "1932", "start": 20}]},
            "the answer '1932' does not stand at its start 20 in the context, where ' 1932 it i'",
        ),
        ({"answers": [{"text": "", "start": 20}]}, "the answer '' does not stand"),
        ({"answers": [{"text": "1932"}]}, "not an answer's text and start"),
        ({"answers": "1932"}, "column 'answers' holds '1932', no list of answers"),
        ({"answers": {"text": ["a"], "answer_start": []}}, "no list of answers"),
        ({"answers": [], "is_impossible": False}, "has no answer, but column 'is_impossible' says"),
        ({}, "there is no column 'answers'"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(row: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.read_gold({**ROW, **row})


def test_what_is_no_context_and_question_is_refused() -> None:
    with pytest.raises(InputError, match="a pair \\(context, question\\)"):
        TASK.parse_input("where?")
    with pytest.raises(ConfigError, match="max_answer_tokens must be at least 1, got 0"):
        QuestionAnswering(max_answer_tokens=0)


def test_questions_are_also_put_to_the_likest_context_without_their_answer() -> None:
    rows = [
        QuestionInput("the bridge opened in 1932", "when was the bridge opened"),
        QuestionInput("the bridge was repaired in 1950", "when was it repaired"),
        QuestionInput("a river is old", "what is old"),
        QuestionInput("the bridge was opened, or so they say, in 1932", "who says so"),
    ]
    golds = [(AnswerSpan("1932", 21),), (AnswerSpan("1950", 27),), (AnswerSpan("river", 2),), ()]
    task = replace(TASK, unanswerable_share=1.0)
    # the fourth context has more of the first question's words, but also its answer
    expected = [
        QuestionInput("the bridge was repaired in 1950", "when was the bridge opened"),
        QuestionInput("the bridge was opened, or so they say, in 1932", "when was it repaired"),
    ]
    inputs, answers = task.training_examples(rows, golds)
    assert list(inputs[:4]) == rows
    assert list(answers[:4]) == golds
    assert list(inputs[4:6]) == expected
    assert list(answers[4:]) == [(), (), ()]


def test_a_question_whose_answer_is_everywhere_is_not_put_to_another_context() -> None:
    rows = [QuestionInput("it is old", "what is it"), QuestionInput("the old river", "what")]
    golds = [(AnswerSpan("old", 6),), ()]
    inputs, _ = replace(TASK, unanswerable_share=1.0).training_examples(rows, golds)
    assert list(inputs) == rows


@pytest.mark.parametrize(("share", "made"), [(0.0, 0), (0.5, 2), (1.0, 4)])
def test_the_share_decides_how_many_questions_are_put_again(share: float, made: int) -> None:
    rows = [QuestionInput(f"in place{n} it is", f"where{n}") for n in range(4)]
    golds = [(AnswerSpan(f"place{n}", 3),) for n in range(4)]
    inputs, _ = replace(TASK, unanswerable_share=share).training_examples(rows, golds)
    assert len(inputs) == 4 + made


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"between 0 and 1, got 1\.5"):
        QuestionAnswering(unanswerable_share=1.5)
