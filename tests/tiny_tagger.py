"""A pipeline of spaCy with rules for a few words in the place of training."""

from pathlib import Path
from typing import Final

import spacy

WORDS: Final = {"the": "DET", "bridge": "NOUN", "opened": "VERB", "in": "ADP", "1932": "NUM"}
"""The parts of speech that it knows."""
NAMES: Final = {"the bridge": "FAC", "1932": "DATE"}
"""The names that it knows."""


def save_tiny_pipeline(folder: Path) -> str:
    """Save the pipeline, and return its folder as options name it."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("attribute_ruler")
    for word, part in WORDS.items():
        ruler.add([[{"LOWER": word}]], {"POS": part})  # type: ignore[attr-defined]
    names = pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    names.add_patterns(  # type: ignore[attr-defined]
        [{"label": label, "pattern": name} for name, label in NAMES.items()]
    )
    pipeline.to_disk(folder)
    return str(folder)
