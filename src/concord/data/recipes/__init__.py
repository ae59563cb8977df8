"""The data sets that concord reads, one file each; imported when first asked for."""

from collections.abc import Iterator, Mapping
from pkgutil import iter_modules
from typing import Final

from concord.data.recipe import Recipe
from concord.registry import Registry

__all__ = ["RECIPES", "get_recipe", "recipe_names"]

_SEVERAL: Final[Mapping[str, tuple[str, ...]]] = {
    "anli": ("anli_r1", "anli_r2", "anli_r3"),
    "boolq": ("boolq", "boolq_bounds", "boolq_sentences"),
    "fever": ("fever", "fever_bounds"),
    "hotpotqa": ("hotpotqa_distractor", "hotpotqa_fullwiki"),
    "llm_aggrefact": (
        "llm_aggrefact",
        "llm_aggrefact_claimverify",
        "llm_aggrefact_cnn",
        "llm_aggrefact_expertqa",
        "llm_aggrefact_factcheck",
        "llm_aggrefact_lfqa",
        "llm_aggrefact_mediasum",
        "llm_aggrefact_meetingbank",
        "llm_aggrefact_ragtruth",
        "llm_aggrefact_reveal",
        "llm_aggrefact_wice",
        "llm_aggrefact_xsum",
    ),
    "number_comparisons": ("number_comparisons", "number_lists"),
    "qags": ("qags_cnndm", "qags_xsum"),
    "quoref": ("quoref", "quoref_sample"),
    "squad_v1": ("squad_v1", "squad_v1_bounds", "squad_v1_sentences"),
    "sts": ("sts12", "sts13", "sts14", "sts15", "sts16"),
    "summac": (
        "summac_cogensumm",
        "summac_factcc",
        "summac_frank",
        "summac_polytope",
        "summac_summeval",
        "summac_xsumfaith",
    ),
    "true_benchmark": (
        "true_begin",
        "true_dialfact",
        "true_fever",
        "true_frank",
        "true_mnbm",
        "true_paws",
        "true_q2",
        "true_qags_cnndm",
        "true_qags_xsum",
        "true_summeval",
        "true_vitaminc",
    ),
    "vitaminc": ("vitaminc", "vitaminc_bounds"),
}
"""The files that declare several recipes, such as the years of a shared task: each under its name
in capitals. Every other file declares one, `RECIPE`, and is called like it."""


def _targets() -> Iterator[tuple[str, str]]:
    for module in iter_modules(__path__):
        path = f"{__name__}.{module.name}"
        if module.name in _SEVERAL:
            yield from ((name, f"{path}:{name.upper()}") for name in _SEVERAL[module.name])
        else:
            yield module.name, f"{path}:RECIPE"


RECIPES: Final = Registry("recipe", Recipe, dict(_targets()))
"""Other packages add their own with `RECIPES.register`."""


def get_recipe(name: str) -> Recipe:
    """Return the recipe of a data set."""
    return RECIPES.get(name)


def recipe_names() -> tuple[str, ...]:
    """Return the names of all data sets in alphabetical order."""
    return RECIPES.names()
