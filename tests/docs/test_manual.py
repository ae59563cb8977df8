"""Every example of the manual runs, page by page; `make check` builds it without warnings."""

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.original_checkpoints import build_original

from concord.cli.main import main
from concord.data.recipes import RECIPES
from concord.tasks.kinds import TASK_KINDS

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(python|bash)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted(page for page in DOCS.rglob("*.md") if _BLOCK.search(page.read_text("utf-8")))


@pytest.fixture
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the pages do to the process."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.path_importer_cache, ".", raising=False)  # another page's folder
    monkeypatch.setattr(TASK_KINDS, "_table", dict(TASK_KINDS._table))
    monkeypatch.setattr(RECIPES, "_table", dict(RECIPES._table))


@pytest.fixture
def _published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small checkpoint, and its encoder, where the pages expect the published ones."""
    original = build_original("roberta", tmp_path / "roberta-base")
    path = tmp_path / "AlignScore-base.ckpt"
    original.save(path, hyper_parameters={"model": "roberta-base"})
    monkeypatch.setenv("CONCORD_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("_restored", "_published")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_in_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for language, block in _BLOCK.findall(page.read_text("utf-8")):
        if language == "python":
            exec(block, names)  # noqa: S102  # it is our own page
        else:
            for line in block.splitlines():
                _run(line)


def _run(line: str) -> None:
    program, *arguments = shlex.split(line)
    assert program == "concord"
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert not stopped.value.code
