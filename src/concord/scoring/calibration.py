"""From scores to how often claims with that score are supported, and the file that says so.

Fitting is `concord.evaluation.calibration.score_maps`; applying needs numpy alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from concord.alignment import Head
from concord.alignment.scores import FloatArray
from concord.artifact import CALIBRATION_FILE, WEIGHTS_FILE, sha256_of_file
from concord.errors import ArtifactError, ConfigError
from concord.scoring.aggregation import Aggregation
from concord.scoring.long_inputs import Splitting
from concord.scoring.score_rules import VERDICT_RULE, ScoreRule

CALIBRATION_VERSION: Final = 1
_SMALLEST: Final = 1e-6  # scores of 0 and 1 have no finite logit


def logits_of(scores: FloatArray) -> NDArray[np.float64]:
    """Return the logits of scores, those of 0 and 1 as if they were a millionth away."""
    clipped = np.clip(scores.astype(np.float64), _SMALLEST, 1 - _SMALLEST)
    logits: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return logits


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticMap:
    """Stretches and shifts the score's logit, so that order never changes.

    Temperature scaling (Guo et al., ICML 2017) is a slope of 1 / temperature alone; with the
    shift it is Platt's (1999) on the score's logit.

    Attributes:
        slope: What the logit is multiplied by; above zero.
        shift: What is added then.
    """

    slope: float
    shift: float = 0.0

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Return the sigmoid of the stretched and shifted logits."""
        logits = self.slope * logits_of(scores) + self.shift
        probs: FloatArray = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return probs


@dataclass(frozen=True, slots=True, kw_only=True)
class IsotonicMap:
    """Straight lines between points that rise (Zadrozny and Elkan, KDD 2002).

    Attributes:
        scores: Where the points lie, rising.
        probs: The probability at each, never falling; the first and last hold beyond them too.
    """

    scores: tuple[float, ...]
    probs: tuple[float, ...]

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Return the height of the lines at these scores."""
        return np.interp(scores, self.scores, self.probs).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainCalibration:
    """What was fitted on one domain, or on all of them together.

    Attributes:
        map: From scores to probabilities.
        threshold: The score, before the map, from which a claim counts as supported.
        rows: Labelled rows that it was fitted on.
        supported: How many of them are supported.
    """

    map: LogisticMap | IsotonicMap
    threshold: float
    rows: int
    supported: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What turns a model's scores into probabilities and verdicts, and where it comes from.

    Attributes:
        rule: How the scores that it was fitted on were made; it holds for no others.
        pooled: For texts of no known domain.
        domains: By name, for those with enough labelled rows of their own.
        method: How the maps were fitted.
        want: What the thresholds were chosen for.
        sources: The data that it was fitted on.
        seed: Seed of what was drawn on the way.
        model_sha256: Digest of the weights whose scores it was fitted on; empty if unknown.
        version: The version of this layout.
    """

    rule: ScoreRule
    pooled: DomainCalibration
    domains: Mapping[str, DomainCalibration] = field(default_factory=dict)
    method: str = ""
    want: str = ""
    sources: tuple[str, ...] = ()
    seed: int = 0
    model_sha256: str = ""
    version: int = CALIBRATION_VERSION

    def fitted_on(self, domain: str | None) -> DomainCalibration:
        """Return what holds for a domain: its own, or the pooled one without a domain.

        Raises:
            ConfigError: If the domain is not known.
        """
        if domain is None:
            return self.pooled
        if domain not in self.domains:
            known = ", ".join(self.domains) or "none"
            raise ConfigError(
                f"the calibration has no domain {domain!r} (known: {known}); leave it out for the "
                "one fitted on all rows"
            )
        return self.domains[domain]

    @property
    def is_for_verdicts(self) -> bool:
        """Whether it was fitted on the head and the splitting that verdicts are made with."""
        return (self.rule.head, self.rule.split) == (VERDICT_RULE.head, VERDICT_RULE.split)

    def map_for(self, rule: ScoreRule, domain: str | None) -> LogisticMap | IsotonicMap:
        """Return what maps scores made by a rule to probabilities, in a domain if one is named.

        Raises:
            ConfigError: If it was fitted on scores made by another rule, or not on that domain.
        """
        self.check_rule(rule)
        return self.fitted_on(domain).map

    def check_rule(self, rule: ScoreRule) -> None:
        """Refuse scores that were made in another way than those it was fitted on.

        Raises:
            ConfigError: Naming the first difference.
        """
        asked, fitted = asdict(rule), asdict(self.rule)
        for name, value in fitted.items():
            if asked[name] != value:
                raise ConfigError(
                    f"the calibration was fitted on scores with {name} {_shown(value)}, not "
                    f"{_shown(asked[name])}; score that way, or fit one with `concord calibrate`"
                )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `to_json` wrote.

        Raises:
            ArtifactError: If it is absent, no calibration, or was written by a later concord.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            version = content["version"]
            if version <= CALIBRATION_VERSION:
                return cls._from_mapping(content)
        except FileNotFoundError:
            raise ArtifactError(
                f"there is no calibration {path}; `concord calibrate` makes one"
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactError(
                f"{path} is no calibration ({type(error).__name__}: {error}); "
                "make it anew with `concord calibrate`"
            ) from error
        raise ArtifactError(
            f"{path} was written by a later concord (layout {version}, "
            f"this one reads {CALIBRATION_VERSION}); upgrade concord"
        )

    @classmethod
    def _from_mapping(cls, content: Mapping[str, Any]) -> Self:
        domains = {name: _read_domain(each) for name, each in content["domains"].items()}
        return cls(
            **{
                **content,
                "rule": _read_rule(content["rule"]),
                "pooled": _read_domain(content["pooled"]),
                "domains": domains,
                "sources": tuple(content["sources"]),
            }
        )

    def to_json(self) -> str:
        """Return the file's text."""
        content = asdict(self)
        for each in (content["pooled"], *content["domains"].values()):
            kind = "isotonic" if "probs" in each["map"] else "logistic"
            each["map"] = {"kind": kind, **each["map"]}
        return json.dumps(content, indent=1) + "\n"


def _read_rule(content: Mapping[str, Any]) -> ScoreRule:
    return ScoreRule(
        **{
            **content,
            "head": Head(content["head"]),
            "split": Splitting(content["split"]),
            "aggregation": Aggregation(content["aggregation"]),
        }
    )


def _read_domain(content: Mapping[str, Any]) -> DomainCalibration:
    return DomainCalibration(**{**content, "map": _READERS[content["map"]["kind"]](content["map"])})


def _read_logistic(content: Mapping[str, Any]) -> LogisticMap:
    return LogisticMap(slope=float(content["slope"]), shift=float(content["shift"]))


def _read_isotonic(content: Mapping[str, Any]) -> IsotonicMap:
    scores, probs = np.array(content["scores"], float), np.array(content["probs"], float)
    if scores.shape != probs.shape or not len(scores) or (np.diff(scores) <= 0).any():
        raise ValueError("the points of an isotonic map must rise, with a probability each")
    return IsotonicMap(scores=tuple(scores.tolist()), probs=tuple(probs.tolist()))


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], LogisticMap | IsotonicMap]]] = {
    "logistic": _read_logistic,
    "isotonic": _read_isotonic,
}


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, bool | int) else f"'{value}'"


def find_calibration(folder: Path, path: str | Path | None = None) -> Calibration | None:
    """Return a model's calibration: the named file, or the one in its folder if it has one.

    Raises:
        ArtifactError: If a named file cannot be read, or was fitted on another model's scores.
    """
    if path is None:
        beside = folder / CALIBRATION_FILE
        return Calibration.load(beside) if beside.is_file() else None
    calibration = Calibration.load(Path(path).expanduser())
    if calibration.model_sha256 not in ("", sha256_of_file(folder / WEIGHTS_FILE)):
        raise ArtifactError(
            f"{path} was fitted on the scores of another model than {folder.name}; "
            "fit one for this model with `concord calibrate`"
        )
    return calibration
