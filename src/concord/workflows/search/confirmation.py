"""The best settings against the default once more, on seeds that chose nothing."""

import shlex
from pathlib import Path
from typing import Final

from concord.evaluation.results import write_text_atomically
from concord.workflows.search.plan import SearchPlan
from concord.workflows.search.results import TrialRecord
from concord.workflows.search.space import to_toml

CONFIRMATION_FILE: Final = "confirm.toml"
_NUM_SEEDS: Final = 5


def save_confirmation(plan: SearchPlan, best: TrialRecord) -> str:
    """Write a config of `concord compare` into the search's folder.

    Args:
        plan: What was searched.
        best: Its best trial.

    Returns:
        The command that runs it; empty, and no file, where the default is best.
    """
    path = plan.config.output / CONFIRMATION_FILE
    if best.number == 0:
        path.unlink(missing_ok=True)
        return ""
    write_text_atomically(path, confirmation_toml(plan, best))
    return shlex.join(["concord", "compare", str(path)])


def confirmation_toml(plan: SearchPlan, best: TrialRecord) -> str:
    """Return a config of `concord compare`: the default and the best settings, on five seeds.

    The search's own seed is not among them: the best trial was chosen for what it did there.
    """
    config = plan.config
    table = {
        "base": _absolute(config.base),
        "output": _absolute(config.output / "confirmed"),
        "title": f"{config.title}: the best settings on other seeds",
        "seeds": [plan.seed + 1 + place for place in range(_NUM_SEEDS)],
        "overrides": plan.common,
    }
    if config.data_dir is not None:
        table["data_dir"] = _absolute(config.data_dir)
    lines = [f"{key} = {to_toml(value)}" for key, value in table.items()]
    lines += ["", "[methods.default]", 'title = "the default"']
    lines += ["", "[methods.best]", f'title = "trial {best.number}"']
    lines += ["overrides = [", *(f"    {to_toml(each)}," for each in best.overrides), "]"]
    return "\n".join(lines) + "\n"


def _absolute(path: Path) -> str:
    return str(path.absolute())
