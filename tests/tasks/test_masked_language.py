"""Masks are filled by the most probable tokens, and rows are measured on fixed masks."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny_models import MAX_TOKENS, VOCABULARY
from tests.tiny_task_models import (
    numpy_head,
    outputs_of_both,
    task_predictor,
    tiny_task_model,
    token_batch,
)

from concord.errors import ArtifactError, ConfigError, InputError
from concord.evaluation.metrics.tasks import task_metric
from concord.model.task_heads.vocabulary import VocabularyModule
from concord.scoring.word_vectors import WordVectors
from concord.tasks.heads import HeadKind, HeadSpec, build_numpy_head
from concord.tasks.masked_language import MaskedInput, MaskedLanguage, TokenGuess
from concord.tasks.task import IGNORED
from concord.text import PairTokenizer

TASK = MaskedLanguage(rate=0.3)
TEXT = "the bridge opened in 1932 it is long the river is old"  # 12 tokens
MASK = VOCABULARY.index("[MASK]")


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return tiny_task_model({}).tokenizer


def test_a_row_is_masked_in_the_same_places_each_time(tokenizer: PairTokenizer) -> None:
    inputs = [MaskedInput(TEXT, is_row=True), MaskedInput("it is long", is_row=True)]
    first, other = TASK.encode(inputs, tokenizer, MAX_TOKENS)
    again = TASK.encode(inputs[:1], tokenizer, MAX_TOKENS)[0]
    ids = first.sequences[0].first
    assert ids.tolist() == again.sequences[0].first.tolist()
    assert (ids == MASK).sum() == 4  # 0.3 of 12
    assert (other.sequences[0].first == MASK).sum() == 1  # 0.3 of 3
    target = TASK.target(first, ())
    (whole,) = tokenizer.token_ids([TEXT])
    assert target.tolist() == [IGNORED, *whole.tolist(), IGNORED]


@pytest.mark.parametrize("max_tokens", [3, 5, 8, 13, 14, 64])
def test_a_text_longer_than_the_window_loses_nothing(
    tokenizer: PairTokenizer, max_tokens: int
) -> None:
    for is_row in (True, False):
        (encoding,) = TASK.encode([MaskedInput(TEXT, is_row)], tokenizer, max_tokens)
        lengths = [each.num_tokens(tokenizer.template) for each in encoding.sequences]
        assert max(lengths) <= max_tokens
        assert sum(lengths) - 2 * len(lengths) == 12
        target = TASK.target(encoding, ())
        (whole,) = tokenizer.token_ids([TEXT])
        assert target[target != IGNORED].tolist() == whole.tolist()


def test_a_text_has_the_masks_that_stand_in_it(tokenizer: PairTokenizer) -> None:
    model = tiny_task_model({"lm": TASK})
    (found,) = task_predictor(model).predict("lm", ["the [MASK] is [MASK]."])
    assert len(found.masks) == 2
    assert all(len(mask.tokens) == len(mask.probs) == 5 for mask in found.masks)
    assert found.guesses == ()
    # by hand from the states of the encoder
    ids = torch.tensor([[2, *tokenizer.token_ids(["the [MASK] is [MASK]."])[0].tolist(), 3]])
    head = model.heads["lm"]
    assert isinstance(head, VocabularyModule)
    with torch.inference_mode():
        states = model.states(ids, torch.ones_like(ids), torch.zeros_like(ids))
        probs = head.logits(states[0, ids[0] == MASK]).softmax(dim=1)
    for mask, row in zip(found.masks, probs, strict=True):
        best = row.topk(5)
        assert mask.probs == pytest.approx(best.values.tolist(), abs=1e-5)
        assert mask.tokens == tuple(VOCABULARY[token] for token in best.indices.tolist())


def test_rows_are_measured_by_what_the_masks_hide(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([MaskedInput("it is long", is_row=True)], tokenizer, MAX_TOKENS)
    place = int(np.flatnonzero(encoding.sequences[0].first == MASK)[0]) + 1
    true = int(TASK.target(encoding, ())[place])
    vectors = np.zeros((5, 2), dtype=np.float32)
    vectors[place] = [1, 0]
    table = np.zeros((8 + true, 2), dtype=np.float32)
    table[true] = [math.log(3), 0]  # e^ln3 = 3 beside as many ones as there are other tokens
    bias = np.zeros(len(table), dtype=np.float32)
    answer = TASK.decode(encoding, [vectors, table, bias])
    ((log_prob, is_right),) = answer.guesses
    assert log_prob == pytest.approx(math.log(3 / (3 + len(table) - 1)))
    assert is_right
    assert TASK.error((), answer) == pytest.approx(-log_prob)


def test_perplexity_is_over_all_hidden_tokens() -> None:
    found = [
        (TokenGuess(math.log(0.5), True), TokenGuess(math.log(0.25), False)),
        (TokenGuess(math.log(0.125), False),),
        (),
    ]
    golds = [(), (), ()]
    # the geometric mean of 2, 4 and 8
    assert task_metric("perplexity")(golds, found) == pytest.approx(4)
    assert task_metric("masked_accuracy")(golds, found) == pytest.approx(1 / 3)
    assert math.isnan(task_metric("perplexity")([()], [()]))


def test_the_head_in_numpy_is_the_trained_one_and_padding_changes_nothing() -> None:
    model = tiny_task_model({"lm": TASK})
    texts = [MaskedInput(text, is_row=False) for text in (TEXT, "it [MASK]", "")]
    encodings = TASK.encode(texts, model.tokenizer, MAX_TOKENS)
    trained, own = outputs_of_both(model, "lm", token_batch(encodings, model.tokenizer))
    head = model.heads["lm"]
    assert isinstance(head, VocabularyModule)
    *vectors, table, bias = numpy_head(model, "lm").join(own)
    with torch.inference_mode():
        logits = head.logits(trained).numpy()
    assert np.concatenate(vectors) @ table.T + bias == pytest.approx(logits, abs=1e-5)
    for encoding, found in zip(encodings, own, strict=True):
        _, (alone,) = outputs_of_both(model, "lm", token_batch([encoding], model.tokenizer))
        assert found == pytest.approx(alone, abs=1e-4)  # the norm makes them four times as large


def test_many_texts_together_are_answered_as_each_alone() -> None:
    predictor = task_predictor(tiny_task_model({"lm": TASK}), max_tokens=8)
    texts = ["the [MASK] is old and [MASK] is long", "it [MASK]", "", "no mask"]
    together = predictor.predict("lm", texts)
    assert [len(found.masks) for found in together] == [2, 1, 0, 0]
    for text, found in zip(texts, together, strict=True):
        (alone,) = predictor.predict("lm", [text])
        for mask, other in zip(found.masks, alone.masks, strict=True):
            assert mask.tokens == other.tokens
            assert mask.probs == pytest.approx(other.probs, abs=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_saved_model_has_its_output_matrix_in_the_encoder(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    model = tiny_task_model({"lm": TASK})
    model.save_pretrained(tmp_path, dtype=dtype)
    assert len(VOCABULARY) * 32 not in [each.size for each in model.head_weights("lm").values()]
    vectors = WordVectors.load(tmp_path)
    assert vectors is not None
    wanted = torch.from_numpy(model.word_embedding()).to(dtype).float().numpy()
    assert np.array_equal(vectors.matrix(), wanted)
    loaded = type(model).from_pretrained(tmp_path)
    assert np.array_equal(loaded.word_embedding(), wanted)
    assert loaded.head_weights("lm").keys() == model.head_weights("lm").keys()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="rate lies between 0 and 1, got 0"):
        MaskedLanguage(rate=0)
    with pytest.raises(ConfigError, match="num_candidates must be at least 1, got 0"):
        MaskedLanguage(num_candidates=0)
    with pytest.raises(InputError, match="reads a text with masks, found 3"):
        TASK.parse_input(3)
    with pytest.raises(ArtifactError, match="needs the encoder's input embedding"):
        build_numpy_head(HeadSpec(kind=HeadKind.VOCABULARY), {}, 32)
