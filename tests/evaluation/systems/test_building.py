"""Systems by name, and models as systems."""

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import save_tiny_task_model

from concord.artifact import BUNDLED_FOLDER, BUNDLED_MODEL
from concord.errors import ArtifactError, ConfigError
from concord.evaluation.systems import SYSTEMS, SystemOptions, build_system
from concord.evaluation.systems.model_facts import (
    declared_datasets,
    folder_digest,
    folder_name,
    weights_size_mb,
)
from concord.export import export_model
from concord.scoring import Aligner
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.embedding import Embedding

CONTEXT = "the bridge is long. it opened in 1932. the old river is not long."
CLAIM = "it opened in 1932."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save_tiny_model(tmp_path_factory.mktemp("run") / "model")
    export_model(folder)
    return folder


@pytest.mark.parametrize("name", [name for name in SYSTEMS.names() if name != "cosine"])
def test_each_name_builds_a_system_with_its_card(name: str) -> None:
    system = build_system(name, SystemOptions(threads=1))
    again = build_system(name, SystemOptions(threads=1))
    assert len(system.fingerprint) == 16
    assert system.fingerprint == again.fingerprint
    assert system.kind == ("model" if name == "unsplit" else "baseline")
    assert system.description.endswith(".")


def test_all_baselines_have_fingerprints_of_their_own() -> None:
    names = [name for name in SYSTEMS.names() if name not in {"cosine", "unsplit"}]
    assert len({build_system(name).fingerprint for name in names}) == len(names)


def test_an_unknown_name_is_told_its_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown system 'rouge-2'; did you mean 'rouge_2'"):
        build_system("rouge-2")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("cosine", "system 'cosine' needs a model: write cosine:FOLDER"),
        ("majority:x", "system 'majority' takes no model, got 'majority:x'"),
    ],
)
def test_a_model_in_the_wrong_place_is_told(written: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        build_system(written)


def test_a_folder_opens_a_model_that_answers_as_the_aligner_does(model: Path) -> None:
    system = build_system(str(model), SystemOptions(threads=1))
    aligner = Aligner.from_pretrained(model, threads=1)
    assert (system.name, system.kind) == (model.parent.name, "model")  # RUN/model is called RUN
    assert system.score([CONTEXT], [CLAIM], head="three_way") == pytest.approx(
        aligner.score([CONTEXT], [CLAIM])
    )
    whole = build_system(f"unsplit:{model}", SystemOptions(threads=1))
    assert whole.score([CONTEXT], [CLAIM], head="binary") == pytest.approx(
        aligner.predict([CONTEXT], [CLAIM]).binary
    )


def test_a_path_without_a_model_is_not_taken_for_a_name() -> None:
    with pytest.raises(ArtifactError, match="there is no model folder"):
        build_system("./none")


def test_the_bundled_model_says_what_it_learned() -> None:
    system = build_system(BUNDLED_MODEL, SystemOptions(threads=1))
    assert system.name == BUNDLED_MODEL
    assert {"snli", "mnli", "vitaminc"} <= set(system.seen)
    assert system.parameters is not None
    assert 22e6 < system.parameters < 23e6
    assert system.size_mb == pytest.approx(2e-6 * system.parameters, rel=0.01)  # 16 bits each


def test_a_model_without_a_card_has_seen_nothing_known(tmp_path: Path) -> None:
    assert declared_datasets(tmp_path) == ()
    (tmp_path / "README.md").write_text("# No front matter\ndatasets:\n- x\n", encoding="utf-8")
    assert declared_datasets(tmp_path) == ()


def test_the_cosine_of_a_model_of_tasks_takes_its_embedding(tmp_path: Path) -> None:
    tasks: dict[str, AnyTask] = {"mood": Classification(labels=("a", "b")), "sentence": Embedding()}
    folder = save_tiny_task_model(tmp_path / "encoder", tasks)
    system = build_system(f"cosine:{folder}", SystemOptions(threads=1))
    same, other = system.predict([CLAIM, CONTEXT], [CLAIM, CLAIM]).regression
    assert same == pytest.approx(1.0, abs=1e-3)
    assert other < same
    (best,) = system.score([f"{CONTEXT} {CLAIM}"], [CLAIM], head="binary")
    assert 0 <= best <= 1
    assert system.name == "cosine (encoder)"


def test_the_cosine_needs_an_embedding_task(tmp_path: Path) -> None:
    folder = save_tiny_task_model(tmp_path / "mood", {"mood": Classification(labels=("a", "b"))})
    with pytest.raises(ConfigError, match=r"has no embedding task \(it has mood\)"):
        build_system(f"cosine:{folder}", SystemOptions(threads=1))


def test_a_digest_changes_with_files_in_folders_but_not_with_the_card(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "head").write_bytes(b"one")
    first = folder_digest(tmp_path)
    (tmp_path / "README.md").write_text("a card", encoding="utf-8")
    assert folder_digest(tmp_path) == first
    (tmp_path / "tasks" / "head").write_bytes(b"two")
    assert folder_digest(tmp_path) != first


def test_weights_that_are_there_twice_are_counted_once(tmp_path: Path) -> None:
    assert weights_size_mb(tmp_path) is None
    (tmp_path / "pytorch_model.bin").write_bytes(bytes(2_500))
    assert weights_size_mb(tmp_path) == 0.0025
    (tmp_path / "model.safetensors").write_bytes(bytes(1_000))
    assert weights_size_mb(tmp_path) == 0.001


def test_a_model_is_called_like_its_folder_or_its_run(tmp_path: Path) -> None:
    assert folder_name(BUNDLED_FOLDER / BUNDLED_MODEL) == BUNDLED_MODEL
    assert folder_name(tmp_path / "mine" / "model") == "mine"


def test_degrees_of_baselines_are_numbers_in_their_range() -> None:
    for name in ("majority", "lexical_overlap", "bigram_overlap", "rouge_2"):
        degrees = build_system(name).score(["", CONTEXT], ["a", CLAIM], head="regression")
        assert degrees.dtype == np.float32
        assert ((degrees >= 0) & (degrees <= 1)).all()
