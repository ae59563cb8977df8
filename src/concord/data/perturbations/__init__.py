"""Changes of pairs with a known effect on the label: to test a model by, and to teach it."""

from concord.data.perturbations.perturbation import Effect, PairPerturbation, Rewritten
from concord.data.perturbations.table import get_perturbation, perturbation_names

__all__ = ["Effect", "PairPerturbation", "Rewritten", "get_perturbation", "perturbation_names"]
