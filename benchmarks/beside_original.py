"""Pairs a second beside the original inference code of ALIGN or AlignScore, with the same weights.

The original is run from a checkout of its public code, with one checkpoint in its own format that
is made of our model (BERT only). What it imports and does not need to score is stood in for, and
both sides split sentences alike. It runs in fp32 on today's transformers, whose attention is
faster than that of its time. Each round runs both sides in turn, and the ratios are taken round by
round, so that what else the machine does falls on both. Needs the `train` extra, a folder of data
sets and a checkout of yuh-zha/Align or yuh-zha/AlignScore.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from machine import describe_machine
from numpy.typing import NDArray
from torch import nn
from transformers import BertConfig, BertForPreTraining
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from concord import Aligner
from concord.alignment import ALIGNED, AlignmentExample, Head
from concord.artifact import TOKENIZER_CONFIG_FILE, TOKENIZER_FILE, find_model
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.evaluation.metrics import auc
from concord.model import AlignmentModel
from concord.scoring.original_splitting import find_original_sentences

Scores: TypeAlias = NDArray[np.float32]
Run: TypeAlias = Callable[[], Scores]

_SHORT: Final = (("snli", Split.VALIDATION), ("qqp", Split.VALIDATION))
_ANSWERS: Final = (("squad_v2", Split.VALIDATION), ("begin", Split.VALIDATION))
_DOCUMENTS: Final = (
    ("longsciverify", Split.TEST),
    ("wice", Split.VALIDATION),
    ("qmsum", Split.VALIDATION),
)
_LONG: Final = 1500  # words
_TOLERANCE: Final = 0.02
_WORKLOADS: Final = ("short", "answers", "documents")
_SETTINGS: Final = ("f32", "auto", "fast")


@dataclass(frozen=True)
class Workload:
    """Pairs to score, how many of them the original scores, and whether long texts are split."""

    name: str
    examples: list[AlignmentExample]
    original_rows: int
    split: bool

    def texts(self, count: int | None = None) -> tuple[list[str], list[str]]:
        """Return the contexts and claims of the first rows."""
        rows = self.examples[:count]
        return [row.context for row in rows], [row.claim for row in rows]


@dataclass(frozen=True)
class Side:
    """A way to score a workload, and how many rows it scores."""

    name: str
    run: Run
    rows: int


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    folder = find_model(options.model)
    aligners = {
        name: Aligner.from_pretrained(folder, precision=name, threads=options.threads)
        for name in _SETTINGS
    }
    print(f"{describe_machine()}, {options.threads} threads")
    print(f"original: fp32, torch {torch.__version__}, batches of {options.batch_size}")
    for name, aligner in aligners.items():
        print(f"concord {name}: {aligner.backend!r}")
    with tempfile.TemporaryDirectory(prefix="bert-") as scratch:
        original = _load_original(options.original, folder, Path(scratch), options.batch_size)
        for workload in _read_workloads(options):
            _compare(workload, original, aligners, options)


def _compare(
    workload: Workload, original: Any, aligners: dict[str, Aligner], options: argparse.Namespace
) -> None:
    contexts, claims = workload.texts()
    words = sum(len(text.split()) for text in contexts) / len(contexts)
    print(f"\n{workload.name}: {len(claims):,} pairs, contexts of {words:,.0f} words")
    sides = _build_sides(workload, original, aligners, options)
    seconds: dict[str, list[float]] = {side.name: [] for side in sides}
    answers = {side.name: side.run() for side in sides}  # and warm up
    for _ in range(options.rounds):
        for side in sides:
            started = time.perf_counter()
            side.run()
            seconds[side.name].append((time.perf_counter() - started) / side.rows)
    reference = sides[0].name
    for side in sides:
        ratios = [a / b for a, b in zip(seconds[reference], seconds[side.name], strict=True)]
        print(
            f"  {side.name:34} {1 / median(seconds[side.name]):9.2f} pairs/s, "
            f"{median(ratios):7.1f} times ({min(ratios):.1f} to {max(ratios):.1f}), "
            f"{_quality(answers[side.name], workload.examples)}"
        )
    _print_differences(workload, answers[reference], aligners)


def _build_sides(
    workload: Workload, original: Any, aligners: dict[str, Aligner], options: argparse.Namespace
) -> list[Side]:
    few, contexts, claims = workload.original_rows, *workload.texts()
    sides = [Side("original", partial(_score_original, original, workload), min(few, len(claims)))]
    for name, aligner in aligners.items():
        run = partial(_score, aligner, contexts, claims, split=workload.split, relevance="none")
        sides.append(Side(f"concord {name}", run, len(claims)))
    if workload.split and min(len(text.split()) for text in contexts) >= _LONG:
        for name, aligner in aligners.items():
            run = partial(_score, aligner, contexts, claims, relevance=options.relevance)
            sides.append(Side(f"concord {name}, relevance stage", run, len(claims)))
    return sides


def _score(aligner: Aligner, contexts: list[str], claims: list[str], **options: Any) -> Scores:
    return aligner.score(contexts, claims, **options)


@torch.no_grad()
def _score_original(original: Any, workload: Workload) -> Scores:
    original.nlg_eval_mode = "nli_sp" if workload.split else "nli"
    scores = original.nlg_eval(*workload.texts(workload.original_rows))[1]
    return np.asarray(scores, dtype=np.float32)


def _print_differences(workload: Workload, expected: Scores, aligners: dict[str, Aligner]) -> None:
    """Print how far our scores are from the original's under its own strategy."""
    contexts, claims = workload.texts(workload.original_rows)
    split = "original" if workload.split else False
    for name, aligner in aligners.items():
        largest = float(np.abs(aligner.score(contexts, claims, split=split) - expected).max())
        verdict = "within" if largest <= _TOLERANCE else "NOT within"
        print(
            f"  concord {name}, split={split!r}: {len(expected)} scores differ from the original's "
            f"by up to {largest:.4f}, {verdict} {_TOLERANCE}"
        )


def _quality(scores: Scores, examples: Sequence[AlignmentExample]) -> str:
    """Say how well scores tell aligned pairs from others, where there are both."""
    is_aligned = np.array([_is_aligned(each) for each in examples[: len(scores)]], dtype=np.float64)
    if is_aligned.min() == is_aligned.max():
        return f"{len(scores)} rows of one class"
    return f"AUC {auc(scores.astype(np.float64), is_aligned):.3f} on {len(scores):,} rows"


def _is_aligned(example: AlignmentExample) -> bool:
    return example.target == (1 if example.head is Head.BINARY else ALIGNED)


def _read_workloads(options: argparse.Namespace) -> Iterator[Workload]:
    if "short" in options.workloads:
        short = _read_rows(options, _SHORT, options.pairs)
        mixed = [short[index] for index in np.random.default_rng(0).permutation(len(short))]
        yield Workload("short pairs", mixed, options.original_pairs, split=False)
    if "answers" in options.workloads:
        answers = _read_rows(options, _ANSWERS, options.answers)
        yield Workload("RAG answers", answers, len(answers), split=True)
    if "documents" in options.workloads:
        documents = _read_rows(options, _DOCUMENTS, options.documents, least_words=_LONG)
        yield Workload("long documents", documents, len(documents), split=True)


def _read_rows(
    options: argparse.Namespace,
    sources: Sequence[tuple[str, Split]],
    count: int,
    *,
    least_words: int = 0,
) -> list[AlignmentExample]:
    """Return equally many of the first rows of each source whose contexts are long enough."""
    share = -(-count // len(sources))
    rows = [
        example
        for name, split in sources
        for example in islice(_long_rows(options.data_dir, name, split, least_words), share)
    ]
    return rows[:count]


def _long_rows(
    data_dir: Path, name: str, split: Split, least_words: int
) -> Iterator[AlignmentExample]:
    for example in read_examples(get_recipe(name), data_dir, split):
        if len(example.context.split()) >= least_words:
            yield example


def _load_original(checkout: Path, folder: Path, scratch: Path, batch_size: int) -> Any:
    """Return the original's `Inferencer` with the weights of our model."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    set_verbosity_error()  # type: ignore[no-untyped-call]
    checkpoint = _write_checkpoint(folder, scratch)
    _stand_in_for_imports()
    sources = sorted(checkout.glob("src/*/inference.py"))
    if not sources:
        raise SystemExit(f"{checkout} has no src/*/inference.py; check out yuh-zha/Align there")
    sys.path.insert(0, str(checkout / "src"))
    module = import_module(f"{sources[0].parent.name}.inference")
    return module.Inferencer(
        str(checkpoint), model=str(scratch), batch_size=batch_size, device="cpu", verbose=False
    )


def _write_checkpoint(folder: Path, scratch: Path) -> Path:
    """Write an encoder's folder as the original reads it, and a checkpoint in its format."""
    model = AlignmentModel.from_pretrained(folder)
    if model.encoder.config.model_type != "bert":
        raise SystemExit(f"{folder} is no BERT model, but {model.encoder.config.model_type}")
    config = BertConfig.from_dict({**model.encoder.config.to_dict(), "dtype": "float32"})
    plain = BertForPreTraining(config)
    plain.bert.load_state_dict(model.encoder.state_dict())
    plain.tie_weights()
    plain.save_pretrained(scratch)
    for name in (TOKENIZER_FILE, TOKENIZER_CONFIG_FILE):
        shutil.copyfile(folder / name, scratch / name)
    layers = {
        "base_model": model.encoder,
        "mlm_head": plain.cls.predictions,
        "bin_layer": model.heads.binary,
        "tri_layer": model.heads.three_way,
        "reg_layer": model.heads.regression,
    }
    weights = {
        f"{layer}.{name}": value
        for layer, module in layers.items()
        for name, value in module.state_dict().items()
    }
    hyper_parameters = {"model": str(scratch), "using_pretrained": True}
    path = scratch / "original.ckpt"
    torch.save({"state_dict": weights, "hyper_parameters": hyper_parameters}, path)
    return path


class _LightningModule(nn.Module):
    """What scoring uses of Lightning's class."""

    def save_hyperparameters(self) -> None:
        """Do nothing: only training reads them."""

    @classmethod
    def load_from_checkpoint(cls, checkpoint_path: str, strict: bool) -> nn.Module:
        checkpoint = torch.load(checkpoint_path, weights_only=True)
        model = cls(**checkpoint["hyper_parameters"])
        problems = model.load_state_dict(checkpoint["state_dict"], strict=strict)
        if any(problems):
            raise SystemExit(f"the checkpoint does not fit the original's model: {problems}")
        return model


def _stand_in_for_imports() -> None:
    """Provide what the original imports: for training, and one sentence splitter for both sides."""
    sentences = find_original_sentences()  # kept by our side from here on
    stand_ins: dict[str, dict[str, Any]] = {
        "pytorch_lightning": {"LightningModule": _LightningModule},
        "spacy": {"load": lambda _name: None},
        "nltk": {},
        "nltk.tokenize": {"sent_tokenize": sentences},
    }
    for name, members in stand_ins.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(members)
    vars(sys.modules["transformers"])["AdamW"] = torch.optim.AdamW  # gone from transformers 5


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--original", type=Path, required=True, help="a checkout of its code")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--workloads", nargs="+", choices=_WORKLOADS, default=_WORKLOADS)
    parser.add_argument("--pairs", type=int, default=6000, help="short pairs that we score")
    parser.add_argument("--original-pairs", type=int, default=64, help="and that it scores")
    parser.add_argument("--answers", type=int, default=24, help="RAG answers, for both")
    parser.add_argument("--documents", type=int, default=3, help="long documents, for both")
    parser.add_argument("--batch-size", type=int, default=32, help="of the original")
    parser.add_argument("--relevance", default="auto", help="how much of a document is read")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
