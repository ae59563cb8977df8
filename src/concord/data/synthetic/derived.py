"""Recipes of claims on facts that are made of another recipe's texts."""

from collections.abc import Mapping
from dataclasses import replace

from concord.alignment import Head
from concord.data.recipe import Cast, Family, Metric, Recipe


def derive_recipe(
    original: Recipe, suffix: str, title: str, cast: Cast, labels: Mapping[str, float] | None = None
) -> Recipe:
    """Return a three-way recipe that reads another's files and makes other examples of them.

    Args:
        original: Where the texts, their source and their licence come from.
        suffix: What its name has behind the original's.
        title: What people call it.
        cast: From the original's records to the examples.
        labels: The original's labels, where the cast asks for them.
    """
    return replace(
        original,
        name=f"{original.name}_{suffix}",
        title=title,
        family=Family.FACT_CHECKING,
        head=Head.THREE_WAY,
        metric=Metric.ACCURACY,
        labels=labels or {},
        cast=cast,
    )
