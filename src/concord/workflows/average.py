"""`concord average`: the mean of several finished models, as a model folder of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from concord.artifact import find_model, is_alignment_model
from concord.errors import ArtifactError, ConfigError
from concord.model.soup import average_alignment_models, average_task_models
from concord.workflows.finetuning.model_folder import save_task_model
from concord.workflows.model_card import FIGURES_END, FIGURES_START
from concord.workflows.train import save_result

_CARD: Final = """---
library_name: concord
---

# The mean of {number} models

Each weight is the mean of that of {names}, and so is each threshold: a model soup (Wortsman et al.,
ICML 2022). Their own cards say what they learned from.

## Figures

{figures}
"""
_ALIGNMENT_FIGURES: Final = (
    f"{FIGURES_START}\nNot measured yet: `concord evaluate MODEL --data-dir DIR --card` fills this "
    f"in.\n{FIGURES_END}"
)
_TASK_FIGURES: Final = "Not measured yet: `concord tasks evaluate CONFIG MODEL` does that."


@dataclass(frozen=True, slots=True)
class AverageReport:
    """What was written, and the mean of how many models."""

    folder: Path
    number: int


def average(models: Sequence[str], folder: Path) -> AverageReport:
    """Write the mean of alignment models, or of models of the same tasks.

    Args:
        models: Folders or hub ids of two models or more.
        folder: Absent or empty.

    Raises:
        ConfigError: If there are fewer than two models, or of both kinds.
        ArtifactError: If a model cannot be read or is not of the others' shape, or the folder
            holds something.
    """
    if len(models) < 2:
        raise ConfigError(f"an average needs 2 models or more, got {len(models)}")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ArtifactError(f"{folder} holds something already; name a new folder, or empty it")
    folders = [find_model(model) for model in models]
    kinds = [is_alignment_model(each) for each in folders]
    if len(set(kinds)) > 1:
        other = kinds.index(not kinds[0])
        raise ConfigError(
            f"{models[0]} and {models[other]} cannot be averaged: one is an alignment model, the "
            "other a model of tasks"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    if kinds[0]:
        card = _card(models, _ALIGNMENT_FIGURES)
        save_result(average_alignment_models(folders), card, folder)
    else:
        save_task_model(average_task_models(folders), _card(models, _TASK_FIGURES), folder)
    return AverageReport(folder, len(folders))


def _card(models: Sequence[str], figures: str) -> str:
    # A folder's last two parts say enough, and hide where it lay.
    names = [f"`{'/'.join(Path(model).parts[-2:])}`" for model in models]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return _CARD.format(number=len(models), names=listed, figures=figures)
