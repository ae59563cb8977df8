import shutil
from pathlib import Path

import openvino as ov
import pytest
import torch
from safetensors import safe_open
from tests.tiny_models import save_tiny_model, tiny_model

from concord.artifact import GRAPH_FILE, WEIGHTS_FILE
from concord.errors import ArtifactError, ConfigError
from concord.export import export_model, is_exported
from concord.scoring.aligner import Aligner
from concord.scoring.backends.graph_file import load_graph_data, read_extras
from concord.scoring.backends.openvino import shared_core


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save_tiny_model(tmp_path_factory.mktemp("model") / "tiny", dtype=torch.float16)
    export_model(folder)
    return folder


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(exported, tmp_path / "copy"))


def test_the_graph_holds_no_weights(exported: Path) -> None:
    with safe_open(exported / WEIGHTS_FILE, framework="np") as weights:
        largest = max(weights.get_tensor(name).nbytes for name in weights.keys())  # noqa: SIM118
    assert len(read_extras(exported / GRAPH_FILE).constants) < largest
    assert not list(exported.glob("*.bin"))
    assert not list(exported.glob(".export-*"))


def test_a_graph_that_fits_is_left_alone(folder: Path) -> None:
    before = (folder / GRAPH_FILE).stat().st_mtime_ns
    assert export_model(folder) == folder / GRAPH_FILE
    assert (folder / GRAPH_FILE).stat().st_mtime_ns == before


def test_weights_that_changed_since_are_refused_and_exported_anew(folder: Path) -> None:
    tiny_model(seed=9).save_pretrained(folder, dtype=torch.float16)
    assert not is_exported(folder)
    with pytest.raises(ArtifactError, match=r"is not the file that openvino_model\.xml was made"):
        Aligner.from_pretrained(folder)
    export_model(folder)
    assert Aligner.from_pretrained(folder).predict(["the"], ["old"]).binary.shape == (1,)


def test_an_export_that_breaks_off_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / GRAPH_FILE).unlink()
    before = sorted(folder.iterdir())

    def fail(*_arguments: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("concord.export.openvino.redirect_constants", fail)
    with pytest.raises(KeyboardInterrupt):
        export_model(folder)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is damaged"),
        ("<net><layers>", "is damaged"),
        ("<net/>", "was not made by concord"),
    ],
)
def test_a_damaged_graph_is_named(folder: Path, content: str, message: str) -> None:
    (folder / GRAPH_FILE).write_text(content)
    with pytest.raises(ArtifactError, match=message):
        load_graph_data(folder)


def test_a_graph_without_its_weights_is_named(folder: Path) -> None:
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(ArtifactError, match=r"model\.safetensors cannot be read"):
        Aligner.from_pretrained(folder)


def test_without_a_graph_torch_scores_where_it_is_installed(folder: Path) -> None:
    (folder / GRAPH_FILE).unlink()
    assert "torch on cpu, f32" in repr(Aligner.from_pretrained(folder))
    with pytest.raises(ArtifactError, match="run `concord export"):
        Aligner.from_pretrained(folder, backend="openvino")


def test_without_a_graph_and_without_torch_the_way_out_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / GRAPH_FILE).unlink()
    monkeypatch.setattr("concord.scoring.backends.selection.find_spec", lambda _name: None)
    with pytest.raises(ArtifactError, match="torch is not installed; run `concord export"):
        Aligner.from_pretrained(folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "onnx"}, "unknown backend 'onnx'; choose one of auto, openvino, torch"),
        (
            {"precision": "int9"},
            "unknown precision 'int9'; choose one of auto, fast, f32, bf16, int8",
        ),
        ({"backend": "openvino", "device": "cuda"}, "runs on the cpu, got device 'cuda'"),
        ({"device": "abacus"}, "torch cannot use device 'abacus'"),
    ],
)
def test_an_option_that_cannot_work_is_named(
    exported: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Aligner.from_pretrained(exported, **options)  # type: ignore[arg-type]


def test_threads_are_what_was_asked_for(exported: Path) -> None:
    aligner = Aligner.from_pretrained(exported, precision="f32", threads=1)
    assert repr(aligner) == "Aligner(tiny: openvino, f32, 1 threads)"
    with pytest.raises(ConfigError, match="threads must be at least 1, or None"):
        Aligner.from_pretrained(exported, threads=0)


def test_sums_and_norms_stay_in_float32_where_the_rest_is_bfloat16(exported: Path) -> None:
    graph_file = (exported / GRAPH_FILE).read_bytes()
    graph = shared_core().read_model(graph_file, ov.Tensor(load_graph_data(exported)))
    compiled = shared_core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"})
    executed = [node.get_rt_info() for node in compiled.get_runtime_model().get_ops()]
    precisions = {
        kind: {
            info["runtimePrecision"].value for info in executed if info["layerType"].value == kind
        }
        for kind in ("FullyConnected", "MVN")
    }
    assert precisions == {"FullyConnected": {"bf16"}, "MVN": {"f32"}}
