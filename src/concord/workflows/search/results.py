"""What a search found, and how it is written down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from concord.config import to_mapping
from concord.evaluation.metrics import Estimate
from concord.evaluation.results import write_text_atomically
from concord.workflows.comparing.results import MethodRun
from concord.workflows.search.space import Setting

RESULT_FILE: Final = "tune.json"
PAGE_FILE: Final = "tune.md"

TrialState: TypeAlias = Literal["finished", "pruned", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord:
    """A trial that is over.

    Attributes:
        number: From 0, which is that of the base config.
        state: "finished"; "pruned", which is ended early; or "failed".
        settings: Its place in the space, by key; of trial 0 what of it lies in the space.
        overrides: What it changed, as on the command line.
        value: Its best validation's figure; None if it has none.
        validations: Each validation's number, from 1, and figure.
        problem: Why it failed.
    """

    number: int
    state: TrialState
    settings: Mapping[str, Setting]
    overrides: tuple[str, ...]
    value: float | None
    validations: tuple[tuple[int, float], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A search that is over.

    Attributes:
        title: The heading of what is written.
        method: How it searched.
        metric: The validation figure that was sought.
        is_maximized: Whether more of it is better.
        keys: Those of the space.
        trials: By number.
        default: Trial 0, measured on all validation rows.
        best: The best trial, measured alike.
        command: What trains with the best settings.
        confirmation: What trains both with other seeds; empty where the default is best.
        importance: The share of each key in what tells good trials from others; empty where too
            few are finished.
    """

    title: str
    method: str
    metric: str
    is_maximized: bool
    keys: tuple[str, ...]
    trials: tuple[TrialRecord, ...]
    default: MethodRun
    best: MethodRun
    command: str
    confirmation: str
    importance: Mapping[str, float]

    @property
    def best_trial(self) -> TrialRecord:
        """The best finished trial."""
        return best_trial(self.trials, is_maximized=self.is_maximized)

    @property
    def gain(self) -> float:
        """How much better the best trial's figure is than the default's."""
        best, default = self.best_trial.value, self.trials[0].value
        assert best is not None  # noqa: S101  # both are finished
        assert default is not None  # noqa: S101
        return abs(best - default)

    def ranked(self) -> list[TrialRecord]:
        """Return the trials, the best finished one first, then those that did not finish."""
        sign = -1.0 if self.is_maximized else 1.0
        return sorted(
            self.trials,
            key=lambda each: (
                each.state != "finished",
                each.value is None,
                sign * (each.value or 0.0),
                each.number,
            ),
        )


def best_trial(trials: tuple[TrialRecord, ...], *, is_maximized: bool) -> TrialRecord:
    """Return the best finished trial; of equals the first."""
    finished = [each for each in trials if each.state == "finished"]
    sign = 1.0 if is_maximized else -1.0
    return max(finished, key=lambda each: (sign * (each.value or 0.0), -each.number))


def save_result(result: SearchResult, folder: Path) -> None:
    """Write `tune.json` and `tune.md`."""
    table = {**to_mapping(result), "best_trial": result.best_trial.number}
    text = json.dumps(table, indent=2, ensure_ascii=False)
    write_text_atomically(folder / RESULT_FILE, f"{text}\n")
    write_text_atomically(folder / PAGE_FILE, result_markdown(result))


def result_markdown(result: SearchResult) -> str:
    """Return a page: the verdict, both sides' figures, the command, and a table of the trials."""
    lines = [f"# {result.title}", "", describe_verdict(result), "", *_sides(result), ""]
    lines += [
        "Figures times 100 on all validation rows, with their 95 % interval (bootstrap over rows; "
        "the mean's half-widths add up as independent errors do). The best of many trials was "
        "chosen on these rows and this seed, so that its figure flatters it.",
        "",
        "Trained by:",
        "",
        "```bash",
        result.command,
        "```",
    ]
    if result.confirmation:
        lines += [
            "",
            "Whether the gain outlasts the seed on which it was found:",
            "",
            "```bash",
            result.confirmation,
            "```",
        ]
    if result.importance:
        lines += ["", "## What mattered", ""]
        rows = [[f"`{key}`", f"{share:.2f}"] for key, share in result.importance.items()]
        lines += _table(["key", "importance"], rows)
    lines += ["", "## Trials", "", *_trials(result)]
    failed = [each for each in result.trials if each.problem]
    if failed:
        lines += ["", "Failed:", "", *(f"- {each.number}: {each.problem}" for each in failed)]
    return "\n".join(lines) + "\n"


def describe_verdict(result: SearchResult) -> str:
    """Return in words whether the search improved on the default, and on how many trials."""
    states = [each.state for each in result.trials[1:]]
    counts = ", ".join(
        f"{states.count(state)} {state}" for state in ("finished", "pruned", "failed")
    )
    best = result.best_trial
    start = f"{result.method}: {len(states)} trials beside the default ({counts})."
    if best.number == 0:
        return f"{start} None is better than the default."
    default = result.trials[0]
    said = f"Trial {best.number} is best: {result.metric} {best.value:.4f} in its validations"
    return f"{start} {said}, {result.gain:.4f} better than the default's {default.value:.4f}."


def _sides(result: SearchResult) -> list[str]:
    default, best = result.default, result.best
    head = ["", "mean", *(f"{name}, {each.metric}" for name, each in default.figures.items())]
    rows = [
        [label, _interval(run.mean), *(_interval(each.figure) for each in run.figures.values())]
        for label, run in (("default", default), (f"trial {result.best_trial.number}", best))
    ]
    return _table(head, rows)


def _trials(result: SearchResult) -> list[str]:
    rows = [
        [
            f"{each.number}, the default" if each.number == 0 else str(each.number),
            each.state,
            "" if each.value is None else f"{each.value:.4f}",
            str(len(each.validations)),
            *(short_setting(each.settings.get(key)) for key in result.keys),
        ]
        for each in result.ranked()
    ]
    return _table(
        ["trial", "state", result.metric, "validations", *(f"`{key}`" for key in result.keys)], rows
    )


def short_setting(setting: Setting | None) -> str:
    """Return a setting for people to read; that of the default outside the space is empty."""
    if setting is None:
        return ""
    return f"{setting:.3g}" if isinstance(setting, float) else str(setting).replace("|", "\\|")


def _interval(figure: Estimate) -> str:
    return f"{figure.value * 100:.1f} ({figure.low * 100:.1f} to {figure.high * 100:.1f})"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    marks = ["---", *("--:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)]
