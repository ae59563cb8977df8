"""Whether a context can be encoded once, in the lower layers, and reused for many claims.

In the lowest `--layers` layers a context's tokens see only the context, and a claim's tokens only
the claim (DeFormer, Cao et al., ACL 2020; PreTTR, MacAvaney et al., SIGIR 2020). So the lower
states of a context serve every claim. `--train` trains a model on in that way, with `--layers 0`
as the control; without it, the start and all trainings under `--output` are compared with the
control on validation rows. Needs the `train` and `evaluate` extras and a folder of data sets.
What it saves is the business of `context_encoded_once_cost.py`.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div, mse_loss

from concord import Aligner
from concord.alignment import Head
from concord.alignment.scores import LOGIT_COLUMNS
from concord.artifact import find_model
from concord.config import load_config
from concord.data.examples import read_examples
from concord.data.recipe import Metric, Recipe, Split
from concord.data.recipes import get_recipe
from concord.evaluation import metrics
from concord.evaluation.metrics import NUM_RESAMPLES, Vector
from concord.evaluation.runner import Answers
from concord.model import AlignmentModel
from concord.scoring.backends import Precision
from concord.scoring.backends.pytorch import TorchBackend
from concord.training import StepReport, Trainer, TrainerOptions
from concord.training.alignment import AlignmentBatches, AlignmentObjective
from concord.training.batches.collate import TrainingBatch
from concord.workflows.train import TrainConfig, build_mixture, build_model, load_result

CONFIG: Final = Path(__file__).parents[1] / "configs" / "concord-mini-v0-third.toml"
CONTROL: Final = "layers-0"
MAX_ROWS: Final = 3000
MAX_DOCUMENTS: Final = 200
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "pairs": ("mnli", "snli", "vitaminc", "paws", "stsb"),
    "documents": ("wice", "cliff", "factcg", "begin"),  # split as usual
}
_METRICS: Final[Mapping[Metric, Callable[[Vector, Vector], float]]] = {
    Metric.ACCURACY: metrics.accuracy,
    Metric.PEARSON: metrics.pearson,
    Metric.AUC: metrics.auc,
}


class SeparatedSides:
    """Keeps context and claim apart in the lowest layers of a BERT encoder.

    `[CLS] context [SEP]` attends only to itself, and so does `claim [SEP]`; the weights, and the
    positions of the tokens, stay as they are.
    """

    def __init__(self, model: AlignmentModel, layers: int) -> None:
        self._is_same_side: Tensor | None = None
        model.encoder.register_forward_pre_hook(self._note_sides, with_kwargs=True)
        for layer in encoder_layers(model)[:layers]:
            layer.register_forward_pre_hook(self._separate, with_kwargs=True)

    def _note_sides(self, _: nn.Module, _args: tuple[Any, ...], inputs: dict[str, Any]) -> None:
        self._is_same_side = same_side(inputs["token_type_ids"], inputs["attention_mask"])

    def _separate(
        self, _: nn.Module, args: tuple[Any, ...], inputs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        states, _is_any_token, *rest = args
        return (states, self._is_same_side, *rest), inputs


def encoder_layers(model: AlignmentModel) -> nn.ModuleList:
    """Return the layers of a BERT encoder, the lowest first."""
    layers: nn.ModuleList = model.encoder.get_submodule("encoder.layer")  # type: ignore[assignment]
    return layers


def same_side(token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """Return which token may see which, shape ``(pairs, 1, tokens, tokens)``."""
    is_same = token_type_ids[:, :, None] == token_type_ids[:, None, :]
    return (is_same & attention_mask[:, None, :].bool())[:, None]


class DistillingObjective(AlignmentObjective):
    """Adds to the loss how far the logits of all heads are from those of a teacher."""

    def __init__(self, options: TrainerOptions, teacher: AlignmentModel) -> None:
        super().__init__(options.masking)
        self._is_half = options.mixed_precision == "bf16"
        self._teacher = teacher

    def losses(self, model: nn.Module, batch: TrainingBatch, counts: Tensor) -> Tensor:
        """Return the losses of the heads, and the distance from the teacher as the last part."""
        inputs = (batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
        seen: list[Tensor] = []
        hook = model.register_forward_hook(lambda _m, _i, logits: seen.append(logits))
        losses = super().losses(model, batch, counts)
        hook.remove()
        device = inputs[0].device.type
        with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=self._is_half):
            wanted = self._teacher(*inputs)
        distance = compute_distance(seen[0].float(), wanted.float())
        return torch.cat([losses[:-1], distance[None]])  # in place of masked-language modelling


def compute_distance(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the divergence of both classification heads plus the squared error of degrees."""
    degree = LOGIT_COLUMNS[Head.REGRESSION]
    total = mse_loss(logits[:, degree], wanted[:, degree])
    for head in (Head.BINARY, Head.THREE_WAY):
        ours, theirs = (each[:, LOGIT_COLUMNS[head]].log_softmax(1) for each in (logits, wanted))
        total = total + kl_div(ours, theirs, reduction="batchmean", log_target=True)
    return total


def train(options: argparse.Namespace) -> None:
    name = f"layers-{options.layers}" + ("-distilled" if options.distil else "")
    overrides = [
        f"data.folder={options.data_dir}",
        f"data.cache_folder={options.cache or options.output / 'tokenized'}",
        f"data.sampling.samples_per_epoch={options.pairs}",
        f"initial_model={options.start}",
        f"output={options.output / name}",
        f"seed={options.seed}",
    ]
    config = load_config(CONFIG, TrainConfig, overrides)
    torch.manual_seed(config.seed)
    model = build_model(config)
    SeparatedSides(model, options.layers)
    mixture, _ = build_mixture(config, model)
    masking = config.trainer.masking
    objective = AlignmentObjective(masking)
    if options.distil:
        objective = DistillingObjective(config.trainer, build_model(config).eval())
    trainer = Trainer(
        model,
        AlignmentBatches(mixture, model.tokenizer, masking, config.seed),
        objective,
        config.trainer,
        config.output,
        seed=config.seed,
        on_step=_print_step,
    )
    load_result(trainer, trainer.train()).save_pretrained(config.output / "model")


def _print_step(report: StepReport) -> None:
    if report.step % 50 == 0 or report.step == report.max_steps:
        rate = report.pairs / report.seconds
        print(
            f"step {report.step}/{report.max_steps}: {report.loss:.3f}, {rate:.0f} pairs/s",
            flush=True,
        )


def evaluate(model: AlignmentModel, data_dir: Path) -> dict[str, Vector]:
    """Return a model's answers on a sample of each validation set, shape ``(rows,)`` each."""
    settings = replace(model.settings, chunk_tokens=128)
    aligner = Aligner(TorchBackend(model, precision=Precision.BF16), model.tokenizer, settings)
    answers = {}
    for name in (each for group in GROUPS.values() for each in group):
        recipe = get_recipe(name)
        contexts, claims, _ = read_sample(recipe, data_dir)
        if recipe.is_judged_split:
            answers[name] = aligner.score(contexts, claims).astype(np.float64)
        else:
            given = Answers.from_scores(recipe, aligner.predict(contexts, claims))
            is_graded = recipe.metric is Metric.PEARSON
            answers[name] = given.degrees if is_graded else given.decisions
    return answers


def read_sample(recipe: Recipe, data_dir: Path) -> tuple[list[str], list[str], Vector]:
    """Return contexts, claims and targets of the same random validation rows each time."""
    examples = list(read_examples(recipe, data_dir, Split.VALIDATION))
    most = MAX_DOCUMENTS if recipe.is_judged_split else MAX_ROWS
    rows = [examples[row] for row in np.random.default_rng(0).permutation(len(examples))[:most]]
    targets = np.array([row.target for row in rows], dtype=np.float64)
    return [row.context for row in rows], [row.claim for row in rows], targets


def load_answers(options: argparse.Namespace) -> dict[str, dict[str, Vector]]:
    """Return the answers of the start and of each training, computed where they are not kept."""
    folders = {"start": find_model(options.start)}
    folders |= {path.parent.name: path for path in sorted(options.output.glob("layers-*/model"))}
    return {name: _answers_of(name, folder, options) for name, folder in folders.items()}


def _answers_of(name: str, folder: Path, options: argparse.Namespace) -> dict[str, Vector]:
    kept = options.output / f"{name}.npz"
    if not kept.exists():
        model = AlignmentModel.from_pretrained(folder)
        SeparatedSides(model, 0 if name == "start" else int(name.split("-")[1]))
        np.savez(kept, allow_pickle=False, **evaluate(model, options.data_dir))
    with np.load(kept) as answers:
        return dict(answers)


def compare(options: argparse.Namespace) -> None:
    answers = load_answers(options)
    targets = {
        name: read_sample(get_recipe(name), options.data_dir)[2]
        for group in GROUPS.values()
        for name in group
    }
    print(f"percent; in brackets the difference from {CONTROL} with its 95 % interval")
    print(f"| data sets | rows | {' | '.join(answers)} |")
    for rows in (*((name,) for group in GROUPS.values() for name in group), *GROUPS.values()):
        title = rows[0] if len(rows) == 1 else f"mean of {', '.join(rows)}"
        resampled = {name: _resample(rows, each, targets) for name, each in answers.items()}
        cells = [_cell(each, resampled[CONTROL]) for each in resampled.values()]
        print(f"| {title} | {sum(len(targets[name]) for name in rows):,} | {' | '.join(cells)} |")


def _resample(
    names: tuple[str, ...], answers: Mapping[str, Vector], targets: Mapping[str, Vector]
) -> Vector:
    """Return the mean figure of some data sets: first as it is, then resampled.

    The rows drawn depend on nothing but the seed, so they are the same for each model.
    """
    rng = np.random.default_rng(0)
    figures = np.empty((1 + NUM_RESAMPLES, len(names)))
    for column, name in enumerate(names):
        compute, size = _METRICS[get_recipe(name).metric], len(targets[name])
        for line in range(1 + NUM_RESAMPLES):
            rows = rng.integers(size, size=size) if line else np.arange(size)
            figures[line, column] = 100 * compute(answers[name][rows], targets[name][rows])
    return np.asarray(figures.mean(axis=1))


def _cell(figures: Vector, control: Vector) -> str:
    difference = figures - control
    low, high = np.percentile(difference[1:], (2.5, 97.5))
    return f"{figures[0]:.1f} ({difference[0]:+.1f}: {low:+.1f} to {high:+.1f})"


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    (train if options.train else compare)(options)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="where the trainings lie")
    parser.add_argument("--start", default="concord-mini", help="the model to train on")
    parser.add_argument("--cache", type=Path, default=None, help="tokenized data sets")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--layers", type=int, default=3, help="layers that keep the sides apart")
    parser.add_argument("--distil", action="store_true", help="also learn the start's logits")
    parser.add_argument("--pairs", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
