"""What cannot be drawn is refused before the work."""

from collections.abc import Callable
from pathlib import Path

import pytest

from concord.cli import plot_options

Run = Callable[..., tuple[int, str, str]]
COMMANDS = ("train", "finetune", "stages", "compare", "tune")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_library_is_told_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(plot_options, "find_spec", lambda _name: None)
    code, _, error = run(command, "absent.toml", "--plot", "curve.svg")
    assert code == 2
    assert error == "concord: drawing needs the 'matplotlib' package: pip install 'concord[plot]'\n"


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_a_name_that_tells_no_format_is_refused(run: Run, command: str) -> None:
    code, _, error = run(command, "absent.toml", "--plot", "curve.jpeg2")
    assert code == 2
    assert "--plot curve.jpeg2: the name of a picture ends in .svg, .png, .pdf" in error


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    code, _, error = run("train", "absent.toml", "--plot", str(tmp_path / "plots" / "curve.svg"))
    assert code == 2
    assert f"there is no folder {tmp_path / 'plots'}; make it first" in error


def test_without_a_picture_nothing_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot_options, "find_spec", lambda _name: None)
    code, _, error = run("compare", "absent.toml")
    assert code == 2
    assert "absent.toml" in error
    assert "matplotlib" not in error
