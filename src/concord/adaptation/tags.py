"""Tags of words, added to their vectors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.wrapped import Encoder, WrappedEncoder, plain_encoder
from concord.text.spacy_tagger import DEFAULT_MODEL, SpacyTagger
from concord.text.tagged_tokenizer import TaggedTokenizer
from concord.text.tags import ID_BITS, NUM_TAGS, TAG_BITS
from concord.text.tokenizer import PairTokenizer


@dataclass(frozen=True, kw_only=True)
class Tags(Adaptation):
    """Part-of-speech and entity tags: learned vectors are added to the input embeddings.

    A sub-word has the tags of the word that it is in, as spaCy finds them; special tokens and
    padding have none, which adds nothing. The vectors start at zero, so that the encoder starts as
    it was; all of it learns with them. Who predicts needs spaCy too. A model saved so keeps the
    vectors beside its weights.

    Attributes:
        spacy_model: The pipeline, a package or a folder, which tags in training and prediction.
    """

    spacy_model: str = DEFAULT_MODEL

    kind: ClassVar[str] = "tags"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def adapt(self, encoder: Encoder) -> Encoder:
        """Return the encoder behind two tables of vectors."""
        return TaggedEncoder(plain_encoder(encoder))

    def tokenizer(self, tokenizer: PairTokenizer) -> PairTokenizer:
        """Return a tokenizer whose ids carry tags; one that does already stays as it is."""
        if isinstance(tokenizer, TaggedTokenizer):
            return tokenizer
        return TaggedTokenizer(tokenizer, SpacyTagger(self.spacy_model))

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return all parameters."""
        return encoder.parameters()


class TaggedEncoder(WrappedEncoder):
    """An encoder that reads ids with tags, as `concord.text.tags` lays them out.

    Args:
        base_layer: The encoder.
    """

    def __init__(self, base_layer: PreTrainedModel) -> None:
        super().__init__(base_layer)
        words = base_layer.get_input_embeddings()
        self.parts_of_speech = _empty_table(words)
        self.entity_types = _empty_table(words)

    def forward(self, input_ids: Tensor, **others: Any) -> Any:
        """Return what the encoder does."""
        vectors: Tensor = self.get_input_embeddings()(input_ids & ((1 << ID_BITS) - 1))
        parts: Tensor = self.parts_of_speech((input_ids >> ID_BITS) & (NUM_TAGS - 1))
        types: Tensor = self.entity_types(input_ids >> (ID_BITS + TAG_BITS))
        return self.base_layer(inputs_embeds=vectors + parts + types, **others)


def _empty_table(words: nn.Module) -> nn.Embedding:
    """Return vectors that add nothing as yet, nor ever for the tag 0."""
    like: Tensor = words.state_dict()["weight"]
    table = nn.Embedding(NUM_TAGS, like.shape[1], padding_idx=0).to(like)
    nn.init.zeros_(table.weight)
    return table
