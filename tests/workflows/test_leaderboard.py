"""Runs of suites on small rows: what is kept, what is asked again, what is written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.data.recipe import LicenceClass, Split
from concord.data.recipes import get_recipe
from concord.errors import ConfigError
from concord.evaluation.board import Board, Finding, FindingExample, load_board
from concord.evaluation.leaderboard.predictions import predictions_path
from concord.evaluation.metrics import Estimate
from concord.evaluation.suites.suite import (
    FindingContext,
    FindingSource,
    Judging,
    Suite,
    TestSet,
)
from concord.evaluation.systems import MajoritySystem, UnsplitSystem
from concord.evaluation.systems.system import System
from concord.workflows.compare_results import Verdict, compare_results
from concord.workflows.leaderboard import run_leaderboard
from concord.workflows.leaderboard_options import LeaderboardOptions, SystemSource


class WordSystem:
    """Scores a claim by whether the context has its last word; notes what it was asked.

    Args:
        name: What tables call it.
        version: Part of the fingerprint.
        stop_after: How many calls go well before one is interrupted.
    """

    kind = "model"
    description = "Looks for the claim's last word."
    parameters = 1
    size_mb = 0.5
    seen = ("flute",)
    thresholds = MappingProxyType({"three_way": 0.4, "binary": 0.4})

    def __init__(self, name: str = "words", *, version: int = 0, stop_after: int = 99) -> None:
        self.name = name
        self.fingerprint = f"{version:016x}"
        self.asked: list[int] = []
        self._stop_after = stop_after
        self._version = version

    def predict(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> AlignmentScores:
        """Return the same of each head."""
        degrees = self._degrees(contexts, claims)
        rest = 1 - degrees
        return AlignmentScores(degrees, degrees, np.stack([degrees, rest, 0 * rest], axis=1))

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> FloatArray:
        """Return the degrees."""
        return self._degrees(contexts, claims)

    def _degrees(self, contexts: Sequence[str], claims: Sequence[str]) -> FloatArray:
        if len(self.asked) >= self._stop_after:
            raise KeyboardInterrupt
        self.asked.append(len(claims))
        found = [
            0.6 + 0.3 * (row % 3) / 3 if claim.split()[-1] in context.split() else 0.2
            for row, (context, claim) in enumerate(zip(contexts, claims, strict=True))
        ]
        degrees: FloatArray = np.array(found, dtype=np.float32) - np.float32(0.01 * self._version)
        return np.maximum(degrees, np.float32(0))


def _pairs(number: int, labels: Sequence[str]) -> str:
    rows = [
        {
            "text_a": f"there is w{row} and more",
            # every fourth claim has no word of its context
            "text_b": f"it is w{row}" if row % 4 else "it is not",
            "label": labels[row % len(labels)],
        }
        for row in range(number)
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name, file, labels in (
        ("summedits", "test.jsonl", ["0", "1", "1"]),
        ("cliff", "test.jsonl", ["0", "1"]),
        ("cliff", "dev.jsonl", ["0", "1", "1"]),
        ("snli", "dev.jsonl", ["entailment", "neutral", "contradiction"]),
        ("snli", "train.jsonl", ["entailment", "neutral"]),
        ("flute", "train.jsonl", ["entailment", "contradiction"]),
        ("iirc_answerability", "train.jsonl", ["answerable", "unanswerable"]),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / file).write_text(_pairs(24, labels), encoding="utf-8")
    return folder


def _suites() -> tuple[Suite, ...]:
    consistency = Suite(
        name="consistency",
        title="Consistency",
        purpose="?",
        sets=(
            TestSet(recipe="summedits"),
            TestSet(recipe="cliff"),
            TestSet(recipe="qags_xsum"),  # its files are not there
        ),
    )
    return (
        consistency,
        Suite(
            name="others",
            title="Others",
            purpose="?",
            sets=(
                TestSet(recipe="snli"),
                TestSet(recipe="iirc_answerability", judging=Judging.NO_ANSWER, splits=_SPLITS),
            ),
        ),
    )


_SPLITS = (Split.TEST, Split.VALIDATION, Split.TRAIN)


def _run(
    data_dir: Path,
    output: Path,
    *systems: System,
    suites: tuple[Suite, ...] | None = None,
    max_rows: int | None = None,
    quoted: tuple[LicenceClass, ...] = tuple(LicenceClass),
) -> Board:
    options = LeaderboardOptions(
        data_dir=data_dir,
        output=output,
        suites=_suites() if suites is None else suites,
        max_rows=max_rows,
        command="concord evaluate",
        quoted=quoted,
    )
    sources = [SystemSource(each.name, lambda each=each: each) for each in systems]  # type: ignore[misc]
    return run_leaderboard(sources, options)


def _without_times(board: Board) -> Board:
    return replace(
        board,
        systems=tuple(replace(each, cost=None) for each in board.systems),
        results=tuple(replace(each, seconds=0.0) for each in board.results),
    )


def test_every_set_whose_files_are_there_has_a_result(data_dir: Path, tmp_path: Path) -> None:
    board = _run(data_dir, tmp_path / "run", WordSystem())
    assert [(each.suite, each.set) for each in board.results] == [
        ("consistency", "summedits"),
        ("consistency", "cliff"),
        ("others", "snli"),
        ("others", "iirc_answerability"),
    ]
    splits = {card.name: card.split for suite in board.suites for card in suite.sets}
    assert splits["cliff"] == "test"
    assert splits["snli"] == "validation"
    assert splits["iirc_answerability"] == "train"
    by_set = {each.set: each for each in board.results}
    assert by_set["cliff"].threshold_source == "chosen on cliff validation"
    assert by_set["summedits"].threshold_source == "shipped"
    assert by_set["summedits"].threshold == 0.4
    assert by_set["snli"].threshold is None
    # entailed rows are 0, 3, 6, ...; those not divisible by 4 are called aligned (6 of 8), and
    # of the neutral ones 1, 4, 7, ... those divisible by 4 neutral (2 of 8): 8 of 24
    assert by_set["snli"].figure.value == pytest.approx(8 / 24)
    # answerable rows are even; called so from 0.4 on, but where divisible by 4: 6 of 12 right,
    # and no unanswerable (odd) one
    assert by_set["iirc_answerability"].figure.value == pytest.approx(6 / 24)


def test_a_run_writes_results_that_can_be_read_again(data_dir: Path, tmp_path: Path) -> None:
    board = _run(data_dir, tmp_path / "run", WordSystem(), MajoritySystem())
    assert load_board(tmp_path / "run") == board
    markdown = (tmp_path / "run" / "results.md").read_text(encoding="utf-8")
    assert get_recipe("cliff").title in markdown
    assert (tmp_path / "run" / "page.html").is_file()
    for result in board.results:
        assert (tmp_path / "run" / result.predictions).is_file()


def test_a_run_that_was_cut_off_ends_as_one_that_was_not(data_dir: Path, tmp_path: Path) -> None:
    whole = _run(data_dir, tmp_path / "whole", WordSystem(), WordSystem("other", version=1))
    stopped = WordSystem(stop_after=2)
    with pytest.raises(KeyboardInterrupt):
        _run(data_dir, tmp_path / "parts", stopped, WordSystem("other", version=1))
    assert len(stopped.asked) == 2
    again = WordSystem()
    parts = _run(data_dir, tmp_path / "parts", again, WordSystem("other", version=1))
    assert _without_times(parts) == _without_times(whole)
    # five files of rows in all, of which two were there
    assert len(again.asked) == 3


def test_a_second_run_asks_nothing_and_finds_the_same(data_dir: Path, tmp_path: Path) -> None:
    fresh = _run(data_dir, tmp_path / "run", WordSystem(), MajoritySystem())
    silent = WordSystem(stop_after=0)
    cached = _run(data_dir, tmp_path / "run", silent, MajoritySystem())
    assert replace(cached, created="") == replace(fresh, created="")


def test_the_change_of_one_model_asks_that_model_only(data_dir: Path, tmp_path: Path) -> None:
    _run(data_dir, tmp_path / "run", WordSystem(), WordSystem("other"))
    same, changed = WordSystem(), WordSystem("other", version=2)
    _run(data_dir, tmp_path / "run", same, changed)
    assert same.asked == []
    assert changed.asked == [24] * 5


def test_the_change_of_one_data_set_asks_that_set_only(data_dir: Path, tmp_path: Path) -> None:
    _run(data_dir, tmp_path / "run", WordSystem())
    (data_dir / "summedits" / "test.jsonl").write_text(_pairs(8, ["0", "1"]), encoding="utf-8")
    again = WordSystem()
    _run(data_dir, tmp_path / "run", again)
    assert again.asked == [8]


def test_the_main_system_is_held_against_every_other_in_pairs(
    data_dir: Path, tmp_path: Path
) -> None:
    board = _run(data_dir, tmp_path / "run", WordSystem(), MajoritySystem(), WordSystem("twin"))
    keys = {(each.other, each.suite, each.set) for each in board.comparisons}
    assert ("majority", "consistency", "") in keys
    assert ("twin", "others", "snli") in keys
    twins = [each for each in board.comparisons if each.other == "twin"]
    assert all(each.p_value == 1 and each.difference.value == 0 for each in twins)
    averages = {(each.system, each.suite): each for each in board.averages}
    figures = [each.figure.value for each in board.results if each.system == "words"]
    assert averages["words", "consistency"].figure.value == pytest.approx(np.mean(figures[:2]))
    assert averages["majority", "consistency"].figure.value == pytest.approx(0.5)


def test_two_systems_of_one_name_are_told_apart(data_dir: Path, tmp_path: Path) -> None:
    board = _run(data_dir, tmp_path / "run", WordSystem(), WordSystem(version=1))
    assert [each.name for each in board.systems] == ["words", "words (words)"]


def test_rows_that_a_system_learned_are_not_reported(data_dir: Path, tmp_path: Path) -> None:
    sets = (TestSet(recipe="flute", splits=(Split.TRAIN,)), TestSet(recipe="snli"))
    suite = Suite(name="s", title="S", purpose="?", sets=sets)
    board = _run(data_dir, tmp_path / "run", WordSystem(), MajoritySystem(), suites=(suite,))
    assert {(each.system, each.set) for each in board.results} == {
        ("words", "snli"),
        ("majority", "snli"),
        ("majority", "flute"),
    }


def test_a_system_that_is_asked_fewer_rows_is_compared_on_those(
    data_dir: Path, tmp_path: Path
) -> None:
    slow = WordSystem("slow", version=1)
    slow.max_rows = 6  # type: ignore[attr-defined]
    board = _run(data_dir, tmp_path / "run", WordSystem(), slow)
    counts = {each.system: each.examples for each in board.results if each.set == "snli"}
    assert counts == {"words": 24, "slow": 6}
    (difference,) = [each for each in board.comparisons if each.set == "snli"]
    assert difference.difference.value == 0  # a shift of 0.01 changes no class


def test_what_is_not_split_is_not_asked_twice(data_dir: Path, tmp_path: Path) -> None:
    whole = WordSystem()
    unsplit = WordSystem()
    _run(data_dir, tmp_path / "run", whole, UnsplitSystem(unsplit))
    # summedits, cliff and its validation rows are split; snli and iirc are taken over
    assert unsplit.asked == [24] * 3
    assert predictions_path(tmp_path / "run", "words (no splitting)", "snli").is_file()


def test_what_answering_took_is_added_up(data_dir: Path, tmp_path: Path) -> None:
    (card,) = _run(data_dir, tmp_path / "run", WordSystem()).systems
    assert card.cost is not None
    assert card.cost.pairs_per_second > 0
    assert card.cost.peak_memory_mb > 10


class NoteTaker:
    """Finds one failure of two and counts how often it was run."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(
        self, system: System, data_dir: Path, context: FindingContext
    ) -> Iterable[Finding]:
        assert data_dir.is_dir()
        self.runs += 1
        yield Finding(
            system=system.name,
            suite=context.suite,
            name="negation",
            group="logic",
            kind="MFT",
            description="A negated claim is not aligned.",
            cases=2,
            failures=1,
            rate=Estimate(0.5, 0.0, 1.0),
            examples=(
                FindingExample(context="It rains.", claim="It is dry.", expected="no", got="yes"),
            ),
        )


def test_findings_are_kept_until_the_model_or_the_data_change(
    data_dir: Path, tmp_path: Path
) -> None:
    notes = NoteTaker()
    sources = (
        FindingSource(name="notes", folders=("snli",), run=notes, licence_class="open"),
        FindingSource(name="absent", folders=("nowhere",), run=notes, licence_class="open"),
    )
    suites = (Suite(name="behaviour", title="B", purpose="?", findings=sources),)
    first = _run(data_dir, tmp_path / "run", WordSystem(), suites=suites)
    assert [each.failures for each in first.findings] == [1]
    assert _run(data_dir, tmp_path / "run", WordSystem(), suites=suites).findings == first.findings
    assert notes.runs == 1
    _run(data_dir, tmp_path / "run", WordSystem(version=1), suites=suites)
    assert notes.runs == 2
    (data_dir / "snli" / "dev.jsonl").write_text(_pairs(3, ["neutral"]), encoding="utf-8")
    _run(data_dir, tmp_path / "run", WordSystem(version=1), suites=suites)
    assert notes.runs == 3


def test_texts_of_other_licence_classes_are_left_out_where_one_is_named(
    data_dir: Path, tmp_path: Path
) -> None:
    sources = tuple(
        FindingSource(name=licence, folders=("snli",), run=NoteTaker(), licence_class=licence)
        for licence in ("open", "noncommercial")
    )
    tests = Suite(name="behaviour", title="B", purpose="?", findings=sources)
    open_only, run = (LicenceClass.OPEN,), tmp_path / "run"
    full = _run(data_dir, run, WordSystem(), suites=(*_suites(), tests))
    board = _run(data_dir, run, WordSystem(), suites=(*_suites(), tests), quoted=open_only)
    worst = {each.set: each.worst for each in board.results}
    in_full = {each.set: each.worst for each in full.results}
    assert worst["snli"] == in_full["snli"]  # open
    assert all(each.claim and each.context for each in worst["snli"])
    assert [each.row for each in worst["summedits"]] == [each.row for each in in_full["summedits"]]
    assert all(each.claim for each in in_full["summedits"])
    assert not any(each.claim or each.context for each in worst["summedits"])  # noncommercial
    assert [bool(each.examples) for each in full.findings] == [True, True]
    assert [bool(each.examples) for each in board.findings] == [True, False]
    page = (run / "page.html").read_text(encoding="utf-8")
    assert "Texts of the licence class noncommercial are not quoted here." in page


def test_a_folder_without_data_of_the_suites_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigError, match="no data of the suites consistency, others"):
        _run(tmp_path / "data", tmp_path / "run", WordSystem())


def test_two_runs_of_the_same_answers_have_nothing_to_say(data_dir: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        _run(data_dir, tmp_path / name, WordSystem())
    found = compare_results(tmp_path / "a", tmp_path / "b")
    assert {each.verdict for each in found.changes} == {Verdict.SAME}
    assert found.in_words() == ["On 4 of 4 sets all answers are the same."]


def test_runs_are_compared_row_by_row_and_corrected_for_their_number(
    data_dir: Path, tmp_path: Path
) -> None:
    rows = [
        {"text_a": "there is w and more", "text_b": "it is w", "label": "entailment"}
        for _ in range(60)
    ]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (data_dir / "snli" / "dev.jsonl").write_text(text, encoding="utf-8")
    _run(data_dir, tmp_path / "a", WordSystem("right"))
    _run(data_dir, tmp_path / "b", WordSystem("wrong", version=30))  # 0.3 less: never aligned
    found = compare_results(tmp_path / "a", tmp_path / "b")
    by_set = {each.set: each for each in found.changes}
    assert by_set["snli"].verdict is Verdict.WORSE
    assert by_set["snli"].difference.value < -0.3
    # none of 10,000 draws is on the other side: 2 * 1 / 10,001, times the four sets
    assert by_set["snli"].corrected == pytest.approx(8 / 10_001)
    assert by_set["summedits"].verdict is Verdict.NOISE  # the order of scores is the same
    assert by_set["summedits"].rows == 24
    assert found.in_words()[0].startswith("wrong is worse than right on ")


def test_runs_without_kept_answers_are_compared_by_their_intervals(
    data_dir: Path, tmp_path: Path
) -> None:
    for name, version in (("a", 0), ("b", 1)):
        _run(data_dir, tmp_path / name, WordSystem(version=version))
    predictions_path(tmp_path / "b", "words", "snli").unlink()
    found = {each.set: each for each in compare_results(tmp_path / "a", tmp_path / "b").changes}
    assert found["snli"].note == "the answers were not kept"
    assert found["snli"].p_value == pytest.approx(1.0)  # the figures are the same


def test_a_system_that_a_run_does_not_have_is_named(data_dir: Path, tmp_path: Path) -> None:
    _run(data_dir, tmp_path / "a", WordSystem())
    with pytest.raises(ConfigError, match="no system 'mini'; it has words"):
        compare_results(tmp_path / "a", tmp_path / "a", systems=("mini", None))
