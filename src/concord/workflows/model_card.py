"""The model card: what a model was trained on and how, what it may be used for, what it scores.

The layout is that of the Hugging Face hub (Mitchell et al., "Model Cards for Model Reporting",
FAT* 2019): YAML for machines, then prose. The figures stand between two marks, so that
`concord evaluate --card` can renew them.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

from concord.data.examples import DatasetReport
from concord.data.recipe import Recipe
from concord.errors import ConfigError

FIGURES_START = "<!-- figures -->"
FIGURES_END = "<!-- end of figures -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOptions:
    """What a card says that no run can know.

    Attributes:
        name: What people call the model.
        licence: SPDX name of the licence that the weights are given under.
        base_model: The hub id of the encoder it starts from, and its licence in words.
        base_data: What is known of that encoder's own training data.
        history: What was trained before this run, where it goes on from another model.
        limits: What the model is known to be bad at, beside what holds for all of its kind.
    """

    name: str = "alignment model"
    licence: str = "other"
    base_model: str = ""
    base_data: str = "See the base encoder's own card."
    history: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one data set contributes to a run.

    Attributes:
        recipe: The data set.
        report: What was read.
        pairs_per_epoch: Pairs drawn in each epoch.
        shortened: Examples whose context lost its end to fit the training window.
        copies: Altered copies that were learned beside the examples read.
    """

    recipe: Recipe
    report: DatasetReport
    pairs_per_epoch: tuple[int, ...]
    shortened: int
    copies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a finished run was; times in seconds."""

    command: str
    config: str
    epochs: int
    steps: int
    pairs: int
    tokens: int
    seconds: float
    max_tokens: int
    thresholds: dict[str, float]
    temperatures: dict[str, float]
    threads: int | None = None


def build_card(options: CardOptions, sources: Sequence[SourceReport], run: RunSummary) -> str:
    """Return the card of a freshly trained model, without figures yet."""
    parts = (
        _front_matter(options, sources),
        _USE.format(name=options.name),
        _data_section(options, sources, run),
        _training_section(options, run),
        f"## Figures\n\n{FIGURES_START}\nNot measured yet: `concord evaluate MODEL --data-dir DIR "
        f"--card` fills this in.\n{FIGURES_END}\n",
        _limits_section(options, run),
    )
    return "\n".join(parts)


def insert_figures(card: str, figures: str) -> str:
    """Return the card with other figures between the two marks.

    Raises:
        ConfigError: If the card lacks the marks.
    """
    before, start, rest = card.partition(FIGURES_START)
    _, end, after = rest.partition(FIGURES_END)
    if not (start and end):
        raise ConfigError(
            f"the model card has no place for figures; put the lines {FIGURES_START} and "
            f"{FIGURES_END} where they belong"
        )
    return f"{before}{start}\n{figures.strip()}\n{end}{after}"


def _front_matter(options: CardOptions, sources: Sequence[SourceReport]) -> str:
    lines = ["---", "language: en", f"license: {options.licence}", "library_name: concord"]
    lines.append("pipeline_tag: text-classification")
    if options.base_model:
        lines.append(f"base_model: {options.base_model.split()[0]}")
    lines.append("datasets:")
    lines += [f"- {source.recipe.name}" for source in sources]
    lines.append("tags: [text-alignment, nli, fact-verification, factual-consistency]")
    return "\n".join([*lines, "---", ""])


_USE = """# {name}

Scores whether a **claim** is supported by a **context**. One encoder reads both; three heads
answer: aligned or not (`binary`); aligned, neutral or contradicted (`three_way`); and how close
the two are, from 0 to 1 (`regression`). See Zha et al., "Text Alignment Is An Efficient Unified
Model for Massive NLP Tasks", NeurIPS 2023.

```python
from concord import Aligner

aligner = Aligner.from_pretrained("FOLDER")  # without an argument: the model that concord brings
aligner.verify(["The bridge opened in 1931."], ["The bridge opened in 1913."])
```

`model.safetensors` holds the weights in 16 bits under the names of the encoder's own class, so
`transformers.AutoModel` reads the encoder from this folder. `openvino_model.xml` is the graph that
scoring without torch runs; it reads its weights from the same file.
"""


def _data_section(options: CardOptions, sources: Sequence[SourceReport], run: RunSummary) -> str:
    lines = [
        "## Training data",
        "",
        "| data set | head | rows read | examples | pairs drawn | licence |",
        "|---|---|--:|--:|--:|---|",
    ]
    for source in sources:
        recipe, report = source.recipe, source.report
        drawn = sum(source.pairs_per_epoch)
        lines.append(
            f"| [{recipe.title}]({recipe.source}) | {recipe.head.value} | {report.rows:,} "
            f"| {report.examples:,} | {drawn:,} | {recipe.licence} |"
        )
    shortened = sum(source.shortened for source in sources)
    unlabelled = sum(source.report.unlabelled for source in sources)
    copies = sum(source.copies for source in sources)
    if copies:
        lines += ["", f"{copies:,} altered copies of examples were learned beside them."]
    lines += [
        "",
        f"{unlabelled:,} unlabelled rows were left out. {shortened:,} examples were longer than "
        f"{run.max_tokens} tokens and lost the end of their context.",
        "",
        f"**The base encoder** is {options.base_model or 'named in config.json'}. "
        f"{options.base_data}",
        "",
        "Citations:",
        "",
        *(f"- {source.recipe.citation}" for source in sources),
        "",
    ]
    return "\n".join(lines)


def _training_section(options: CardOptions, run: RunSummary) -> str:
    history = f"{options.history}\n\n" if options.history else ""
    return (
        f"## Training\n\n{history}"
        f"`{run.command}`: {run.steps:,} steps, {run.pairs:,} pairs and {run.tokens:,} tokens in "
        f"{run.seconds / 60:.0f} minutes on {_machine(run.threads)}, validation included. The "
        "complete configuration:\n\n"
        f"```json\n{run.config.strip()}\n```\n"
    )


def _machine(threads: int | None) -> str:
    cores = f"{os.cpu_count()} processor cores ({platform.machine()})"
    return cores if threads is None else f"{threads} of {cores}"


def _limits_section(options: CardOptions, run: RunSummary) -> str:
    thresholds = ", ".join(f"{head} {value:.2f}" for head, value in run.thresholds.items())
    softened = ", ".join(f"{head} {value:.2f}" for head, value in run.temperatures.items())
    lines = [
        "## Limits and responsible use",
        "",
        "- Scores are a model's opinion, not facts: a claim can be supported by a wrong context, "
        "and a small encoder misses paraphrase, arithmetic and chains of reasoning. Do not let it "
        "decide alone about people, their health, rights or money.",
        "- It was trained on English news, Wikipedia and image captions. Other languages, "
        "dialects and domains were not measured; crowd-written data carries its writers' "
        "stereotypes, and the model may repeat them.",
        f"- A claim counts as supported from these scores on: {thresholds}. They have the best "
        "balanced accuracy on validation examples; choose your own on a sample of your data.",
        "- How sure the scores are was fitted on validation examples too: the heads' logits were "
        f"divided by {softened or '1'}. On other texts they may be too sure or too unsure.",
    ]
    if options.limits:
        lines.append(f"- {options.limits}")
    return "\n".join([*lines, ""])
