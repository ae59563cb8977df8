"""What a fine-tuning run took: kept in its folder, for those who compare runs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from concord.config import check_table
from concord.errors import ArtifactError, ConfigError
from concord.evaluation.results import write_text_atomically

SUMMARY_FILE: Final = "summary.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run took, from its start to the end of training.

    Attributes:
        steps: Optimiser steps.
        examples: Examples seen, repeats included.
        tokens: Tokens seen, padding left out.
        seconds: Time spent training and validating, that before a kill included.
        processor_seconds: Processor time of the process, all its threads, spent on training steps
            alone: what another program on the same machine hardly changes.
        learned_parameters: Parameters that learned.
        parameters: All parameters, the heads' included.
        peak_memory_mb: Most memory that the process has held by then, in megabytes.
        final_loss: The last step's loss.
        best_value: The best validation's figure; None where nothing was validated.
        estimated_memory_mb: What `peak_memory_mb` was estimated to be before the run; on a GPU, the
            estimate is of the device's memory. None of a run that made none.
    """

    steps: int
    examples: int
    tokens: int
    seconds: float
    processor_seconds: float
    learned_parameters: int
    parameters: int
    peak_memory_mb: float
    final_loss: float
    best_value: float | None
    estimated_memory_mb: float | None = None


def save_summary(summary: RunSummary, run: Path) -> None:
    """Write a run's summary in its folder."""
    text = json.dumps(asdict(summary), indent=2)
    write_text_atomically(run / SUMMARY_FILE, f"{text}\n")


def load_summary(run: Path) -> RunSummary | None:
    """Return the summary of a finished run, or None of one that is not.

    Raises:
        ArtifactError: If the file is damaged.
    """
    path = run / SUMMARY_FILE
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return check_table(table, RunSummary, source=str(path))
    except FileNotFoundError:
        return None
    except (ValueError, ConfigError) as error:
        raise ArtifactError(
            f"{path} cannot be read ({error}); delete it and run the training again, which ends "
            "at once where it is done"
        ) from error
