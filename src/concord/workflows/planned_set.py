"""A set whose files are there, as a run holds it in memory: without its texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from concord.evaluation.board import SetCard
from concord.evaluation.leaderboard.asking import Opened
from concord.evaluation.leaderboard.outcomes import SetOutcome
from concord.evaluation.leaderboard.predictions import Header
from concord.evaluation.suites.suite import Progress
from concord.workflows.leaderboard_options import LeaderboardOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a system's answers to a set are kept.

    Attributes:
        path: The file.
        headers: Of this file, and of that of the rows a threshold is chosen on.
        validation: The file of those rows, where there are any.
        shipped: The system's own threshold for the set's head.
    """

    path: Path
    headers: tuple[Header, ...]
    validation: Path | None = None
    shipped: float = 0.5


class Planned(Protocol):
    """A set that can be answered, and judged later."""

    @property
    def suite(self) -> str:
        """The suite's name."""
        ...

    @property
    def card(self) -> SetCard:
        """What results say of the set."""
        ...

    def answer(
        self, opened: Opened, options: LeaderboardOptions, progress: Progress | None
    ) -> Kept | None:
        """Let a system answer what it has not yet; None where it cannot, or must not."""
        ...

    def judge(self, kept: Mapping[str, Kept], main: str, options: LeaderboardOptions) -> SetOutcome:
        """Return what systems achieved, by the answers that were kept."""
        ...
