"""Inputs of several texts, each of which the encoder reads alone."""

from collections.abc import Sequence

from concord.tasks.single_inputs import fitted_encoding
from concord.tasks.task import Encoding
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput


def encode_apart(
    inputs: Sequence[Sequence[str]], tokenizer: PairTokenizer, max_tokens: int
) -> list[Encoding]:
    """Return one sequence for each text of each input, cut to the window.

    Args:
        inputs: Each has one text or more; all are tokenized at once.
        tokenizer: Turns texts into ids.
        max_tokens: The window, special tokens included.
    """
    ids = iter(tokenizer.token_ids([text for texts in inputs for text in texts]))
    return [
        joined_encodings(
            [fitted_encoding(EncoderInput(next(ids)), tokenizer, max_tokens) for _ in texts]
        )
        for texts in inputs
    ]


def joined_encodings(encodings: Sequence[Encoding]) -> Encoding:
    """Return the sequences of several encodings as those of one input."""
    return Encoding(
        tuple(sequence for encoding in encodings for sequence in encoding.sequences),
        num_lost=sum(encoding.num_lost for encoding in encodings),
    )
