"""A set of pairs in a run: what is asked of each system, kept, and judged."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.errors import DataError
from concord.evaluation.board import SetCard
from concord.evaluation.leaderboard.asking import Opened, ask, expected_header, shipped_threshold
from concord.evaluation.leaderboard.outcomes import SetOutcome, SystemAnswers, judge_systems
from concord.evaluation.leaderboard.predictions import (
    Header,
    Predictions,
    cached_or_asked,
    cached_predictions,
    load_predictions,
    predictions_path,
)
from concord.evaluation.leaderboard.set_judging import choose_cut, needs_threshold
from concord.evaluation.leaderboard.set_reading import (
    AskedSet,
    read_set,
    split_for_threshold,
    split_to_report,
)
from concord.evaluation.suites.suite import Progress, TestSet
from concord.workflows.leaderboard_options import LeaderboardOptions
from concord.workflows.planned_set import Kept

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlannedPairs:
    """A set of pairs whose files are there.

    Attributes:
        suite: The suite's name.
        asked: The rows that are reported, without their texts.
        validation: Those that a threshold is chosen on, where there are any.
    """

    suite: str
    asked: AskedSet
    validation: AskedSet | None

    @property
    def card(self) -> SetCard:
        """What results say of the set."""
        return self.asked.card()

    def answer(
        self, opened: Opened, options: LeaderboardOptions, progress: Progress | None
    ) -> Kept | None:
        """Let a system answer what it has not yet; None where it learned these very rows."""
        if not getattr(opened.system, "answers_pairs", True):
            return None
        if self.asked.split is Split.TRAIN and self.asked.recipe.name in opened.system.seen:
            logger.warning("%s learned %s; left out", opened.name, self.asked.declared.title)
            return None
        name = self.asked.declared.title
        path, header = _answered(self.asked, name, opened, options, progress)
        headers, validation = [header], None
        if self.validation is not None:
            beside = f"{name}.validation"
            validation, found = _answered(self.validation, beside, opened, options, None)
            headers.append(found)
        return Kept(
            path=path,
            headers=tuple(headers),
            validation=validation,
            shipped=shipped_threshold(opened.system, self.asked.head),
        )

    def judge(self, kept: Mapping[str, Kept], main: str, options: LeaderboardOptions) -> SetOutcome:
        """Return what systems achieved, by the answers that were kept."""
        asked = _read_again(self.asked, options)
        answered = {system: self._answers_of(each, options.output) for system, each in kept.items()}
        return judge_systems(asked, self.suite, answered, main=main, seed=options.seed)

    def read_again(self, options: LeaderboardOptions) -> AskedSet:
        """Return the rows that are reported, with their texts."""
        return _read_again(self.asked, options)

    def _answers_of(self, kept: Kept, output: Path) -> SystemAnswers:
        cut = None
        if needs_threshold(self.asked):
            validation = None if kept.validation is None else load_predictions(kept.validation)
            cut = choose_cut(self.asked, validation, kept.shipped)
        path = kept.path.relative_to(output).as_posix()
        return SystemAnswers(load_predictions(kept.path), cut, path)


def plan_pairs(suite: str, declared: TestSet, options: LeaderboardOptions) -> PlannedPairs | None:
    """Return a set of a suite if its files are there and its licence is wanted."""
    split = split_to_report(declared, options.data_dir)
    if split is None or get_recipe(declared.recipe).licence_class not in options.licences:
        return None
    try:
        asked = read_set(declared, options.data_dir, split, max_rows=options.max_rows)
    except DataError as error:
        logger.warning("%s is left out: %s", declared.title, error)
        return None
    validation = None
    other = split_for_threshold(declared, options.data_dir)
    if other is not None and needs_threshold(asked):
        validation = read_set(declared, options.data_dir, other, max_rows=options.max_rows)
    return PlannedPairs(
        suite=suite,
        asked=asked.without_texts(),
        validation=None if validation is None else validation.without_texts(),
    )


def _answered(
    planned: AskedSet,
    name: str,
    opened: Opened,
    options: LeaderboardOptions,
    progress: Progress | None,
) -> tuple[Path, Header]:
    """Return where a system's answers are, after asking it if they are not there yet."""
    path = predictions_path(options.output, opened.name, name)
    most = getattr(opened.system, "max_rows", None)
    asked = planned
    if most is not None and most < planned.num_examples:
        asked = _read_again(planned, options).at_most(most)
    header = expected_header(opened, asked, options.data_dir, seed=options.seed)

    def answers() -> Predictions:
        copied = _copied_from_whole(asked, name, opened, header, options)
        if copied is not None:
            return copied
        texts = asked if asked.examples else _read_again(planned, options)
        return ask(opened, texts, header, options.data_dir, progress=progress)

    found = cached_or_asked(path, header, answers)
    if progress is not None:
        progress(asked.num_examples, asked.num_examples)
    return path, found.header


def _copied_from_whole(
    asked: AskedSet, name: str, opened: Opened, header: Header, options: LeaderboardOptions
) -> Predictions | None:
    """Return the answers of the system that splits, where nothing is split."""
    whole = getattr(opened.system, "whole", None)
    if whole is None or asked.recipe.is_judged_split:
        return None
    source = predictions_path(options.output, whole.name, name)
    same = cached_predictions(source, replace(header, model=whole.fingerprint))
    if same is None:
        return None
    return replace(same, header=replace(same.header, system=header.system, model=header.model))


def _read_again(planned: AskedSet, options: LeaderboardOptions) -> AskedSet:
    """Return a planned set with its texts.

    Raises:
        DataError: If its files changed meanwhile.
    """
    asked = read_set(planned.declared, options.data_dir, planned.split, max_rows=options.max_rows)
    if asked.rows_hash != planned.rows_hash:
        raise DataError(
            f"the files of {planned.recipe.name} changed during the run; start it again"
        )
    return asked
