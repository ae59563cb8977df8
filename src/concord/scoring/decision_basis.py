"""What a call goes by: the model's calibration where it has one that fits, else its own numbers."""

from dataclasses import dataclass

from concord.alignment import Head
from concord.artifact import AlignmentSettings
from concord.errors import ConfigError
from concord.scoring.calibration import Calibration, IsotonicMap, LogisticMap
from concord.scoring.inputs import check_threshold
from concord.scoring.score_rules import VERDICT_RULE, ScoreRule


@dataclass(frozen=True, slots=True)
class DecisionBasis:
    """A model's thresholds and, where it has one, its calibration.

    Attributes:
        settings: The model's own thresholds.
        calibration: What holds instead where it was fitted on such scores.
        model: How an error names the model.
    """

    settings: AlignmentSettings
    calibration: Calibration | None
    model: str

    def calibration_asked(self, *, calibrated: bool, domain: str | None) -> Calibration | None:
        """Return the calibration if calibrated scores are asked for, else None.

        Raises:
            ConfigError: If there is none, or if a domain is named without asking for them.
        """
        if not calibrated:
            if domain is not None:
                raise ConfigError("a domain only matters to calibrated scores; ask for them too")
            return None
        if self.calibration is None:
            raise ConfigError(
                f"{self.model} has no calibration; fit one with `concord calibrate`, and name it "
                "as `calibration` where it does not lie in the model's folder"
            )
        return self.calibration

    @property
    def verdict_rule(self) -> ScoreRule:
        """How claims are scored for verdicts: as the calibration has it, if it is for verdicts."""
        if self.calibration is not None and self.calibration.is_for_verdicts:
            return self.calibration.rule
        return VERDICT_RULE

    def threshold(
        self,
        given: float | None,
        rule: ScoreRule = VERDICT_RULE,
        domain: str | None = None,
    ) -> float:
        """Return the score from which a claim is supported.

        It is the given one; else the calibration's, if that was fitted on scores made by the
        rule; else the model's own.

        Raises:
            ConfigError: If the given one lies outside [0, 1], or the domain is not known.
        """
        if given is not None:
            check_threshold(given)
            return given
        if self.calibration is not None and self.calibration.rule == rule:
            return self.calibration.fitted_on(domain).threshold
        return self.settings.thresholds[Head.THREE_WAY]


def probability_map(
    asked: Calibration | None, rule: ScoreRule, domain: str | None
) -> LogisticMap | IsotonicMap | None:
    """Return what maps scores made by a rule to probabilities; None without a calibration.

    Raises:
        ConfigError: If it was fitted on scores made by another rule, or not on that domain.
    """
    return None if asked is None else asked.map_for(rule, domain)
