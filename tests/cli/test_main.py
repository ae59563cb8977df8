"""The command as a whole: help, version, start-up, and how it fails."""

import subprocess
import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest

from concord.cli import demo
from concord.cli.console import printable
from concord.cli.main import TRACEBACK_VARIABLE

Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    "command", ["score", "explain", "demo", "evaluate", "train", "export", "import-align"]
)
def test_each_commands_help_shows_an_example(run: Run, command: str) -> None:
    code, output, _ = run(command, "--help")
    assert code == 0
    assert f"Example:  concord {command}" in " ".join(output.split(" "))


def test_the_version_is_printed(run: Run) -> None:
    code, output, error = run("--version")
    assert (code, error) == (0, "")
    assert output.startswith("concord ")


def test_the_package_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "concord", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("concord ")


def test_help_loads_no_runtime() -> None:
    program = (
        "import sys; sys.argv = ['concord', '--help']\n"
        "from concord.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'openvino', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_interrupt_is_exit_code_130_without_a_word(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "load_aligner", _raise(KeyboardInterrupt()))
    assert run("demo") == (130, "", "")


def test_a_full_disk_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        demo, "load_aligner", _raise(OSError(28, "No space left on device", "out.jsonl"))
    )
    assert run("demo") == (2, "", "concord: out.jsonl: No space left on device\n")


def test_a_fault_of_our_own_is_one_line_that_says_how_to_see_more(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "load_aligner", _raise(RuntimeError("surprise")))
    code, _, error = run("demo")
    assert code == 70
    assert error.startswith("concord: unexpected RuntimeError: surprise")
    assert TRACEBACK_VARIABLE in error


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert printable("a\x1b[31mb\x00c") == "a [31mb c"


def _raise(error: BaseException) -> Callable[..., object]:
    def fail(*_args: object, **_options: object) -> object:
        raise error

    return fail
