"""Says which sentences of a claim the context bears out, and where."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from concord.errors import DataError, InputError
from concord.scoring.relevance import RelevanceLike
from concord.scoring.verdicts import Explanation

STREAM: Final = "-"


class Explainer(Protocol):
    """What explaining needs of an aligner."""

    def explain(
        self,
        context: str,
        claim: str,
        *,
        threshold: float | None = ...,
        relevance: RelevanceLike = ...,
    ) -> Explanation:
        """Return the verdict on each sentence of the claim, with its evidence."""
        ...


def explain_texts(
    context: str,
    claim: str,
    aligner: Explainer,
    *,
    threshold: float | None = None,
    relevance: RelevanceLike = "auto",
    stdin: TextIO | None = None,
) -> Explanation:
    """Explain one pair, each side given as text, as a file's path, or as "-".

    Args:
        context: The context, a file that holds it, or "-" for standard input.
        claim: The claim, likewise; only one of them can be standard input.
        aligner: What scores the pair.
        threshold: The score from which a sentence is supported; the model's own unless given.
        relevance: How much of a long context is read, as `Aligner.explain` has it.
        stdin: What "-" means; standard input unless given.

    Raises:
        InputError: If both sides are to come from standard input.
    """
    if context == claim == STREAM:
        raise InputError("only one of context and claim can be read from standard input")
    stream = stdin or sys.stdin
    return aligner.explain(
        read_argument(context, stream),
        read_argument(claim, stream),
        threshold=threshold,
        relevance=relevance,
    )


def read_argument(argument: str, stdin: TextIO) -> str:
    """Return the text that a command line argument stands for.

    Raises:
        DataError: If the file that it names is not UTF-8 text.
    """
    if argument == STREAM:
        return stdin.read()
    if not _is_file(argument):
        return argument
    try:
        return Path(argument).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{argument} is not UTF-8 text: {error.reason} at {error.start}") from error


def _is_file(argument: str) -> bool:
    """Tell whether a file of this name exists; most texts are no valid path at all."""
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):
        return False


def explanation_to_mapping(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as plain values, for JSON."""
    return asdict(explanation)
