"""The cosine baseline over encoders as other makers save them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import pairwise_cos_sim
from tests.tiny_tasks import save_tiny_task_model

from concord.errors import ConfigError
from concord.export import export_sentence_transformer
from concord.tasks.embedding import Embedding
from concord.tasks.heads import Pooling
from concord.workflows.contenders import build_contender
from concord.workflows.contenders.sentence_encoders import stated_pooling

TEXTS = ["the bridge is long", "it opened in 1932", "not the old river"]


def test_cosines_are_those_of_sentence_transformers(tmp_path: Path) -> None:
    folder = save_tiny_task_model(tmp_path / "own", {"sentence": Embedding()})
    theirs = tmp_path / "theirs"
    export_sentence_transformer(folder, "sentence", theirs)
    library = SentenceTransformer(str(theirs), device="cpu")
    others = [*TEXTS[1:], TEXTS[0]]
    expected = pairwise_cos_sim(library.encode(TEXTS), library.encode(others)).clamp(min=0)
    system = build_contender(f"cosine:{theirs}")
    assert system.predict(TEXTS, others).regression == pytest.approx(expected.numpy(), abs=1e-4)
    assert system.name == "cosine (theirs)"


def test_a_model_of_tasks_is_opened_as_it_is(tmp_path: Path) -> None:
    folder = save_tiny_task_model(tmp_path / "own", {"sentence": Embedding()})
    assert build_contender(f"cosine:{folder}").predict(TEXTS, TEXTS).binary == pytest.approx(
        [1.0] * 3, abs=1e-3
    )


@pytest.mark.parametrize(
    ("stated", "pooling"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, Pooling.FIRST),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, Pooling.MEAN),
        ({"pooling_mode": "cls"}, Pooling.FIRST),
        (None, Pooling.MEAN),
    ],
)
def test_the_pooling_is_the_one_that_the_encoder_states(
    tmp_path: Path, stated: Mapping[str, object] | None, pooling: Pooling
) -> None:
    if stated is not None:
        (tmp_path / "1_Pooling").mkdir()
        text = json.dumps(stated)
        (tmp_path / "1_Pooling" / "config.json").write_text(text, encoding="utf-8")
    assert stated_pooling(tmp_path) is pooling


def test_another_pooling_is_told(tmp_path: Path) -> None:
    (tmp_path / "1_Pooling").mkdir()
    text = json.dumps({"pooling_mode_max_tokens": True})
    (tmp_path / "1_Pooling" / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="says pooling 'max_tokens'"):
        stated_pooling(tmp_path)
