"""Tags from spaCy, which is imported when the first text is tagged: it is in the extra `tags`."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from concord.errors import ConfigError, MissingExtraError
from concord.text.safe_cuts import parts_of
from concord.text.sentences import split_sentences
from concord.text.tags import TaggedWords, joined_tag
from concord.text.tokenizer import PART_CHARACTERS, replace_lone_surrogates

DEFAULT_MODEL: Final = "en_core_web_sm"
_META_FILE: Final = "meta.json"
_SPACE: Final = "SPACE"


@dataclass(frozen=True, slots=True)
class SpacyTagger:
    """Tags words with a trained pipeline of spaCy.

    A text of more than some eight thousand characters is tagged in parts, cut between sentences.

    Attributes:
        model: The pipeline's package, or its folder.
    """

    model: str = DEFAULT_MODEL

    @property
    def fingerprint(self) -> str:
        """The pipeline and its version, and spaCy's version; nothing is loaded for it.

        Raises:
            MissingExtraError: If spaCy is not installed.
            ConfigError: If there is no such pipeline.
        """
        return f"spacy {_spacy_version(self.model)} {self.model} {_model_version(self.model)}"

    def tag(self, texts: Sequence[str]) -> list[TaggedWords]:
        """Return the words of each text, blanks left out; errors are those of `fingerprint`."""
        if not texts:
            return []
        cleaned = map(replace_lone_surrogates, texts)
        parts = [list(_parts_of_sentences(text)) for text in cleaned]
        documents = _pipeline(self.model).pipe(part for text in parts for _, part in text)
        return [_words_of([(start, next(documents)) for start, _ in text]) for text in parts]


def _parts_of_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield consecutive parts of a text and where they begin; only huge sentences are cut."""
    starts = [0]
    if len(text) > PART_CHARACTERS:
        for sentence in split_sentences(text):
            if sentence.start - starts[-1] >= PART_CHARACTERS:
                starts.append(sentence.start)
    for start, end in pairwise([*starts, len(text)]):
        for offset, part in parts_of(text[start:end], 2 * PART_CHARACTERS):
            yield start + offset, part


def _words_of(parts: Sequence[tuple[int, Any]]) -> TaggedWords:
    """Return the words of a text's parts, each of which is known by its first character."""
    words = [
        (start + word.idx, start + word.idx + len(word), joined_tag(word.pos_, word.ent_type_))
        for start, document in parts
        for word in document
        if word.pos_ != _SPACE and not word.is_space
    ]
    numbers = np.array(words, dtype=np.int32).reshape(-1, 3)
    return TaggedWords(numbers[:, :2], numbers[:, 2])


@cache
def _pipeline(model: str) -> Any:
    """Load a pipeline, once in a process; parts of speech need all of it but the lemmatizer."""
    _spacy_version(model)
    _model_version(model)
    import spacy

    return spacy.load(model, exclude=["lemmatizer"])


def _spacy_version(model: str) -> str:
    try:
        return version("spacy")
    except PackageNotFoundError:
        raise MissingExtraError(
            f"tags of words need the 'spacy' package: pip install 'concord[tags]', and then the "
            f"pipeline {model!r}: python -m spacy download {model}"
        ) from None


def _model_version(model: str) -> str:
    """Return a package's version, or for a folder a digest of its files."""
    folder = Path(model)
    if (folder / _META_FILE).is_file():
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(folder.rglob("*")):
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()
    try:
        return version(model)
    except (PackageNotFoundError, ValueError):  # the latter for what is no name at all
        raise ConfigError(
            f"spaCy has no pipeline {model!r}: python -m spacy download {model}, or set "
            "spacy_model to the package or folder of one that is there"
        ) from None
