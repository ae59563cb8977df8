"""The model card of a model of tasks: what each task is, and what it learned from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from concord.config import to_mapping
from concord.data.task_mixture import Drawn
from concord.model import ParameterCounts
from concord.tasks import AnyTask
from concord.training import TrainingResult

_CARD = """---
language: en
library_name: concord
---

# {name}

One encoder with a head for each of its tasks. Each text is read once, whatever is asked of it.

```python
import concord

model = concord.TaskPredictor.from_pretrained("FOLDER")
model.predict("{first}", [...])
```

## Tasks

{table}

## Training

{steps:,} steps, {examples:,} examples, {tokens:,} tokens in {minutes:.0f} minutes. Learned:
{parameters}.
{best}
<details><summary>The config</summary>

```json
{config}
```

</details>
"""


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What one task of a run learns from.

    Attributes:
        name: The task's.
        task: With its labels.
        rows: Rows of its training data, those held out included.
        unlabelled: Rows without an answer, which are left out.
        examples: Examples that are learned.
        shortened: Examples that lost text to fit the window.
        drawn: What is drawn of them in each epoch.
    """

    name: str
    task: AnyTask
    rows: int
    unlabelled: int
    examples: int
    shortened: int
    drawn: tuple[Drawn, ...] = ()


def build_task_card(
    name: str,
    reports: Sequence[TaskReport],
    parameters: ParameterCounts,
    result: TrainingResult,
    config: object,
) -> str:
    """Return the card of a freshly trained model; folders are left out of its config."""
    plain = to_mapping(config)
    plain |= {"output": "RUN", "data_dir": "DATA", "cache_folder": None}
    if plain.get("distillation") is not None:
        plain["distillation"]["teachers"] = ["MODEL"] * len(plain["distillation"]["teachers"])
    state = result.state
    found = ""
    if state.best_value is not None:
        found = f"Best validation mean: {state.best_value:.4f}, after step {state.best_step:,}.\n"
    return _CARD.format(
        name=name,
        first=reports[0].name,
        table=_table(reports),
        parameters=parameters,
        steps=result.state.step,
        examples=result.state.pairs,
        tokens=result.state.tokens,
        minutes=result.state.seconds / 60,
        best=found,
        config=json.dumps(plain, indent=1, default=str),
    )


def _table(reports: Sequence[TaskReport]) -> str:
    lines = ["| task | kind | examples | drawn in the epochs | tokens |", "|---|---|--:|---|--:|"]
    for report in reports:
        drawn = ", ".join(f"{each.examples:,}" for each in report.drawn)
        tokens = sum(each.tokens for each in report.drawn)
        row = (report.name, report.task.kind, f"{report.examples:,}", drawn, f"{tokens:,}")
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)
