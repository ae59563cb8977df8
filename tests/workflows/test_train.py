"""A training run as a user starts it: from a config file to a model folder."""

import json
from pathlib import Path

import pytest
from tests.tiny_training import read_log, write_config

from concord.alignment import Head
from concord.errors import ConfigError, MissingExtraError
from concord.model import AlignmentModel
from concord.training import StepReport
from concord.workflows.model_card import SourceReport
from concord.workflows.train import train


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config whose data, encoder and token cache the tests of this module share."""
    return write_config(tmp_path_factory.mktemp("training"))


@pytest.fixture(autouse=True)
def _no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the exported graph to the end-to-end test: it takes longer than these runs."""
    monkeypatch.setattr("concord.workflows.train.export_model", lambda _folder: None)


def output(folder: Path) -> str:
    return f"output={folder / 'run'}"


def validations(run: Path) -> list[tuple[int, float]]:
    return [(line["step"], line["metrics"]["mean"]) for line in read_log(run) if line["metrics"]]


def test_an_easy_set_is_learned_and_the_log_is_complete(prepared: Path, tmp_path: Path) -> None:
    shown: list[StepReport] = []
    outcome = train(prepared, [output(tmp_path), "trainer.epochs=12"], on_step=shown.append)
    log = read_log(tmp_path / "run")
    steps = outcome.result.state.step
    assert [line["step"] for line in log] == list(range(1, steps + 1))
    assert [report.step for report in shown] == [line["step"] for line in log]
    losses = [line["loss"] for line in log]
    assert sum(losses[-7:]) < 0.4 * sum(losses[:7])
    assert log[-1]["loss"] == outcome.result.final_loss == sum(log[-1]["losses"].values())
    assert log[-1]["losses"].keys() == {"binary", "three_way", "regression", "masked_language"}
    assert log[-1]["max_steps"] == steps
    assert log[-1]["pairs"] == 12 * 72  # 3 sets of 24 pairs
    assert [round(step / steps, 1) for step, _ in validations(tmp_path / "run")] == [
        pytest.approx(share, abs=0.1) for share in (0.25, 0.5, 0.75, 1.0)
    ]
    assert outcome.result.state.best_value == max(v for _, v in validations(tmp_path / "run"))
    assert outcome.result.state.best_value > 0.8
    metrics = next(line["metrics"] for line in log if line["metrics"])
    assert metrics.keys() == {"snli/accuracy", "paws/accuracy", "stsb/pearson", "mean"}


def test_the_result_is_a_16_bit_model_with_thresholds_and_a_card(
    prepared: Path, tmp_path: Path
) -> None:
    folder = train(prepared, [output(tmp_path)]).model_folder
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["dtype"] == "bfloat16"
    model = AlignmentModel.from_pretrained(folder)
    assert set(model.settings.thresholds) >= {Head.BINARY, Head.THREE_WAY}
    assert (model.settings.max_tokens, model.settings.chunk_tokens) == (72, 32)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "snli" in card
    assert "logits were divided by binary" in card


@pytest.mark.parametrize(
    "overrides",
    [
        ['trainer.mixed_precision="bf16"'],
        ["trainer.accumulation_steps=3"],
        ["trainer.masking.weight=0.5"],
    ],
    ids=["bf16", "accumulation", "masked tokens"],
)
def test_a_run_can_be_repeated_exactly(
    prepared: Path, tmp_path: Path, overrides: list[str]
) -> None:
    first, second = (
        train(prepared, [*overrides, output(tmp_path / name), "trainer.epochs=1"])
        for name in ("first", "second")
    )
    assert first.result.final_loss == second.result.final_loss
    weights = [outcome.model_folder / "model.safetensors" for outcome in (first, second)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_workers_change_nothing(prepared: Path, tmp_path: Path) -> None:
    alone, shared = (
        train(prepared, [output(tmp_path / str(workers)), f"trainer.num_workers={workers}"])
        for workers in (0, 2)
    )
    assert alone.result.final_loss == shared.result.final_loss


def test_another_seed_gives_another_run(prepared: Path, tmp_path: Path) -> None:
    first, second = (
        train(prepared, [output(tmp_path / str(seed)), f"seed={seed}"]) for seed in (0, 1)
    )
    assert first.result.final_loss != second.result.final_loss


@pytest.mark.parametrize("direction", ["max", "min"])
def test_the_best_model_is_chosen_by_metric_and_direction(
    prepared: Path, tmp_path: Path, direction: str
) -> None:
    overrides = [
        'trainer.best_metric="stsb/pearson"',
        f'trainer.direction="{direction}"',
        "trainer.validations=7",
    ]
    outcome = train(prepared, [output(tmp_path), *overrides])
    log = read_log(tmp_path / "run")
    values = {line["step"]: line["metrics"]["stsb/pearson"] for line in log if line["metrics"]}
    wanted = (max if direction == "max" else min)(values.values())
    assert outcome.result.state.best_value == wanted
    assert values[outcome.result.state.best_step or 0] == wanted
    best = tmp_path / "run" / f"best-{outcome.result.state.best_step:08d}"
    assert outcome.result.model_folder == best


def test_a_run_without_improvement_stops_when_patience_is_over(
    prepared: Path, tmp_path: Path
) -> None:
    # The first validation is the best so far; no later one is better by 10. So the run ends at
    # the third, after two without improvement.
    overrides = ["trainer.patience=2", "trainer.min_delta=10", "trainer.validations=7"]
    outcome = train(prepared, [output(tmp_path), *overrides])
    assert len(validations(tmp_path / "run")) == 3
    assert outcome.result.state.stale_validations == 2
    assert outcome.result.state.best_step == validations(tmp_path / "run")[0][0]
    again = train(prepared, [output(tmp_path), *overrides])
    assert again.result.state == outcome.result.state


def test_a_finished_run_gives_its_result_again(prepared: Path, tmp_path: Path) -> None:
    first = train(prepared, [output(tmp_path)])
    second = train(prepared, [output(tmp_path)])
    assert second.result == first.result
    assert len(read_log(tmp_path / "run")) == first.result.state.step


def test_a_finished_run_takes_the_chunks_of_a_mended_config(prepared: Path, tmp_path: Path) -> None:
    train(prepared, [output(tmp_path)])
    (tmp_path / "run" / "config.json").unlink()
    outcome = train(prepared, [output(tmp_path), "chunk_tokens=24"])
    assert AlignmentModel.from_pretrained(outcome.model_folder).settings.chunk_tokens == 24


def test_checkpoints_are_pruned_and_the_best_model_stays(prepared: Path, tmp_path: Path) -> None:
    overrides = ["trainer.keep_checkpoints=2", "trainer.checkpoint_steps=2"]
    outcome = train(prepared, [output(tmp_path), *overrides])
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert len([name for name in names if name.startswith("checkpoint-")]) == 2
    assert f"checkpoint-{outcome.result.state.step:08d}" in names
    assert f"best-{outcome.result.state.best_step:08d}" in names
    assert [name for name in names if name.startswith(".")] == []


def test_tensorboard_gets_losses_metrics_and_the_config(prepared: Path, tmp_path: Path) -> None:
    name = "tensorboard.backend.event_processing.event_accumulator"
    accumulator = pytest.importorskip(name)
    train(prepared, [output(tmp_path), 'trainer.trackers=["tensorboard"]'])
    events = accumulator.EventAccumulator(str(tmp_path / "run" / "concord"))
    events.Reload()
    assert {"loss", "three_way", "learning_rate", "paws/accuracy"} <= set(events.Tags()["scalars"])
    losses = [line["loss"] for line in read_log(tmp_path / "run")]
    assert [event.value for event in events.Scalars("loss")] == pytest.approx(losses)
    (config,) = (tmp_path / "run" / "concord").rglob("hparams.yml")
    assert "trainer.optimizer.learning_rate: 0.003" in config.read_text(encoding="utf-8")


def test_wandb_keeps_an_offline_run_beside_the_log(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    train(prepared, [output(tmp_path), "trainer.epochs=1", 'trainer.trackers=["wandb"]'])
    (run,) = (tmp_path / "run" / "wandb").glob("offline-run-*/run-*.wandb")
    content = run.read_bytes()
    for written in (b"paws/accuracy", b"learning_rate", b"trainer.optimizer.warmup_ratio"):
        assert written in content


def test_a_tracker_that_is_not_installed_is_named(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concord.training.tracking.find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"tracker 'wandb' needs .* 'concord\[track\]'"):
        train(prepared, [output(tmp_path), 'trainer.trackers=["wandb"]'])


def test_a_changed_config_in_the_same_folder_is_refused(prepared: Path, tmp_path: Path) -> None:
    overrides = [output(tmp_path), "trainer.epochs=1"]
    train(prepared, overrides)
    with pytest.raises(ConfigError, match=r"holds a run of another config .*; name another"):
        train(prepared, [*overrides, "seed=3"])


def test_a_run_begun_before_an_option_existed_goes_on(prepared: Path, tmp_path: Path) -> None:
    overrides = [output(tmp_path), "trainer.epochs=1"]
    train(prepared, overrides)
    copy = tmp_path / "run" / "config.json"
    config = json.loads(copy.read_text(encoding="utf-8"))
    del config["data"]["augmentation"]["perturbations"]
    del config["data"]["augmentation"]["perturbation_rate"]
    copy.write_text(json.dumps(config), encoding="utf-8")
    assert train(prepared, overrides).result.state.step > 0
    with pytest.raises(ConfigError, match="holds a run of another config"):
        train(prepared, [*overrides, 'data.augmentation.perturbations=["typos"]'])


def test_a_run_without_perturbations_is_the_same_to_the_byte(
    prepared: Path, tmp_path: Path
) -> None:
    rates = ("0.1", "0.9")  # a rate alone changes nothing
    weights = []
    for rate in rates:
        run = f"output={tmp_path / rate}"
        rated = f"data.augmentation.perturbation_rate={rate}"
        outcome = train(prepared, [run, "trainer.epochs=1", rated])
        weights.append((outcome.model_folder / "model.safetensors").read_bytes())
        assert [source.copies for source in outcome.sources] == [0, 0, 0]
    assert weights[0] == weights[1]


def test_perturbed_copies_are_learned_and_told_in_the_card(prepared: Path, tmp_path: Path) -> None:
    perturbations = 'data.augmentation.perturbations=["upper_case"]'
    rate = "data.augmentation.perturbation_rate=1.0"
    outcome = train(prepared, [output(tmp_path), "trainer.epochs=1", perturbations, rate])
    # every claim of the two sets with classes; degrees of similarity are left alone
    assert {source.recipe.name: source.copies for source in outcome.sources} == {
        "snli": 24,
        "paws": 24,
        "stsb": 0,
    }
    assert [source.pairs_per_epoch for source in outcome.sources] == [(48,), (48,), (24,)]
    card = (outcome.model_folder / "README.md").read_text(encoding="utf-8")
    assert "48 altered copies of examples were learned beside them." in card


def test_a_licence_class_that_is_not_allowed_is_refused(prepared: Path, tmp_path: Path) -> None:
    overrides = ['data.recipes=["snli", "qqp"]', 'data.licence_classes=["open"]']
    with pytest.raises(ConfigError, match="names 'qqp', whose licence class is noncommercial"):
        train(prepared, [output(tmp_path), *overrides])


def test_pairs_longer_than_the_encoders_window_are_refused(prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be at most 72, the encoder's window, got 100"):
        train(prepared, [output(tmp_path), "data.max_tokens=100"])


def test_a_metric_that_is_not_computed_is_refused(prepared: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'mnli/f1' will not be computed; choose one of snli/ac"):
        train(prepared, [output(tmp_path), 'trainer.best_metric="mnli/f1"'])


def test_each_set_reports_rows_unlabelled_and_shortened_ones(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    rows = [
        {"id": "a", "text_a": "the bridge is old", "text_b": "it is old", "label": "-"},
        {"id": "b", "text_a": "bridge " * 90, "text_b": "it is old", "label": "neutral"},
    ]
    with (tmp_path / "data" / "snli" / "train.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    told: list[SourceReport] = []
    train(config, ["trainer.epochs=1"], on_sources=told.extend)
    snli = told[0]
    assert (snli.report.rows, snli.report.examples, snli.report.unlabelled) == (26, 25, 1)
    assert (snli.pairs_per_epoch, snli.shortened) == ((25,), 1)
    assert snli.report.targets == {"aligned": 8, "neutral": 9, "contradicted": 8}


def test_max_rows_gives_a_dry_run(prepared: Path, tmp_path: Path) -> None:
    told: list[SourceReport] = []
    overrides = ["data.max_rows=4", "trainer.epochs=1"]
    outcome = train(prepared, [output(tmp_path), *overrides], on_sources=told.extend)
    assert [source.report.rows for source in told] == [4, 4, 4]
    assert outcome.result.state.pairs == 12


def test_a_config_chooses_sampling_batches_and_how_gradients_meet(
    prepared: Path, tmp_path: Path
) -> None:
    told: list[SourceReport] = []
    overrides = [
        'data.sampling.strategy="explicit"',
        'data.sampling.weights={"snli" = 4, "paws" = 1, "stsb" = 1}',
        "data.sampling.samples_per_epoch=48",
        "data.sampling.max_repeats=1",
        'data.sampling.batching="one_task"',
        'trainer.gradients="pcgrad"',
        "trainer.epochs=1",
        "trainer.accumulation_steps=3",
    ]
    outcome = train(prepared, [output(tmp_path), *overrides], on_sources=told.extend)
    # 32, 8 and 8, but snli has 24 rows: its other 8 go to the two in equal parts
    assert [source.pairs_per_epoch for source in told] == [(24,), (12,), (12,)]
    assert outcome.result.state.pairs == 48
    assert outcome.result.final_loss > 0


def test_without_validation_the_last_model_is_the_result(prepared: Path, tmp_path: Path) -> None:
    overrides = ["trainer.validations=0", "trainer.epochs=1"]
    outcome = train(prepared, [output(tmp_path), *overrides])
    assert outcome.result.model_folder is None
    AlignmentModel.from_pretrained(outcome.model_folder)
