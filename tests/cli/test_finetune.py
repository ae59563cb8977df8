"""`concord finetune`: what it would take, what it took."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import pytest
from tests.tiny_finetuning import write_tasks

from concord.cli.console import output_console
from concord.cli.main import main


def _finetune(config: Path, *words: str) -> None:
    with (
        mock.patch("concord.workflows.finetuning.model_folder.export_encoder"),
        pytest.raises(SystemExit) as stopped,
    ):
        main(["finetune", str(config), *words])
    assert not stopped.value.code


def _memory_lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.startswith("memory: ")]


def test_a_dry_run_tells_what_a_run_takes_and_leaves_no_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_tasks(tmp_path)
    _finetune(config, "--dry-run")
    out = capsys.readouterr().out
    assert "learning: " in out
    (line,) = _memory_lines(out)
    assert re.search(r"about [\d,]+ MB \(libraries [\d,]+, parameters 0, ", line)
    assert "16.0 bytes for each parameter that learns" in line  # fp32: 4 + 4 + 8
    assert not (tmp_path / "run").exists()


def test_a_run_shows_its_peak_beside_the_estimate_and_where_its_time_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_tasks(tmp_path)
    _finetune(config, "trainer.epochs=1", "trainer.profile={wait=0, warmup=1, steps=2}")
    out = capsys.readouterr().out
    before, after = _memory_lines(out)
    assert re.search(r"[\d,]+ MB at its peak, [\d,]+ estimated \([+-]\d+ %\)", after)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    estimated = f"{summary['estimated_memory_mb']:,.0f}"
    assert f"about {estimated} MB" in before
    assert f"{estimated} estimated" in after
    assert re.search(r"^2 steps in \d", out, re.MULTILINE)
    assert (tmp_path / "run" / "profile" / "summary.txt").is_file()


@pytest.mark.parametrize(("rank", "said"), [("0", "trained\n"), ("1", "")])
def test_of_the_processes_of_a_launcher_the_first_one_speaks(
    rank: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", rank)
    output_console().print("trained")
    assert capsys.readouterr().out == said
