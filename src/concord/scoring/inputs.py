"""Checks what users hand to the aligner, so that a mistake is named where it was made."""

from collections.abc import Iterable
from typing import Any

from concord.errors import ConfigError, InputError
from concord.scoring.split_plans import Context


def check_pairs(
    contexts: Iterable[Context], claims: Iterable[str], *, allow_passages: bool = True
) -> tuple[list[Context], list[str]]:
    """Return contexts and claims as lists, once they can be scored.

    An empty context is as good as any; a claim must say something.

    Args:
        contexts: Texts, or lists of passages; a list, an array or a column.
        claims: One text for each context.
        allow_passages: Whether a context may be a list of passages.

    Raises:
        InputError: If they differ in length, or one of them is not a text to score.
    """
    context_list = check_contexts(contexts, "contexts", allow_passages=allow_passages)
    claim_list = _as_list(claims, "claims")
    if len(context_list) != len(claim_list):
        raise InputError(
            f"there are {len(context_list)} contexts and {len(claim_list)} claims; "
            "give one claim for each context"
        )
    for index, claim in enumerate(claim_list):
        check_claim(claim, f"claims[{index}]")
    return context_list, claim_list


def check_texts(texts: Iterable[str], name: str) -> list[str]:
    """Return texts as a list, once each of them says something."""
    text_list = _as_list(texts, name)
    for index, text in enumerate(text_list):
        check_claim(text, f"{name}[{index}]")
    return text_list


def check_contexts(
    contexts: Iterable[Context], name: str, *, allow_passages: bool = True
) -> list[Context]:
    """Return contexts as a list, once each can be scored."""
    context_list = _as_list(contexts, name)
    for index, context in enumerate(context_list):
        check_context(context, f"{name}[{index}]", allow_passages=allow_passages)
    return context_list


def check_context(context: Any, name: str, *, allow_passages: bool = True) -> None:
    """Refuse a context that is neither a text nor, where allowed, a list of passages.

    Raises:
        InputError: With the context's name and what was found.
    """
    if isinstance(context, str):
        return
    if not isinstance(context, list | tuple):
        raise InputError(f"{name} is {_describe(context)}; give a text")
    if not allow_passages:
        raise InputError(f"{name} is a list; give one text, or use score or verify for passages")
    for index, passage in enumerate(context):
        check_context(passage, f"{name}[{index}]", allow_passages=False)


def check_claim(claim: Any, name: str) -> None:
    """Refuse a claim that is not a text or says nothing.

    Raises:
        InputError: With the claim's name and what was found.
    """
    if not isinstance(claim, str):
        raise InputError(f"{name} is {_describe(claim)}; give a text")
    if not claim.strip():
        raise InputError(f"{name} is empty ({claim!r:.40}); there is nothing to score")


def check_threshold(threshold: float) -> None:
    """Refuse a threshold that no score, or every score, would pass.

    Raises:
        ConfigError: If it does not lie in [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise ConfigError(f"a threshold lies between 0 and 1, got {threshold}")


def _as_list(texts: Iterable[Any], name: str) -> list[Any]:
    if isinstance(texts, str):
        raise InputError(f"{name} is a single text; give a list of texts, such as [{name[:-1]}]")
    try:
        return list(texts)  # a column of a data frame, an array, a generator
    except TypeError:
        raise InputError(f"{name} is {_describe(texts)}; give a list of texts") from None


def _describe(value: Any) -> str:
    return f"{value!r:.40} ({type(value).__name__})"
