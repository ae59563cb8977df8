"""Whatever the pages for people tell them to type must exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SHELL = "\n".join(re.findall(r"```bash\n(.*?)```", README, re.DOTALL))
COMMAND_LINES = sorted(set(re.findall(r"^concord [a-z].*$", SHELL, re.MULTILINE)))


def help_of(command: str) -> str:
    program = "from concord.cli.main import main; main()"
    done = subprocess.run(  # noqa: S603  # our own interpreter, on our own command line
        [sys.executable, "-c", program, command, "--help"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pages_name_only_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?: {4}|`)make ([a-z]+)", README + CONTRIBUTING))
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_each_command_line_of_the_readme_exists_with_its_options(line: str) -> None:
    _, command, *arguments = line.split()
    help_text = help_of(command)
    options = [argument for argument in arguments if re.fullmatch(r"--?[a-z][a-z-]*", argument)]
    assert not [option for option in options if option not in help_text]


def test_the_config_files_that_the_readme_names_exist() -> None:
    assert not [
        name for name in re.findall(r"configs/[\w./-]+\w", README) if not (ROOT / name).is_file()
    ]


def test_the_links_of_the_pages_lead_to_files() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README + CONTRIBUTING)
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_of_the_readme_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(block, {})  # noqa: S102  # it is our own page
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("supported")
