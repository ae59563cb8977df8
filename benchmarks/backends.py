"""The same pairs on every engine that could run the encoder, for choosing among them.

OpenVINO and torch in the precisions that `Aligner` offers, and ONNX Runtime in float32 and with its
dynamic int8. All get the same batches of similar length, and each round runs all of them in turn.
Needs the development environment, onnx, onnxruntime and onnxscript, and a folder of data sets.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import onnxruntime
import torch
from machine import describe_machine
from onnxruntime.quantization import QuantType, quantize_dynamic

from concord import Aligner
from concord.alignment import AlignmentExample
from concord.artifact import find_model
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.model import AlignmentModel
from concord.model.first_token import first_token_alone
from concord.text import TokenBatch

_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
_CHOICES: Final = (
    ("torch", "f32"),
    ("torch", "bf16"),
    ("openvino", "f32"),
    ("openvino", "bf16"),
    ("openvino", "int8"),
)


class OnnxBackend:
    """Runs an ONNX file with all threads on one batch."""

    num_streams = 1

    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[Any]:
        """Yield the joint logits of each batch."""
        for batch in batches:
            yield self._session.run(None, {name: getattr(batch, name) for name in _INPUTS})[0]


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    folder = find_model(options.model)
    examples = read_examples(get_recipe("snli"), options.data_dir, Split.VALIDATION)
    rows = list(islice(examples, options.pairs))
    with tempfile.TemporaryDirectory() as scratch:
        aligners = _open(folder, Path(scratch), options.threads)
        seconds: dict[str, list[float]] = {name: [] for name in aligners}
        answers = {name: _classes(aligner, rows) for name, aligner in aligners.items()}
        for _ in range(options.rounds):
            for name, aligner in aligners.items():
                started = time.perf_counter()
                _classes(aligner, rows)
                seconds[name].append(time.perf_counter() - started)
    print(f"{describe_machine()}, {options.threads} threads; {len(rows):,} pairs of snli")
    targets = np.array([each.target for each in rows])
    reference, *_ = aligners
    for name in aligners:
        ratios = [base / own for base, own in zip(seconds[reference], seconds[name], strict=True)]
        print(
            f"{name:18} {len(rows) / median(seconds[name]):6.0f} pairs/s, {median(ratios):.2f} "
            f"times {reference} ({min(ratios):.2f} to {max(ratios):.2f}), accuracy "
            f"{np.mean(answers[name] == targets):.2%}, "
            f"{np.mean(answers[name] == answers[reference]):.1%} the same class"
        )


def _open(folder: Path, scratch: Path, threads: int) -> dict[str, Aligner]:
    aligners = {
        f"{backend} {precision}": Aligner.from_pretrained(
            folder, backend=backend, precision=precision, threads=threads
        )
        for backend, precision in _CHOICES
    }
    first = next(iter(aligners.values()))
    for name, path in _export(folder, scratch).items():
        aligners[name] = Aligner(OnnxBackend(path, threads), first.tokenizer, first.settings)
    return aligners


def _export(folder: Path, scratch: Path) -> dict[str, Path]:
    """Write the model as ONNX, and with the weights of its products in int8."""
    model = AlignmentModel.from_pretrained(folder)
    example = torch.ones((2, 8), dtype=torch.int64)
    whole, rounded = scratch / "model.onnx", scratch / "int8.onnx"
    with first_token_alone(model.encoder):
        torch.onnx.export(
            model,
            (example, example, example),
            whole,
            input_names=list(_INPUTS),
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in _INPUTS},
            dynamo=False,
        )
    quantize_dynamic(whole, rounded, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
    return {"onnxruntime f32": whole, "onnxruntime int8": rounded}


def _classes(aligner: Aligner, rows: list[AlignmentExample]) -> Any:
    scores = aligner.predict([each.context for each in rows], [each.claim for each in rows])
    return scores.three_way.argmax(axis=1)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
