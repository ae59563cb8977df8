"""A tokenizer whose ids carry the tags of the words that they are in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

from concord.errors import ConfigError
from concord.text.spacy_tagger import SpacyTagger
from concord.text.tags import ID_BITS, Tagger, tags_of_tokens, with_tags
from concord.text.tokenizer import PairTokenizer, TokenIds, TokenizedText

_LARGEST_VOCABULARY: Final = 1 << ID_BITS


class TaggedTokenizer(PairTokenizer):
    """Turns texts into ids with tags, see `concord.text.tags`; all else is the tokenizer's.

    Args:
        plain: The tokenizer.
        tagger: Tags the words of texts.

    Raises:
        ConfigError: If the vocabulary leaves no room for tags.
    """

    def __init__(self, plain: PairTokenizer, tagger: Tagger) -> None:
        if plain.vocabulary_size > _LARGEST_VOCABULARY:
            raise ConfigError(
                f"tags need a vocabulary of at most {_LARGEST_VOCABULARY:,} tokens, the "
                f"encoder's has {plain.vocabulary_size:,}"
            )
        super().__init__(Tokenizer.from_str(plain.fingerprint))
        self.tagger = tagger

    @property
    def cache_key(self) -> str:
        """What ids depend on: the tokenizer, and the tagger."""
        return f"{super().cache_key} {self.tagger.fingerprint}"

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the ids of each text, with tags, without special tokens."""
        return [tokenized.ids for tokenized in self.tokenize(texts)]

    def tokenize(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Return ids with tags and character offsets, without special tokens."""
        tokenized = super().tokenize(texts)
        return [
            TokenizedText(with_tags(each.ids, tags_of_tokens(words, each.offsets)), each.offsets)
            for each, words in zip(tokenized, self.tagger.tag(texts), strict=True)
        ]


def load_tokenizer(path: Path, spacy_model: str | None) -> PairTokenizer:
    """Read a `tokenizer.json`.

    Args:
        path: The file.
        spacy_model: The pipeline whose tags ids are to carry; None for plain ids.

    Raises:
        ArtifactError: If the file is absent or is not a tokenizer.
    """
    plain = PairTokenizer.load(path)
    return plain if spacy_model is None else TaggedTokenizer(plain, SpacyTagger(spacy_model))
