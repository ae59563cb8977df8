"""A folder with a task of each token family answers without torch as the model in memory does."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_task_models import task_predictor, tiny_task_model

from concord.export import export_encoder
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.entities import Entities
from concord.tasks.masked_language import MaskedLanguage
from concord.tasks.question_answering import QuestionAnswering
from concord.tasks.replaced_tokens import ReplacedTokens

TEXT = "the old bridge in Rome, it opened in 1932"
TASKS: dict[str, AnyTask] = {
    "ner": Entities(labels=("A", "B"), scheme="iob2", num_layers=2),  # type: ignore[arg-type]
    "crf": Entities(labels=("A",), crf=True, hidden_sizes=(8,)),
    "qa": QuestionAnswering(stride=4, no_answer_threshold=9.0),
    "lm": MaskedLanguage(num_candidates=3),
    "rtd": ReplacedTokens(generator_layers=1, generator_size=16),
}
INPUTS: dict[str, list[Any]] = {
    "ner": [TEXT, TEXT.split()],
    "crf": [TEXT * 5, ""],
    "qa": [(TEXT * 5, "is it old"), {"context": TEXT, "question": "where"}],
    "lm": ["the [MASK] is [MASK]"],
    "rtd": [TEXT * 3],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("token_tasks")
    tiny_task_model(TASKS).save_pretrained(folder)
    export_encoder(folder)
    return folder


def test_a_saved_folder_answers_as_the_model_in_memory(folder: Path) -> None:
    saved = TaskPredictor.from_pretrained(folder, precision="f32", threads=1)
    assert saved.tasks == TASKS
    live = task_predictor(tiny_task_model(TASKS))
    for name, inputs in INPUTS.items():
        for ours, theirs in zip(
            saved.predict(name, inputs), live.predict(name, inputs), strict=True
        ):
            assert _numbers(ours) == pytest.approx(_numbers(theirs), abs=1e-4)
            assert _words(ours) == _words(theirs)


def test_predicting_tokens_needs_no_torch(folder: Path) -> None:
    code = (
        "import sys\n"
        "from concord.scoring.task_predictor import TaskPredictor\n"
        f"predictor = TaskPredictor.from_pretrained({str(folder)!r}, threads=1)\n"
        f"predictor.predict_together({INPUTS!r})\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)  # noqa: S603 - our own code


def _parts(value: object) -> list[object]:
    """Return what an answer holds, whatever its form, one after another."""
    if isinstance(value, list | tuple):
        return [part for each in value for part in _parts(each)]
    names = getattr(value, "__dataclass_fields__", None)
    return [value] if names is None else _parts([getattr(value, name) for name in names])


def _numbers(value: object) -> list[float]:
    return [part for part in _parts(value) if isinstance(part, int | float)]


def _words(value: object) -> list[str]:
    return [part for part in _parts(value) if isinstance(part, str)]
