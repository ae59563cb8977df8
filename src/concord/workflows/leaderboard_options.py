"""What a run of suites over systems is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from concord.data.recipe import LicenceClass
from concord.errors import ConfigError
from concord.evaluation.board import PublishedFigure
from concord.evaluation.suites.suite import Progress, Suite
from concord.evaluation.systems.system import System

Watch: TypeAlias = Callable[[str], Progress | None]
"""Given what is going on, returns the callback for its pairs."""


@dataclass(frozen=True, slots=True)
class SystemSource:
    """A system that is opened when its turn comes.

    Attributes:
        written: What the user called it.
        open: Opens it.
    """

    written: str
    open: Callable[[], System]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardOptions:
    """What is run, and where it is kept.

    Attributes:
        data_dir: The folder that holds the data sets' folders.
        output: The run's folder.
        suites: What to run.
        max_rows: About how many pairs of each set are asked, evenly from all; all unless given.
        seed: Decides the bootstrap and samples.
        licences: Only data sets of these licence classes.
        threads: Processor threads that systems are given; all unless given.
        command: The command line, for the record.
        trained_with: Configs of the training runs that made the main system; its sets are held
            against their data.
        published: Figures of others to show beside.
        quoted: The licence classes of data whose texts may stand in what is written.
    """

    data_dir: Path
    output: Path
    suites: tuple[Suite, ...]
    max_rows: int | None = None
    seed: int = 0
    licences: tuple[LicenceClass, ...] = tuple(LicenceClass)
    threads: int | None = None
    command: str = ""
    trained_with: tuple[Path, ...] = ()
    published: tuple[PublishedFigure, ...] = ()
    quoted: tuple[LicenceClass, ...] = tuple(LicenceClass)

    def __post_init__(self) -> None:
        if not self.data_dir.is_dir():
            raise ConfigError(f"there is no data folder {self.data_dir}")
        if self.max_rows is not None and self.max_rows < 1:
            raise ConfigError(f"max_rows must be at least 1, got {self.max_rows}")
        for path in self.trained_with:
            if not path.is_file():
                raise ConfigError(f"there is no training config {path}")
        if not self.suites:
            raise ConfigError("there is no suite to run; name one, or all")
        if self.output.exists() and not self.output.is_dir():
            raise ConfigError(f"{self.output} is a file; name a folder for the run")
