"""From what a user writes to systems that are opened when their turn comes."""

from collections.abc import Sequence
from functools import partial

from concord.artifact import find_model, is_alignment_model
from concord.evaluation.systems import System, SystemOptions
from concord.evaluation.systems.building import SEPARATOR, is_model
from concord.workflows.contenders import CONTENDERS, build_contender
from concord.workflows.leaderboard_options import SystemSource


def system_sources(
    written: Sequence[str], options: SystemOptions | None = None
) -> list[SystemSource]:
    """Return a system for each thing written: a model's folder, its hub id, or a baseline's name.

    Args:
        written: The main system first.
        options: What else was said; the usual unless given.

    Raises:
        ConfigError: If a name is not known; models are looked for when their turn comes.
    """
    for each in written:
        if not is_model(each):
            CONTENDERS.get(each.partition(SEPARATOR)[0])
    return [SystemSource(each, partial(_open, each, options)) for each in written]


def _open(written: str, options: SystemOptions | None) -> System:
    if is_model(written) and not is_alignment_model(find_model(written)):
        from concord.evaluation.systems.task_model import TaskModelSystem

        return TaskModelSystem.open(written, threads=None if options is None else options.threads)
    return build_contender(written, options)
