"""Tags of texts on disk, so that a text is tagged once for all runs, tasks and tokenizers."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from concord.text.tagged_tokenizer import TaggedTokenizer
from concord.text.tags import TaggedWords, Tagger
from concord.text.tokenizer import PairTokenizer

_TEXTS_AT_ONCE: Final = 256
"""What a run that is killed loses at most."""
_TIMEOUT_S: Final = 600.0
_LAYOUT: Final = "create table if not exists tags (text blob primary key, words blob) without rowid"
_FIND: Final = "select words from tags where text = ?"
_KEEP: Final = "insert or ignore into tags values (?, ?)"


@dataclass(frozen=True, slots=True)
class CachedTagger:
    """Tags what was not tagged before, and keeps it.

    Each of a folder's files is for one tagger, by its fingerprint, and knows texts by their digests
    alone. It is a database since texts come in any order, from several tasks and processes; what is
    written of it is written as a whole, or not at all where a run is killed.

    Attributes:
        tagger: Tags texts that are new.
        folder: Made if absent.
    """

    tagger: Tagger
    folder: Path

    @property
    def fingerprint(self) -> str:
        """The tagger's."""
        return self.tagger.fingerprint

    @property
    def path(self) -> Path:
        """The tagger's file."""
        digest = hashlib.blake2b(self.fingerprint.encode(), digest_size=8).hexdigest()
        return self.folder / f"tags-{digest}.sqlite"

    def tag(self, texts: Sequence[str]) -> list[TaggedWords]:
        """Return the words of each text."""
        keys = [_key(text) for text in texts]
        with self._opened() as database:
            found = {key: database.execute(_FIND, (key,)).fetchone() for key in keys}
            is_new = {key: text for key, text in zip(keys, texts, strict=True) if not found[key]}
            new = list(is_new.items())
            for start in range(0, len(new), _TEXTS_AT_ONCE):
                block = new[start : start + _TEXTS_AT_ONCE]
                tagged = self.tagger.tag([text for _, text in block])
                rows = [
                    (key, _packed(words)) for (key, _), words in zip(block, tagged, strict=True)
                ]
                with database:  # one transaction
                    database.executemany(_KEEP, rows)
                found |= {key: (words,) for key, words in rows}
        return [_unpacked(found[key][0]) for key in keys]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=_TIMEOUT_S)) as database:
            database.execute(_LAYOUT)
            yield database


def keep_tags(tokenizer: PairTokenizer, folder: Path) -> None:
    """Let a tokenizer that tags texts keep the tags in a folder; others stay as they are."""
    if isinstance(tokenizer, TaggedTokenizer):
        tokenizer.tagger = CachedTagger(tokenizer.tagger, folder)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _packed(words: TaggedWords) -> bytes:
    return np.column_stack([words.spans, words.tags]).astype("<i4").tobytes()


def _unpacked(words: bytes) -> TaggedWords:
    numbers = np.frombuffer(words, dtype="<i4").reshape(-1, 3)
    return TaggedWords(numbers[:, :2], numbers[:, 2])
