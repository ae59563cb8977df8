"""Named entities: words keep their places, and long texts lose nothing."""

import numpy as np
import pytest
import torch
from tests.tiny_models import MAX_TOKENS
from tests.tiny_task_models import (
    numpy_head,
    outputs_of_both,
    task_predictor,
    tiny_task_model,
    token_batch,
)

from concord.errors import ConfigError, InputError
from concord.tasks.entities import Entities
from concord.tasks.heads import FloatArray
from concord.tasks.tagging import EntitySpan
from concord.tasks.task import IGNORED
from concord.tasks.word_inputs import WordPlaces, words_in_list, words_in_text
from concord.text import PairTokenizer

TASK = Entities(labels=("LOC", "PER"))
WORDS = ["Ada", "the", "bridge", "\u200b", "Rome", "."]
"""A name in pieces, two words, one that the tokenizer drops, a name and a sign."""


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return tiny_task_model({}).tokenizer


def _logits(tags: list[int], places: WordPlaces, num_tags: int = 5) -> FloatArray:
    """Return logits of all tokens that choose a tag at each word's first token."""
    logits = np.zeros((places.num_tokens, num_tags), dtype=np.float32)
    for token, tag in zip(places.tokens, tags, strict=True):
        if token >= 0:
            logits[token, tag] = 9
    return logits


def test_the_first_token_of_a_word_carries_its_tag(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([words_in_list(WORDS)], tokenizer, MAX_TOKENS)
    target = TASK.target(encoding, (EntitySpan("PER", 0, 1), EntitySpan("LOC", 4, 5)))
    # [CLS] a ##d ##a the bridge r ##o ##m ##e . [SEP]; O=0, B-LOC=1, B-PER=3
    none = IGNORED
    assert target.tolist() == [none, 3, none, none, 0, 0, 1, none, none, none, 0, none]


def test_entities_of_a_list_count_words_and_those_of_a_text_characters(
    tokenizer: PairTokenizer,
) -> None:
    words = ["Ada", "is", "in", "old", "Rome", "."]
    given = TASK.encode([words_in_list(words)], tokenizer, MAX_TOKENS)[0]
    (place,) = TASK.decode(given, [_logits([3, 0, 0, 1, 2, 0], given.detail)])[1:]
    assert (place.label, place.text, place.start, place.end) == ("LOC", "old Rome", 3, 5)
    text = "Ada is  in old Rome."
    encoding = TASK.encode([words_in_text(text)], tokenizer, MAX_TOKENS)[0]
    person, place = TASK.decode(encoding, [_logits([3, 0, 0, 1, 2, 0], encoding.detail)])
    assert (person.text, person.start, person.end) == ("Ada", 0, 3)
    assert (place.text, text[place.start : place.end]) == ("old Rome", "old Rome")
    # one logit of 9 and four of 0: e^9 / (e^9 + 4)
    assert place.score == pytest.approx(np.exp(9) / (np.exp(9) + 4))


def test_a_word_without_a_token_is_outside(tokenizer: PairTokenizer) -> None:
    encoding = TASK.encode([words_in_list(WORDS)], tokenizer, MAX_TOKENS)[0]
    found = TASK.decode(encoding, [_logits([3] * 6, encoding.detail)])
    assert [each.start for each in found] == [0, 1, 2, 4, 5]


def test_words_of_a_text_are_runs_of_letters_and_single_signs() -> None:
    words = words_in_text("It's Dr. O.Neil-Smith's 1,000 km, isn't it?").words
    assert words == (
        *("It", "'", "s", "Dr", ".", "O.Neil-Smith", "'", "s", "1,000", "km", ","),
        *("isn", "'", "t", "it", "?"),
    )


@pytest.mark.parametrize("window", [8, 9, 10, 23, 64])
def test_a_text_longer_than_the_window_loses_nothing(tokenizer: PairTokenizer, window: int) -> None:
    words = ["the", "ada", "bridge", "in", "1932", "rome", "x"] * 8
    (encoding,) = TASK.encode([words_in_list(words)], tokenizer, window)
    (whole,) = tokenizer.token_ids([" ".join(words)])
    read = np.concatenate([sequence.first for sequence in encoding.sequences])
    assert read.tolist() == whole.tolist()
    assert all(each.num_tokens(tokenizer.template) <= window for each in encoding.sequences)
    # every window begins with a word: no piece that goes on with one
    first_ids = {int(ids[0]) for ids in tokenizer.token_ids(sorted(set(words)))}
    assert all(int(sequence.first[0]) in first_ids for sequence in encoding.sequences)
    tags = [place % 5 for place in range(len(words))]
    laid_out = np.concatenate([[2, *sequence.first, 3] for sequence in encoding.sequences])
    assert laid_out[encoding.detail.tokens].tolist() == [
        int(tokenizer.token_ids([word])[0][0]) for word in words
    ]
    logits = _logits(tags, encoding.detail)
    lengths = [len(sequence.first) + 2 for sequence in encoding.sequences]
    found = TASK.decode(encoding, np.split(logits, np.cumsum(lengths)[:-1]))
    assert len(found) > len(encoding.sequences)
    alone = TASK.encode([words_in_list(words)], tokenizer, 1000)[0]
    assert found == TASK.decode(alone, [_logits(tags, alone.detail)])


def test_a_word_longer_than_the_window_is_parted(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([words_in_list(["the", "a" * 30, "x"])], tokenizer, 12)
    lengths = [len(sequence.first) for sequence in encoding.sequences]
    assert lengths == [1, 10, 10, 10, 1]


def test_a_text_without_words_has_no_entities(tokenizer: PairTokenizer) -> None:
    (encoding,) = TASK.encode([words_in_text(" ")], tokenizer, MAX_TOKENS)
    assert TASK.decode(encoding, [np.zeros((2, 5), dtype=np.float32)]) == []
    assert TASK.target(encoding, ()).tolist() == [IGNORED, IGNORED]


@pytest.mark.parametrize("crf", [False, True])
def test_the_head_in_numpy_is_the_trained_one_and_padding_changes_nothing(crf: bool) -> None:
    model = tiny_task_model({"ner": Entities(labels=("A", "B"), crf=crf)})
    texts = [words_in_text("the old bridge in Rome"), words_in_text("it"), words_in_text("")]
    encodings = model.tasks["ner"].encode(texts, model.tokenizer, MAX_TOKENS)
    trained, own = outputs_of_both(model, "ner", token_batch(encodings, model.tokenizer))
    assert np.concatenate(own) == pytest.approx(trained.numpy(), abs=1e-5)
    for encoding, found in zip(encodings, own, strict=True):
        _, (alone,) = outputs_of_both(model, "ner", token_batch([encoding], model.tokenizer))
        assert found == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("crf", [False, True])
def test_many_texts_together_are_answered_as_each_alone(crf: bool) -> None:
    model = tiny_task_model({"ner": Entities(labels=("A", "B"), crf=crf)})
    predictor = task_predictor(model, max_tokens=16)
    texts = ["the old bridge in Rome", "it", "", "a long river, not the old one " * 5]
    together = predictor.predict("ner", texts)
    for text, found in zip(texts, together, strict=True):
        (alone,) = predictor.predict("ner", [text])
        assert [(e.label, e.start, e.end) for e in found] == [
            (e.label, e.start, e.end) for e in alone
        ]
        assert [e.score for e in found] == pytest.approx([e.score for e in alone], abs=1e-5)
    assert sum(map(len, together)) > 4


def test_a_crf_weighs_the_tags_of_neighbours(tokenizer: PairTokenizer) -> None:
    task = Entities(labels=("A",), crf=True)
    encoding = task.encode([words_in_list(["the", "bridge"])], tokenizer, MAX_TOKENS)[0]
    # O, B-A, I-A: the first word is O by 1, but only B-A may come before the second's I-A
    logits = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 3], [0, 0, 0]], dtype=np.float32)
    transitions = np.zeros((3, 3), dtype=np.float32)
    transitions[0, 2] = -9
    zeros = np.zeros(3, dtype=np.float32)
    (entity,) = task.decode(encoding, [logits, transitions, zeros, zeros])
    assert (entity.start, entity.end, entity.text) == (0, 2, "the bridge")


def test_classes_are_learned_in_order_of_the_alphabet() -> None:
    golds = [(EntitySpan("PER", 0, 1),), (), (EntitySpan("LOC", 2, 4),)]
    assert Entities().learned(golds).labels == ("LOC", "PER")
    with pytest.raises(ConfigError, match="column 'tags' of the training data marks no entity"):
        Entities().learned([()])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": ["a"], "tags": ["O", "O"]}, "column 'tags' has 2 tags for the 1 words"),
        ({"tokens": ["a"], "tags": ["Q-PER"]}, "column 'tags': 'Q-PER' at position 0 is no tag"),
        ({"tokens": ["a"], "tags": [1]}, "column 'tags' holds 1 at position 0, no text"),
        ({"tokens": "a", "tags": ["O"]}, "column 'tokens' holds 'a' where a list of texts"),
        ({"tokens": ["a"]}, "there is no column 'tags'"),
        ({"tokens": ["a"], "tags": ["I-ORG"]}, "'I-ORG' at position 0, not of one of LOC, PER"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(row: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.read_gold(row)


def test_rows_without_tags_are_unlabelled() -> None:
    assert TASK.read_gold({"tokens": ["a"], "tags": None}) is None


def test_what_is_no_text_and_no_list_of_words_is_refused() -> None:
    with pytest.raises(InputError, match="a text or a list of words, found 3"):
        TASK.parse_input(3)


def test_a_saved_task_keeps_its_scheme_by_name() -> None:
    assert Entities(scheme="iob2").to_saved()["scheme"] == "iob2"  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="unknown scheme 'bio'"):
        Entities(scheme="bio")  # type: ignore[arg-type]


def test_the_crf_weights_follow_the_outputs() -> None:
    model = tiny_task_model({"ner": Entities(labels=("A",), crf=True)})
    joined = numpy_head(model, "ner").join([np.zeros((2, 3), dtype=np.float32)])
    assert [each.shape for each in joined] == [(2, 3), (3, 3), (3,), (3,)]
    trained = model.heads["ner"].state_dict()["transitions"]
    assert torch.equal(torch.from_numpy(joined[1]), trained)
