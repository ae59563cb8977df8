"""Scoring with an exported model of random weights, as a user does it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import save_tiny_model, set_threshold

from concord.errors import InputError
from concord.export import export_model
from concord.scoring.aligner import Aligner


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    saved = save_tiny_model(tmp_path_factory.mktemp("model") / "tiny")
    export_model(saved)
    return saved


@pytest.fixture(scope="module")
def aligner(folder: Path) -> Aligner:
    return Aligner.from_pretrained(folder, precision="f32", threads=1)


TEXTS = {
    "empty": "",
    "blank": " \t\n",
    "emoji": "The bridge \U0001f309 is long \U0001f468\u200d\U0001f469\u200d\U0001f467!",
    "right to left": "\u05d4\u05d2\u05e9\u05e8 \u05d0\u05e8\u05d5\u05da. \u0627\u0644",
    "NUL": "The\x00bridge\x00 is old.",
    "lone surrogates": "The \ud800 bridge \udfff is long.",
    "combining": "e\u0301" * 500,
    "one sentence": "bridge " * 5_000,
    "one word": "x" * 5_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_has_a_score(aligner: Aligner, name: str) -> None:
    text = TEXTS[name]
    scores = [
        *aligner.score([text], ["The bridge is old."]),
        *aligner.predict([text], ["old"]).binary,
    ]
    if text.strip():
        scores += [
            *aligner.score(["The bridge."], [text]),
            *aligner.predict(["old"], [text]).binary,
        ]
        assert aligner.explain(text, text).sentences
    assert np.isfinite(scores).all()
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("split", [True, "packed", "original", False])
def test_every_way_to_split_scores_in_the_order_of_the_pairs(
    aligner: Aligner, split: bool | str
) -> None:
    contexts = ["The bridge is old. " * n for n in (1, 30, 0, 7, 1)]
    claims = ["It is long. The river is old."] * 5
    together = aligner.score(contexts, claims, split=split)
    alone = [aligner.score([c], [a], split=split)[0] for c, a in zip(contexts, claims, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together[0] == together[4]


def test_a_hundred_thousand_words_are_read_to_the_end(aligner: Aligner) -> None:
    filler = "The bridge is long. " * 25_000
    claim = "Quartz vexed fjord."
    ending = "\n\nQuartz vexed fjord in 1932; not the old river."
    [sentence] = aligner.explain(filler + ending, claim).sentences
    assert aligner.num_truncated == 0
    # All chunks but the last are alike, so one of the two extremes is the last.
    assert len(filler + ending) in {sentence.support.end, sentence.contradiction.end}


def test_a_mistake_says_what_and_where(aligner: Aligner) -> None:
    with pytest.raises(InputError, match=r"claims\[1\] is empty"):
        aligner.verify(["a", "b"], ["a", " "])
    with pytest.raises(InputError, match="claim is empty"):
        aligner.explain("a", "")
    with pytest.raises(InputError, match="contexts is a single text"):
        aligner.predict("a", "b")


def test_the_shipped_threshold_decides(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "strict"
    Aligner.from_pretrained(folder).save_pretrained(copy)
    set_threshold(copy, 0.0)
    lenient = Aligner.from_pretrained(copy)
    assert [verdict.label for verdict in lenient.verify(["the"], ["old"])] == ["supported"]
    set_threshold(copy, 1.0)
    strict = Aligner.from_pretrained(copy)
    assert [verdict.label for verdict in strict.verify(["the"], ["old"])] != ["supported"]


def test_a_copied_model_scores_alike(folder: Path, aligner: Aligner, tmp_path: Path) -> None:
    aligner.save_pretrained(tmp_path / "copy")
    copy = Aligner.from_pretrained(tmp_path / "copy", precision="f32", threads=1)
    texts = (["The bridge opened in 1932."], ["It is old."])
    assert copy.score(*texts) == aligner.score(*texts)
    aligner.save_pretrained(folder)  # onto itself: nothing to do, and nothing lost
    assert Aligner.from_pretrained(folder, precision="f32").score(*texts) == aligner.score(*texts)


def test_scoring_works_where_torch_is_not_installed(folder: Path) -> None:
    program = f"""
import sys
for package in ("torch", "transformers", "accelerate", "sklearn", "scipy"):
    sys.modules[package] = None  # importing it now fails, as if it were not there
from concord import Aligner
aligner = Aligner.from_pretrained({str(folder)!r})
print(len(aligner.verify(["The bridge is old."], ["It is old."])), aligner.score([""], ["a"]).shape)
"""
    done = subprocess.run(  # noqa: S603  # our own interpreter, on a program written above
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1 (1,)"
