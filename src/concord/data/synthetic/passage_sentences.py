"""Sentences of passages as claims: the passage has the sentence, or it was taken out of it.

What a changed sentence is (another number, date or name) the augmentation adds. FactCC (Kryściński
et al., EMNLP 2020) and DocNLI (Yin et al., Findings of ACL 2021) learn from such pairs.
"""

from collections.abc import Iterator
from typing import Final

from concord.alignment import ALIGNED, NEUTRAL, AlignmentExample
from concord.data.recipe import Recipe, Record, Skipped
from concord.data.synthetic.change import build_generator
from concord.data.synthetic.derived import derive_recipe
from concord.data.wrong_answers import content_words
from concord.text.sentences import split_sentences

_FEWEST_WORDS: Final = 6
_KNOWN_SHARE: Final = 0.5  # of a sentence's content words; beyond it, the rest may say the same
_NO_SENTENCE: Final = Skipped("no sentence of six words or more")
_SAID_AGAIN: Final = Skipped("the rest of the passage could say what the sentence says")


def cast_sentence(record: Record) -> Iterator[AlignmentExample | Skipped]:
    """Yield a sentence of a passage as aligned with it, and as neutral to the rest of it.

    The passage has the role "context". The draw is fixed by the passage and the record's
    "question", so that the questions on one passage draw different sentences.
    """
    passage, head = record.text("context"), record.recipe.head
    spans = [
        span
        for span in split_sentences(passage)
        if len(passage[span.start : span.end].split()) >= _FEWEST_WORDS
    ]
    if not spans:
        yield _NO_SENTENCE
        return
    rng = build_generator(0, passage, record.text("question"))
    span = spans[int(rng.integers(len(spans)))]
    sentence = passage[span.start : span.end]
    yield AlignmentExample(context=passage, claim=sentence, head=head, target=ALIGNED)
    rest = f"{passage[: span.start].rstrip()} {passage[span.end :].lstrip()}".strip()
    words, known = content_words(sentence), content_words(rest)
    if not rest or len(words & known) > _KNOWN_SHARE * len(words):
        yield _SAID_AGAIN
        return
    yield AlignmentExample(
        context=rest,
        claim=sentence,
        head=head,
        target=NEUTRAL,
        provenance="sentence_taken_out: the claim stood in the context",
    )


def build_sentence_recipe(passages: Recipe, title: str) -> Recipe:
    """Return the recipe of the sentences of another recipe's passages.

    Args:
        passages: Its records have the roles "context" and "question".
        title: What people call its data set.
    """
    return derive_recipe(
        passages, "sentences", f"{title}, sentences of its passages", cast_sentence
    )
