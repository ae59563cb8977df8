"""Fine-tuning with tags of words, which are found once."""

from pathlib import Path

import pytest
from tests.tiny_models import save_tiny_model
from tests.tiny_tagger import save_tiny_pipeline
from tests.tiny_tasks import write_reviews
from tests.tiny_training import read_log

from concord.model import TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.text import spacy_tagger
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

_CONFIG = """
threads = 1
max_tokens = 32
max_batch_tokens = 64

[encoder]
name = "{folder}/encoder"

[adaptation]
kind = "tags"
spacy_model = "{folder}/pipeline"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
held_out = 0.3
text = "body"
label = "stars"

[trainer]
epochs = 4
mixed_precision = "no"
validations = 1

[trainer.optimizer]
learning_rate = 3e-3
"""


def _train(path: Path, output: Path) -> Path:
    config, tasks = load_finetune_config(path, [f"output={output}"])
    return run_finetuning(config, tasks).model_folder


def test_tag_vectors_are_learned_and_a_second_run_tags_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tiny_model(tmp_path / "encoder")
    save_tiny_pipeline(tmp_path / "pipeline")
    write_reviews(tmp_path / "reviews.jsonl", copies=8)
    path = tmp_path / "tasks.toml"
    path.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    folder = _train(path, tmp_path / "first")
    losses = [record["loss"] for record in read_log(folder.parent)]
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4])
    tables = TaskModel.from_pretrained(folder).encoder.state_dict()
    learned = tables["parts_of_speech.weight"].abs().sum(dim=1)
    assert (learned[[2, 6, 8]] > 0).all()  # ADP, DET, NOUN
    assert learned[0] == 0
    assert TaskPredictor.from_pretrained(folder).predict("mood", ["it is the bridge"])
    [kept] = (tmp_path / "encoded").glob("tags-*.sqlite")
    for encoded in (tmp_path / "encoded").glob("mood-*"):
        encoded.rename(tmp_path / encoded.name)  # so that texts are read anew
    before = kept.stat().st_mtime_ns
    monkeypatch.setattr(spacy_tagger, "_pipeline", None)  # not to be called
    again = _train(path, tmp_path / "second")
    assert kept.stat().st_mtime_ns == before
    assert [record["loss"] for record in read_log(again.parent)] == losses
