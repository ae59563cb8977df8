"""Pages that list themselves: recipes, kinds of task, ways to adapt an encoder, commands."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command

from concord.adaptation import ADAPTATION_KINDS, Adaptation, adaptation_kind
from concord.cli.main import app
from concord.data.recipe import Family
from concord.data.recipes import get_recipe, recipe_names
from concord.tasks import Task
from concord.tasks.kinds import TASK_KINDS, task_kind

_HEADINGS = {Family.NLI: "Natural language inference", Family.QA: "Question answering"}


class RecipeTable(SphinxDirective):
    """A table of all recipes, one family after another."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_recipe_lines()), allow_section_headings=True)


class CommandReference(SphinxDirective):
    """Each command with what it does, its arguments and its options."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_command_lines()), allow_section_headings=True)


def _recipe_lines() -> Iterator[str]:
    recipes = sorted(map(get_recipe, recipe_names()), key=lambda each: (each.family, each.name))
    families = dict.fromkeys(each.family for each in recipes)
    for family in families:
        yield from (f"## {_HEADINGS.get(family, family.value.replace('_', ' ').capitalize())}", "")
        yield from ("| recipe | data set | head | licence |", "|---|---|---|---|")
        for each in recipes:
            if each.family is family:
                yield (
                    f"| `{each.name}` | [{_cell(each.title)}]({each.source}) | {each.head.value} "
                    f"| {each.licence_class.value}: {_cell(each.licence)} |"
                )
        yield ""


def _command_lines() -> Iterator[str]:
    root: Any = get_command(app)  # typer brings its own copy of click, whose types are not public
    for name, command in root.commands.items():
        yield from _lines_of(command, f"concord {name}", "##")


def _lines_of(command: Any, name: str, heading: str) -> Iterator[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    yield from (f"{heading} {name}", "", _one_line(command.help), "")
    usage = _one_line(command.get_usage(context))
    yield from ("```text", usage.removeprefix("Usage: "), "```", "")
    for parameter in command.params:
        yield from _parameter_lines(parameter, context)
    if command.epilog:
        yield from ("```bash", command.epilog.partition(":")[2].strip(), "```", "")
    for each, inner in getattr(command, "commands", {}).items():
        yield from _lines_of(inner, f"{name} {each}", f"{heading}#")


def _parameter_lines(parameter: Any, context: Any) -> Iterator[str]:
    is_option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [parameter.name]
    if names == ["--help"]:
        return
    default = parameter.get_default(context)
    is_told = is_option and default is not None and default not in (False, "", (), [])
    shown = f" Default: `{default}`." if is_told else ""
    yield ", ".join(f"`{each}`" for each in names)
    yield from (f": {_one_line(parameter.help)}{shown}", "")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


class TaskFields(SphinxDirective):
    """The fields that every kind of task has."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_attribute_lines(Task)))


class TaskReference(SphinxDirective):
    """Each kind of task with what it answers and its own fields."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_task_lines()), allow_section_headings=True)


def _task_lines() -> Iterator[str]:
    for name in TASK_KINDS.names():
        family = task_kind(name)
        text, _, _ = inspect.cleandoc(family.__doc__ or "").partition("\nAttributes:")
        yield from (f"## {name}", "", text.strip(), "")
        metrics = ", ".join(f"`{metric}`" for metric in family.metrics)
        yield from (f"In Python `{family.__name__}`. Metrics: {metrics}.", "")
        inherited = family.__mro__[: family.__mro__.index(Task)]
        for each in inherited:
            yield from _attribute_lines(each)


class AdaptationReference(SphinxDirective):
    """Each kind of adaptation with what it does and its own fields."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_adaptation_lines()), allow_section_headings=True)


def _adaptation_lines() -> Iterator[str]:
    for name in ADAPTATION_KINDS.names():
        family = adaptation_kind(name)
        text, _, _ = inspect.cleandoc(family.__doc__ or "").partition("\nAttributes:")
        yield from (f"## {name}", "", text.strip(), "")
        for each in family.__mro__[: family.__mro__.index(Adaptation)]:
            yield from _attribute_lines(each)


def _attribute_lines(family: type) -> Iterator[str]:
    """Yield the attributes that a docstring tells of, with their defaults."""
    _, _, told = inspect.cleandoc(family.__doc__ or "").partition("\nAttributes:\n")
    defaults = {entry.name: entry.default for entry in fields(family)}
    for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", told, re.MULTILINE):
        default = defaults.get(name, MISSING)
        shown = "" if default is MISSING or default in (None, "", ()) else f" Default: `{default}`."
        yield from (f"`{name}`", f": {_one_line(text)}{shown}", "")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("recipe-table", RecipeTable)
    app.add_directive("task-fields", TaskFields)
    app.add_directive("task-reference", TaskReference)
    app.add_directive("adaptation-reference", AdaptationReference)
    app.add_directive("command-reference", CommandReference)
    return {"parallel_read_safe": True}
