"""What the recipes declare, and what they make of the files that are there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from concord.alignment import AlignmentExample, Head
from concord.artifact import BUNDLED_FOLDER, BUNDLED_MODEL, TOKENIZER_FILE
from concord.data.examples import DatasetReport, count_rows, has_split, read_examples
from concord.data.recipe import Family, LicenceClass, Recipe, Split
from concord.data.recipes import get_recipe, recipe_names
from concord.errors import ConfigError, DataError
from concord.text.tokenizer import PairTokenizer

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRecipe:
    """A recipe with what its files hold.

    Attributes:
        recipe: The declaration.
        rows: The records of each split that is there and can be read.
        problems: Why the others that are there cannot be read.
    """

    recipe: Recipe
    rows: dict[Split, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def to_mapping(self) -> dict[str, Any]:
        """Return the declaration and the rows by split as plain values."""
        recipe = self.recipe
        return {
            "name": recipe.name,
            "title": recipe.title,
            "source": recipe.source,
            "citation": recipe.citation,
            "licence": recipe.licence,
            "licence_class": recipe.licence_class.value,
            "family": recipe.family.value,
            "head": recipe.head.value,
            "metric": recipe.metric.value,
            "judged_head": (recipe.judged_head or recipe.head).value,
            "is_judged_split": recipe.is_judged_split,
            "folder": recipe.folder,
            "rows": {split.value: count for split, count in self.rows.items()},
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReading:
    """What came of reading one split: the counts, and what stopped it, if anything did."""

    recipe: Recipe
    split: Split
    report: DatasetReport
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExample:
    """An example as a model sees it.

    Attributes:
        example: The example, its context cut to the model's window where one is given.
        target: The name of its class, or its degree.
        lost_tokens: Tokens cut off the end of the context.
    """

    example: AlignmentExample
    target: str
    lost_tokens: int = 0


def find_recipes(
    families: Sequence[Family] = (), licences: Sequence[LicenceClass] = ()
) -> tuple[Recipe, ...]:
    """Return the recipes of some families and licence classes, or of all where none is named."""
    return tuple(
        recipe
        for recipe in map(get_recipe, recipe_names())
        if recipe.family in (families or Family)
        and recipe.licence_class in (licences or LicenceClass)
    )


def list_recipes(
    recipes: Sequence[Recipe],
    data_dir: Path | None = None,
    *,
    progress: Progress | None = None,
) -> tuple[ListedRecipe, ...]:
    """Return recipes with the rows of their splits.

    Args:
        recipes: Which recipes.
        data_dir: The folder that holds the data sets' folders; nothing is counted without one.
        progress: Called with the recipes done and the recipes in all.

    Returns:
        The recipes in the order given.

    Raises:
        ConfigError: If there is no such folder.
    """
    if data_dir is None:
        return tuple(ListedRecipe(recipe=recipe) for recipe in recipes)
    _check_folder(data_dir)
    listed = []
    for done, recipe in enumerate(recipes, start=1):
        listed.append(_count_splits(recipe, data_dir))
        if progress is not None:
            progress(done, len(recipes))
    return tuple(listed)


def _count_splits(recipe: Recipe, data_dir: Path) -> ListedRecipe:
    rows, problems = {}, []
    for split in _splits_there(recipe, data_dir):
        try:
            rows[split] = count_rows(recipe, data_dir, split)
        except DataError as error:
            problems.append(f"{recipe.name}: {error}")
    return ListedRecipe(recipe=recipe, rows=rows, problems=tuple(problems))


def read_recipes(data_dir: Path, *, progress: Progress | None = None) -> tuple[SplitReading, ...]:
    """Read every split that is there to its end; what cannot be read stops its own split only.

    Args:
        data_dir: The folder that holds the data sets' folders.
        progress: Called with the splits done and the splits in all.

    Returns:
        One reading per split, by recipe in alphabetical order.

    Raises:
        ConfigError: If there is no such folder, or no known data set in it.
    """
    _check_folder(data_dir)
    splits = [
        (recipe, split)
        for recipe in find_recipes()
        if recipe.make is None  # the folder has no part in what is made by rule
        for split in _splits_there(recipe, data_dir)
    ]
    if not splits:
        raise ConfigError(f"{data_dir} holds no known data set ({', '.join(recipe_names())})")
    readings = []
    for done, (recipe, split) in enumerate(splits, start=1):
        readings.append(_read_split(recipe, data_dir, split))
        if progress is not None:
            progress(done, len(splits))
    return tuple(readings)


def _read_split(recipe: Recipe, data_dir: Path, split: Split) -> SplitReading:
    report, problem = DatasetReport(), ""
    try:
        for _ in read_examples(recipe, data_dir, split, report=report):
            pass
    except DataError as error:
        problem = str(error)
    return SplitReading(recipe=recipe, split=split, report=report, problem=problem)


def show_examples(
    recipe: Recipe,
    data_dir: Path,
    split: Split | None = None,
    *,
    count: int = 5,
    max_tokens: int | None = None,
) -> tuple[Split, tuple[ShownExample, ...]]:
    """Return the first examples of a split as a model sees them.

    Args:
        recipe: The data set.
        data_dir: The folder that holds the data sets' folders.
        split: The part of it; the first that is there unless given.
        count: How many examples at most.
        max_tokens: A model's window, in tokens of the bundled model; a longer pair loses the
            end of its context.

    Returns:
        The split that was read, and its first examples.

    Raises:
        DataError: If the split is not there, or cannot be read.
    """
    there = split or next(_splits_there(recipe, data_dir), Split.TRAIN)
    found = islice(read_examples(recipe, data_dir, there), count)
    tokenizer = None
    if max_tokens is not None:
        tokenizer = PairTokenizer.load(BUNDLED_FOLDER / BUNDLED_MODEL / TOKENIZER_FILE)
    return there, tuple(_shown(each, tokenizer, max_tokens or 0) for each in found)


def _shown(
    example: AlignmentExample, tokenizer: PairTokenizer | None, max_tokens: int
) -> ShownExample:
    is_degree = example.head is Head.REGRESSION
    target = f"{example.target:.2f}" if is_degree else example.head.label_names[int(example.target)]
    if tokenizer is None:
        return ShownExample(example=example, target=target)
    context, claim = tokenizer.tokenize([example.context, example.claim])
    room = max(0, max_tokens - len(claim.ids) - tokenizer.template.num_special_tokens)
    lost = max(0, len(context.ids) - room)
    end = int(context.offsets[room - 1][1]) if lost and room else 0
    seen = replace(example, context=example.context[:end]) if lost else example
    return ShownExample(example=seen, target=target, lost_tokens=lost)


def describe_files(recipe: Recipe, split: Split) -> str:
    """Return the files that a split is looked for in, the preferred ones first, as a list."""
    alternatives = (
        " + ".join(source.pattern for source in sources) for sources in recipe.sources[split]
    )
    return ", or ".join(alternatives)


def describe_judging(recipe: Recipe) -> str:
    """Return by what the answers of which head are judged."""
    ways = "scores of whole claims, long texts split" if recipe.is_judged_split else "pairs as is"
    return f"{recipe.metric} of the {recipe.judged_head or recipe.head} head ({ways})"


def skipped_by_reason(report: DatasetReport) -> dict[str, int]:
    """Return how many rows, or parts of them, gave no example, by reason."""
    unlabelled = {"unlabelled": report.unlabelled} if report.unlabelled else {}
    return {**unlabelled, **report.skipped}


def _splits_there(recipe: Recipe, data_dir: Path) -> Iterator[Split]:
    yield from (split for split in Split if has_split(recipe, data_dir, split))


def _check_folder(data_dir: Path) -> None:
    if not data_dir.is_dir():
        raise ConfigError(f"there is no data folder {data_dir}")
