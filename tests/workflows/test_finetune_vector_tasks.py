"""All families that read one vector of each text, trained together from one config file."""

from pathlib import Path
from typing import Any

import numpy as np
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_rows

from concord.scoring.task_predictor import TaskPredictor
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 32
max_batch_tokens = 256

[encoder]
name = "{folder}/encoder"

[tasks]
grade = {{ kind = "regression", train = "rows.jsonl", label = "number" }}
same = {{ kind = "paraphrase", train = "rows.jsonl", text_pair = "other", label = "same", \
positive = "yes", projection_size = 8, hidden_sizes = [8] }}
alike = {{ kind = "similarity", train = "rows.jsonl", text_pair = "other", label = "number" }}
choice = {{ kind = "multiple_choice", train = "rows.jsonl", question = "text", \
choices = ["other", "third"], label = "letter" }}
quality = {{ kind = "preference", train = "rows.jsonl", better = "text", worse = "other" }}
pairs = {{ kind = "embedding", train = "rows.jsonl", anchor = "text", positive = "other" }}
triplets = {{ kind = "embedding", train = "rows.jsonl", anchor = "text", positive = "other", \
negative = "third", objective = "triplet", num_layers = 2 }}
scored = {{ kind = "embedding", train = "rows.jsonl", anchor = "text", positive = "other", \
score = "number", normalize = true }}
support = {{ kind = "alignment", train = "rows.jsonl", context = "text", claim = "other", \
head_name = "three_way", label = "relation" }}

[trainer]
epochs = 1
mixed_precision = "no"
validations = 1
"""


def test_one_config_trains_every_family_and_the_model_predicts_each(tmp_path: Path) -> None:
    save_tiny_model(tmp_path / "encoder")
    rows: list[dict[str, Any]] = [
        {
            "text": f"the bridge {number}",
            "other": f"the river {number % 7}",
            "third": f"not {number % 5}",
            "number": number % 6,
            "same": "yes" if number % 3 else "no",
            "letter": "AB"[number % 2],
            "relation": ("entailment", "neutral", "contradiction")[number % 3],
        }
        for number in range(40)
    ]
    write_rows(tmp_path / "rows.jsonl", rows)
    path = tmp_path / "tasks.toml"
    path.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    config, tasks = load_finetune_config(path, ())
    predictor = TaskPredictor.from_pretrained(run_finetuning(config, tasks).model_folder)
    pair = ("the bridge 3", "the river 3")
    assert np.isfinite(predictor.predict("grade", ["the bridge 3"])).all()
    assert set(predictor.predict("same", [pair])[0].probs) == {"yes", "no"}
    assert 0 <= predictor.predict("alike", [pair])[0] <= 5
    assert predictor.predict("choice", [("the bridge 3", list(pair))])[0].choice in pair
    assert predictor.predict("quality", [pair])[0].better in {0, 1}
    assert predictor.predict("pairs", ["the bridge"])[0].shape == (32,)
    assert predictor.predict("triplets", ["the bridge"])[0].shape == (64,)
    assert abs(np.linalg.norm(predictor.predict("scored", ["it"])[0]) - 1) < 1e-5
    assert 0 <= predictor.predict("support", [pair])[0].binary <= 1
