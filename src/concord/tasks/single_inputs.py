"""Inputs of one sequence: a text, or two texts side by side."""

from collections.abc import Sequence
from typing import NamedTuple

from concord.errors import InputError
from concord.tasks.task import Encoding, Fields, text_of
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput


class TextInput(NamedTuple):
    """A text, and the second one that is read beside it, if any."""

    text: str
    text_pair: str | None = None


def read_texts(row: Fields, text: str, text_pair: str | None) -> TextInput:
    """Return the texts in one or two columns of a row; an `InputError` if they are not texts."""
    return TextInput(text_of(row, text), None if text_pair is None else text_of(row, text_pair))


def parse_texts(value: object, *, is_pair: bool) -> TextInput:
    """Return what a user gives to `predict`: a text, or a list or tuple of two.

    Raises:
        InputError: If it is neither what the task reads.
    """
    if not is_pair and isinstance(value, str):
        return TextInput(value)
    if is_pair and isinstance(value, list | tuple) and len(value) == 2:
        text, text_pair = value
        if isinstance(text, str) and isinstance(text_pair, str):
            return TextInput(text, text_pair)
    wanted = "a pair of texts" if is_pair else "a text"
    raise InputError(f"the task reads {wanted}, found {value!r:.60}")


def encode_texts(
    inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
) -> list[Encoding]:
    """Return one sequence for each input, cut to the window; all are tokenized at once."""
    firsts = tokenizer.token_ids([each.text for each in inputs])
    seconds = iter(
        tokenizer.token_ids([each.text_pair for each in inputs if each.text_pair is not None])
    )
    whole = [
        EncoderInput(first, None if each.text_pair is None else next(seconds))
        for each, first in zip(inputs, firsts, strict=True)
    ]
    return [fitted_encoding(each, tokenizer, max_tokens) for each in whole]


def fitted_encoding(sequence: EncoderInput, tokenizer: PairTokenizer, max_tokens: int) -> Encoding:
    """Return an encoding of one sequence, which counts the tokens that did not fit."""
    fitted = sequence.fitted(tokenizer.template, max_tokens)
    lost = sequence.num_tokens(tokenizer.template) - fitted.num_tokens(tokenizer.template)
    return Encoding((fitted,), num_lost=lost)
