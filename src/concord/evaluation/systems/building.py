"""Systems by name: baselines, and models by their folder or hub id."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from concord.artifact import BUNDLED_MODEL, find_model
from concord.errors import ConfigError
from concord.evaluation.sentence_encoder import SentenceEncoder
from concord.evaluation.systems.concord_model import ConcordSystem
from concord.evaluation.systems.cosine import EncoderFacts, cosine_system
from concord.evaluation.systems.majority import MajoritySystem
from concord.evaluation.systems.model_facts import (
    count_parameters,
    folder_digest,
    folder_name,
    weights_size_mb,
)
from concord.evaluation.systems.overlap import bigram_overlap_system, lexical_overlap_system
from concord.evaluation.systems.rouge import rouge_2_system
from concord.evaluation.systems.system import System
from concord.evaluation.systems.unsplit import UnsplitSystem
from concord.registry import Registry
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.embedding import Embedding

SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemOptions:
    """What may be said about systems beside their names.

    Attributes:
        threads: CPU threads to use; all cores unless given.
        label_order: What a cross-encoder's labels mean, by index, separated by commas; read from
            its config unless given.
        claim_first: A cross-encoder reads the claim before the context, as rankers read a query.
        split: Whether a cross-encoder's long texts are split; they are cut if not.
        max_rows: How many rows of a set a generator is asked.
    """

    threads: int | None = None
    label_order: str | None = None
    claim_first: bool = False
    split: bool = True
    max_rows: int = 200


@dataclass(frozen=True, slots=True)
class SystemBuilder:
    """Builds the systems of one name.

    Attributes:
        build: From a model, which stands behind the name and a colon, and options to the system.
        needs_model: Whether a model must be named.
        takes_model: Whether one may be named.
    """

    build: Callable[[str | None, SystemOptions], System]
    needs_model: bool = False
    takes_model: bool = False


BUILDERS: Final = {
    "bigram_overlap": f"{__name__}:BIGRAM_OVERLAP",
    "cosine": f"{__name__}:COSINE",
    "lexical_overlap": f"{__name__}:LEXICAL_OVERLAP",
    "majority": f"{__name__}:MAJORITY",
    "rouge_2": f"{__name__}:ROUGE_2",
    "unsplit": f"{__name__}:UNSPLIT",
}
SYSTEMS: Final = Registry("system", SystemBuilder, BUILDERS)


def build_system(
    written: str,
    options: SystemOptions | None = None,
    *,
    registry: Registry[SystemBuilder] = SYSTEMS,
) -> System:
    """Build a system as a user writes it.

    Args:
        written: A name such as "rouge_2", a name and its model such as "cosine:FOLDER", or a
            concord model: its folder, its hub id, or "concord-mini" for the bundled one.
        options: What else was said; the usual unless given.
        registry: The names to know.

    Raises:
        ConfigError: If the name is not known, or its model is missing or in the way.
        ArtifactError: If a model cannot be opened.
    """
    options = options or SystemOptions()
    if is_model(written):
        return ConcordSystem.open(written, threads=options.threads)
    name, colon, model = written.partition(SEPARATOR)
    builder = registry.get(name)
    if builder.needs_model and not model:
        raise ConfigError(f"system '{name}' needs a model: write {name}:FOLDER, or a hub id")
    if colon and not builder.takes_model:
        raise ConfigError(f"system '{name}' takes no model, got '{written}'; write {name} alone")
    return builder.build(model or None, options)


def is_model(written: str) -> bool:
    """Tell a concord model's folder or hub id from a system's name."""
    if written == BUNDLED_MODEL or Path(written).expanduser().is_dir():
        return True
    return "/" in written and SEPARATOR not in written


def _build_unsplit(model: str | None, options: SystemOptions) -> System:
    return UnsplitSystem(ConcordSystem.open(model, threads=options.threads))


def _build_cosine(model: str | None, options: SystemOptions) -> System:
    folder = find_model(model)
    predictor = TaskPredictor.from_pretrained(folder, threads=options.threads)
    return cosine_of_tasks(predictor, folder)


def cosine_of_tasks(predictor: TaskPredictor, folder: Path) -> System:
    """Return the cosine system of a model of tasks, by its first embedding task.

    Raises:
        ConfigError: If it has none.
    """
    tasks = [name for name, task in predictor.tasks.items() if isinstance(task, Embedding)]
    if not tasks:
        raise ConfigError(
            f"{folder} has no embedding task (it has {', '.join(predictor.tasks)}); name a "
            "model with one"
        )
    facts = EncoderFacts(
        name=folder_name(folder),
        digest=f"{folder_digest(folder)} {tasks[0]}",
        parameters=count_parameters(folder),
        size_mb=weights_size_mb(folder),
    )
    return cosine_system(SentenceEncoder(predictor, tasks[0]), facts)


BIGRAM_OVERLAP: Final = SystemBuilder(lambda _model, _options: bigram_overlap_system())
COSINE: Final = SystemBuilder(_build_cosine, needs_model=True, takes_model=True)
LEXICAL_OVERLAP: Final = SystemBuilder(lambda _model, _options: lexical_overlap_system())
MAJORITY: Final = SystemBuilder(lambda _model, _options: MajoritySystem())
ROUGE_2: Final = SystemBuilder(lambda _model, _options: rouge_2_system())
UNSPLIT: Final = SystemBuilder(_build_unsplit, takes_model=True)
