"""What learning one task after the other does to those that were learned before.

Of the matrix R, with R[i][j] the figure of task j after stage i (Lopez-Paz and Ranzato, NeurIPS
2017), which higher is better in:

- average accuracy: the mean of the last row over tasks (the same paper's ACC);
- backward transfer of task j: its figure at the end less the one right after it was learned, the
  mean being over the tasks that were followed by a stage (the same paper's BWT); below 0 it lost;
- forgetting of task j: its best figure before the last stage less that at the end, the mean
  being over the same tasks (Chaudhry et al., ECCV 2018); it is never below minus backward transfer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from concord.errors import InputError


@dataclass(frozen=True, slots=True)
class AccuracyMatrix:
    """Figures of tasks after each stage of a run.

    Attributes:
        rows: For each stage the figures by task; a task that the model had not is absent.
        learned: By task, the stage that it was learned in, counted from 0; the last such one
            where there are several.
    """

    rows: Sequence[Mapping[str, float]]
    learned: Mapping[str, int]

    def __post_init__(self) -> None:
        for task, stage in self.learned.items():
            if stage >= len(self.rows) or task not in self.rows[stage]:
                raise InputError(
                    f"task {task!r} has no figure after stage {stage}, which learned it"
                )

    @property
    def followed(self) -> tuple[str, ...]:
        """The tasks that have a figure after a later stage than their own."""
        return tuple(task for task, stage in self.learned.items() if self._last(task) > stage)

    def final(self, task: str) -> float:
        """Return a task's figure after the last stage whose model had it."""
        return self.rows[self._last(task)][task]

    def average_accuracy(self) -> float:
        """Return the mean of the tasks' figures at the end."""
        return sum(self.final(task) for task in self.learned) / len(self.learned)

    def backward_transfer(self, task: str) -> float:
        """Return what later stages added to a task, below 0 where they took away."""
        return self.final(task) - self.rows[self.learned[task]][task]

    def forgetting(self, task: str) -> float:
        """Return what a task lost against its best figure before the last stage.

        Raises:
            InputError: If no stage followed the task's.
        """
        earlier = [row[task] for row in self.rows[: self._last(task)] if task in row]
        if not earlier:
            raise InputError(f"no stage followed that of task {task!r}, so nothing was forgotten")
        return max(earlier) - self.final(task)

    def mean_backward_transfer(self) -> float | None:
        """Return the mean over the tasks that were followed; None where none was."""
        return _mean([self.backward_transfer(task) for task in self.followed])

    def mean_forgetting(self) -> float | None:
        """Return the mean over the tasks that were followed; None where none was."""
        return _mean([self.forgetting(task) for task in self.followed])

    def _last(self, task: str) -> int:
        return max(place for place, row in enumerate(self.rows) if task in row)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
