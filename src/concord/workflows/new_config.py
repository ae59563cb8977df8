"""`concord new`: looks at files and writes a commented config for `concord finetune`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from concord.data.columns import Column, ColumnKind, describe_columns
from concord.data.readers import read_rows
from concord.errors import ConfigError

_ROWS_LOOKED_AT: Final = 1000
_LABELS_SHOWN: Final = 8
_SPLIT_WORDS: Final[Mapping[str, str]] = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_ENDINGS: Final = re.compile(
    r"(\.(jsonl?|ndjson|csv|tsv|parquet|conll|iob2?|txt|gz|bz2|xz))+$", re.IGNORECASE
)

Columns: TypeAlias = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Guess:
    """The kind of task that some columns look like.

    Attributes:
        kind: What configurations call it.
        fields: From the family's fields to what they should be.
        reason: Why, in words.
    """

    kind: str
    fields: Mapping[str, object]
    reason: str


@dataclass(frozen=True, slots=True)
class FoundTask:
    """One task, and the files of its splits."""

    name: str
    files: Mapping[str, Path]
    columns: Sequence[Column]
    guess: Guess


def find_tasks(files: Sequence[Path]) -> list[FoundTask]:
    """Return the tasks that some files look like; files named alike but for their split are one.

    Raises:
        ConfigError: If a file looks like no task; it says what was found.
        DataError: If a file cannot be read.
    """
    if not files:
        raise ConfigError("name at least one file of rows")
    groups: dict[str, dict[str, Path]] = {}
    for path in files:
        name, split = _split_of(path)
        splits = groups.setdefault(name, {})
        if split in splits:
            raise ConfigError(
                f"{splits[split]} and {path} both look like the {split} data of {name!r}; "
                "rename one, or write it into the config by hand"
            )
        splits[split] = path
    return [_look_at(name, splits) for name, splits in groups.items()]


def render_config(tasks: Sequence[FoundTask], *, folder: Path, encoder: str) -> str:
    """Return the text of a commented config.

    Args:
        tasks: What `find_tasks` found.
        folder: Where the config will stand; files are named from there.
        encoder: What to start from.
    """
    parts = [_HEADING.format(encoder=encoder)]
    parts += [_render_task(task, folder) for task in tasks]
    return "\n".join([*parts, _FOOT.format(first=tasks[0].name)])


def _look_at(name: str, splits: Mapping[str, Path]) -> FoundTask:
    path = splits.get("train") or next(iter(splits.values()))
    columns = describe_columns(islice(read_rows(path), _ROWS_LOOKED_AT))
    by_name = {column.name: column for column in columns}
    for rule in _RULES:
        guess = rule(by_name)
        if guess is not None:
            return FoundTask(name, splits, columns, guess)
    found = ", ".join(f"{column.name} ({column.kind})" for column in columns) or "no row"
    raise ConfigError(
        f"{path} looks like no task: it has {found}; a task needs a column of texts and one of "
        "labels, numbers, tags or answers; see `concord tasks kinds`"
    )


def _split_of(path: Path) -> tuple[str, str]:
    """Return the name of a file's task and its split, by the words of its name."""
    stem = _ENDINGS.sub("", path.name)
    words = re.split(r"[-_. ]+", stem)
    splits = [_SPLIT_WORDS[word.lower()] for word in words if word.lower() in _SPLIT_WORDS]
    rest = "_".join(word for word in words if word.lower() not in _SPLIT_WORDS)
    name = re.sub(r"[^A-Za-z0-9_-]", "", rest or path.absolute().parent.name) or "task"
    return (name if name[0].isalpha() else f"task_{name}"), (splits[0] if splits else "train")


def _entities(columns: Columns) -> Guess | None:
    lists = [name for name, column in columns.items() if column.kind is ColumnKind.TEXTS]
    tags = next((name for name in lists if "tag" in name.lower() or name == "labels"), None)
    tokens = next((name for name in lists if name != tags and "choice" not in name.lower()), None)
    if tags is None or tokens is None:
        return None
    return Guess("entities", {"tokens": tokens, "tags": tags}, "words and their tags")


def _question_answering(columns: Columns) -> Guess | None:
    answers = _first(columns, ColumnKind.ANSWERS)
    if answers is None or not {"context", "question"} <= set(columns):
        return None
    fields = {"context": "context", "question": "question", "answers": answers}
    return Guess("question_answering", fields, "answers with their places in a context")


def _multiple_choice(columns: Columns) -> Guess | None:
    choices = _first(columns, ColumnKind.TEXTS)
    label = _first(columns, ColumnKind.LABEL)
    if choices is None or label is None or "question" not in columns:
        return None
    fields: dict[str, object] = {"question": "question", "choices": choices, "label": label}
    if "context" in columns:
        fields = {"context": "context", **fields}
    return Guess("multiple_choice", fields, "a question with several choices, one of them right")


def _preference(columns: Columns) -> Guess | None:
    for better, worse in (("better", "worse"), ("chosen", "rejected")):
        if {better, worse} <= set(columns):
            fields = {"better": better, "worse": worse}
            return Guess("preference", fields, "a better and a worse text in each row")
    return None


def _embedding(columns: Columns) -> Guess | None:
    if not {"anchor", "positive"} <= set(columns):
        return None
    names = [name for name in ("anchor", "positive", "negative") if name in columns]
    return Guess("embedding", {name: name for name in names}, "texts that belong together")


def _labelled_texts(columns: Columns) -> Guess | None:
    texts = [name for name, column in columns.items() if column.kind is ColumnKind.TEXT]
    label = _target(columns, ColumnKind.LABEL) or _target(columns, ColumnKind.NUMBER)
    if not texts or label is None:
        return None
    fields: dict[str, object] = {"text": texts[0]}
    is_pair = len(texts) > 1 and _lengths_are_alike(columns[texts[0]], columns[texts[1]])
    is_graded = columns[label].kind is ColumnKind.NUMBER
    if is_pair:
        fields["text_pair"] = texts[1]
    fields["label"] = label
    reason = "two texts" if is_pair else "a text"
    if not is_graded:
        return Guess("classification", fields, f"{reason} and one of a few labels")
    return Guess("regression", fields, f"{reason} and a number")


def _plain_texts(columns: Columns) -> Guess | None:
    text = _first(columns, ColumnKind.TEXT)
    if text is None:
        return None
    return Guess("masked_language", {"text": text}, "texts without labels")


_RULES: Final[Sequence[Callable[[Columns], Guess | None]]] = (
    _question_answering,
    _multiple_choice,
    _entities,
    _preference,
    _embedding,
    _labelled_texts,
    _plain_texts,
)
"""From the most particular columns to the most general; the first that fits is taken."""


def _first(columns: Columns, kind: ColumnKind) -> str | None:
    return next((name for name, column in columns.items() if column.kind is kind), None)


def _target(columns: Columns, kind: ColumnKind) -> str | None:
    """Return the column of a kind that is most likely the target: by its name, else the last."""
    names = [name for name, column in columns.items() if column.kind is kind]
    usual = ("label", "labels", "target", "class", "category", "score", "stars", "rating", "gold")
    named = [name for name in names if name.lower() in usual]
    return named[0] if named else (names[-1] if names else None)


def _lengths_are_alike(first: Column, second: Column) -> bool:
    """Tell two texts to compare from a text with its title or a comment on it."""
    longer, shorter = sorted((first.mean_length, second.mean_length), reverse=True)
    return longer <= 30 * max(shorter, 1)


def _render_task(task: FoundTask, folder: Path) -> str:
    lines = [f"[tasks.{task.name}]", f"# {task.guess.reason.capitalize()}."]
    lines += [f"#   {line}" for line in map(_column_line, task.columns)]
    lines.append(f'kind = "{task.guess.kind}"')
    for split in ("train", "validation", "test"):
        if split in task.files:
            lines.append(f"{split} = {_quoted(_relative(task.files[split], folder))}")
    if "train" not in task.files:
        lines.append("# train = FILE      # nothing can be learned without")
    if "validation" not in task.files:
        lines.append("held_out = 0.1      # the share of train that chooses the best model")
    lines += [f"{name} = {_quoted(value)}" for name, value in task.guess.fields.items()]
    lines += [f"# {line}" for line in _HINTS.get(task.guess.kind, ())]
    return "\n".join(lines) + "\n"


def _column_line(column: Column) -> str:
    if column.kind is ColumnKind.LABEL:
        shown = [f"{value} {count}" for value, count in column.values.most_common(_LABELS_SHOWN)]
        more = len(column.values) - len(shown)
        rest = f" and {more} more" if more > 0 else ""
        return " ".join(
            f"{column.name}: {len(column.values)} labels, {', '.join(shown)}{rest}".split()
        )
    if column.kind is ColumnKind.TEXT:
        return f"{column.name}: texts of about {column.mean_length:.0f} characters"
    return f"{column.name}: {_WORDS[column.kind]}"


_WORDS: Final = {
    ColumnKind.NUMBER: "numbers",
    ColumnKind.TEXTS: "lists of texts",
    ColumnKind.ANSWERS: "answers",
    ColumnKind.OTHER: "not used",
}


def _relative(path: Path, folder: Path) -> str:
    try:
        return str(path.absolute().relative_to(folder.absolute()))
    except ValueError:
        return str(path.absolute())


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_HINTS: Final[Mapping[str, Sequence[str]]] = {
    "classification": (
        'pooling = "mean"    # or "first", "attention"',
        "multi_label = false # true where a text may have any number of labels",
        'Two texts to compare can also be read apart: kind = "paraphrase".',
    ),
    "regression": (
        'Two texts on a scale of likeness can also be read apart: kind = "similarity".',
    ),
    "entities": ("crf = false         # true learns which tags follow each other",),
}

_HEADING: Final = """\
# A config for `concord finetune`, written by `concord new`: look over what was guessed.
# File names start from this file's folder, unless data_dir says otherwise.
output = "run"
seed = 0
max_tokens = 256        # longer texts lose their ends; the run says how many do

[encoder]
name = "{encoder}"      # a hub id, a folder, or "package:NAME"

[trainer]
epochs = 3
validations = 6         # how often the model is measured; the best one is kept

[trainer.optimizer]
learning_rate = 1e-4

[sampling]
strategy = "proportional"  # or uniform, temperature, annealed, explicit, capped_proportional
batching = "mixed"         # or one_task
"""

_FOOT: Final = """\
# Then:
#   concord finetune THIS_FILE
#   concord tasks evaluate THIS_FILE run/model
#   concord predict run/model ROWS --task {first}
"""
