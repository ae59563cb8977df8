from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.data.tag_cache import CachedTagger, keep_tags
from concord.text.tagged_tokenizer import TaggedTokenizer
from concord.text.tags import TaggedWords


class CountingTagger:
    """Tags a text as one word, with its length, and remembers what it was asked."""

    def __init__(self, fingerprint: str = "lengths", *, fails_at: str | None = None) -> None:
        self.fingerprint = fingerprint
        self.asked: list[str] = []
        self._fails_at = fails_at

    def tag(self, texts: Sequence[str]) -> list[TaggedWords]:
        if self._fails_at in texts:
            raise KeyboardInterrupt
        self.asked.extend(texts)
        return [
            TaggedWords(np.array([[0, len(text)]], np.int32), np.array([len(text)], np.int32))
            if text
            else TaggedWords(np.zeros((0, 2), np.int32), np.zeros(0, np.int32))
            for text in texts
        ]


def _tags(words: Sequence[TaggedWords]) -> list[list[int]]:
    return [each.tags.tolist() for each in words]


def test_a_text_is_tagged_once(tmp_path: Path) -> None:
    inner = CountingTagger()
    tagger = CachedTagger(inner, tmp_path / "tags")
    assert _tags(tagger.tag(["a", "bbb", "a", ""])) == [[1], [3], [1], []]
    assert inner.asked == ["a", "bbb", ""]
    assert tagger.tag(["bbb"])[0].spans.tolist() == [[0, 3]]
    assert _tags(tagger.tag(["", "cc", "bbb"])) == [[], [2], [3]]
    assert inner.asked == ["a", "bbb", "", "cc"]


def test_another_process_finds_what_was_tagged(tmp_path: Path) -> None:
    CachedTagger(CountingTagger(), tmp_path).tag(["a", "\ud800"])
    later = CountingTagger()
    assert _tags(CachedTagger(later, tmp_path).tag(["\ud800", "a"])) == [[1], [1]]
    assert not later.asked


def test_another_tagger_has_a_file_of_its_own(tmp_path: Path) -> None:
    CachedTagger(CountingTagger("spacy 1"), tmp_path).tag(["a"])
    other = CountingTagger("spacy 2")
    CachedTagger(other, tmp_path).tag(["a"])
    assert other.asked == ["a"]
    assert len(list(tmp_path.glob("tags-*.sqlite"))) == 2


def test_a_run_that_is_killed_keeps_what_it_wrote(tmp_path: Path) -> None:
    texts = [str(number) for number in range(600)]
    with pytest.raises(KeyboardInterrupt):
        CachedTagger(CountingTagger(fails_at="300"), tmp_path).tag(texts)
    later = CountingTagger()
    CachedTagger(later, tmp_path).tag(texts)
    assert later.asked == texts[256:]  # the first block was whole


def test_only_a_tokenizer_that_tags_keeps_tags(tmp_path: Path) -> None:
    plain = tiny_tokenizer()
    keep_tags(plain, tmp_path / "plain")
    inner = CountingTagger()
    tagged = TaggedTokenizer(plain, inner)
    keep_tags(tagged, tmp_path / "tagged")
    before = tagged.cache_key
    [first], [again] = tagged.token_ids(["old"]), tagged.token_ids(["old"])
    assert first.tolist() == again.tolist() != plain.token_ids(["old"])[0].tolist()
    assert inner.asked == ["old"]
    assert before == TaggedTokenizer(plain, inner).cache_key
    assert [path.name for path in tmp_path.iterdir()] == ["tagged"]
