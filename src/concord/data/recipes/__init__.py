"""The data sets that concord reads, one file each; imported when first asked for."""

from typing import Final

from concord.data.recipe import Recipe
from concord.registry import Registry

__all__ = ["RECIPES", "get_recipe", "recipe_names"]

_MODULES: Final = (
    "boolq",
    "conjnli",
    "fever",
    "gap",
    "mnli",
    "mrpc",
    "paws",
    "qqp",
    "race",
    "scitail",
    "sick",
    "snli",
    "squad_v2",
    "stsb",
    "vitaminc",
)

RECIPES: Final = Registry(
    "recipe", Recipe, {name: f"concord.data.recipes.{name}:RECIPE" for name in _MODULES}
)
"""Other packages add their own with `RECIPES.register`."""


def get_recipe(name: str) -> Recipe:
    """Return the recipe of a data set."""
    return RECIPES.get(name)


def recipe_names() -> tuple[str, ...]:
    """Return the names of all data sets in alphabetical order."""
    return RECIPES.names()
