"""The originals' classes: their names, their shapes and their numbers."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.original_checkpoints import Original, build_original

from concord.compat import Align, AlignScore, imported_models
from concord.errors import ArtifactError, ConfigError, InputError
from concord.scoring.original_splitting import find_original_sentences

CONTEXTS = [
    "The old bridge opened in 1932. It is long.",
    # 120 sentences of 6 words: 720 // 350 + 1 = 3 chunks of 40 sentences
    " ".join(f"Boat {number} left the harbour early." for number in range(120)),
    "",
]
CLAIMS = ["The bridge is old. It is not long!", "Boat 7 left. Did it? It is old.", "It is long."]
COLUMNS = {"reg": 0, "bin": 1, "nli": 2}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return build_original("roberta", tmp_path_factory.mktemp("original") / "encoder", seed=4)


@pytest.fixture(scope="module")
def checkpoint(original: Original) -> Path:
    return original.save(original.encoder.parent / "Align-tiny.ckpt")


@pytest.fixture(scope="module", autouse=True)
def cache(original: Original) -> Iterator[Path]:
    folder = original.encoder.parent / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONCORD_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def align(original: Original, checkpoint: Path) -> Align:
    return Align(model=str(original.encoder), batch_size=4, device="cpu", ckpt_path=str(checkpoint))


def test_predict_gives_the_originals_three_tensors(align: Align, original: Original) -> None:
    predicted = align.predict(CONTEXTS, CLAIMS)
    assert [tuple(each.shape) for each in predicted] == [(3,), (3,), (3, 3)]
    expected = original.predict(CONTEXTS, CLAIMS)
    assert not all(0 <= value <= 1 for value in expected[0].tolist())  # regression is not clipped
    for ours, theirs in zip(predicted, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("head", ["nli", "bin", "reg"])
def test_score_splits_and_joins_as_the_original(
    head: str, align: Align, original: Original
) -> None:
    scores = align.score(CONTEXTS, CLAIMS, head=head)
    expected = [
        original.score(*pair, find_original_sentences(), COLUMNS[head])
        for pair in zip(CONTEXTS, CLAIMS, strict=True)
    ]
    assert scores.dtype == torch.float32
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)
    whole = align.score(CONTEXTS, CLAIMS, head=head, split=False)
    column = original.predict(CONTEXTS, CLAIMS)[COLUMNS[head]]
    torch.testing.assert_close(whole, column[:, 0] if head == "nli" else column, atol=1e-5, rtol=0)


@pytest.mark.parametrize("mode", ["nli_sp", "nli", "bin_sp", "bin", "reg_sp", "reg"])
def test_alignscores_modes_are_aligns_heads(
    mode: str, align: Align, original: Original, checkpoint: Path
) -> None:
    scorer = AlignScore(
        model=str(original.encoder),
        batch_size=32,
        device="cpu",
        ckpt_path=checkpoint,
        evaluation_mode=mode,
    )
    scores = scorer.score(contexts=CONTEXTS, claims=CLAIMS)
    assert isinstance(scores, list)
    head, split = mode.removesuffix("_sp"), mode.endswith("_sp")
    assert scores == pytest.approx(align.score(CONTEXTS, CLAIMS, head, split).tolist(), abs=1e-6)


def test_the_default_mode_is_nli_sp(align: Align, original: Original, checkpoint: Path) -> None:
    scorer = AlignScore(str(original.encoder), 32, "cpu", checkpoint)
    expected = align.score(CONTEXTS, CLAIMS).tolist()
    assert scorer.score(CONTEXTS, CLAIMS) == pytest.approx(expected, abs=1e-6)


def test_one_pair_of_texts_is_taken_as_the_original_takes_it(align: Align) -> None:
    assert align.predict("the bridge", "is old")[2].shape == (1, 3)
    assert align.score("the bridge", "is old").shape == (1,)


def test_no_pairs_give_empty_tensors(align: Align) -> None:
    assert [tuple(each.shape) for each in align.predict([], [])] == [(0,), (0,), (0, 3)]
    assert align.score([], []).tolist() == []


def test_an_empty_claim_is_refused_by_its_place(align: Align) -> None:
    with pytest.raises(InputError, match=r"claims\[1\] is empty"):
        align.score(["a", "b"], ["the bridge", " "])


def test_pairs_that_lose_tokens_are_counted(align: Align, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        align.predict(CONTEXTS, CLAIMS)
    assert "2 pairs were longer than the window of 64 tokens" in caplog.text


def test_a_bar_is_shown_on_a_terminal_unless_unwanted(
    original: Original,
    checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # makes rich take any stream for a terminal
    for verbose in (False, True):
        scorer = Align(str(original.encoder), 4, "cpu", checkpoint, verbose=verbose)
        scorer.score(CONTEXTS, CLAIMS)
        assert ("Evaluating" in capsys.readouterr().err) == verbose


def test_a_checkpoint_is_imported_once_wherever_it_lies(
    align: Align, original: Original, checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise AssertionError("imported again")

    monkeypatch.setattr(imported_models, "import_align", fail)
    moved = checkpoint.with_name("renamed.ckpt")
    moved.write_bytes(checkpoint.read_bytes())
    again = Align(str(original.encoder), 4, "cpu", moved)
    assert again.score(CONTEXTS, CLAIMS).equal(align.score(CONTEXTS, CLAIMS))
    [folder] = (cache / "imported").iterdir()
    # a model folder is used as it is
    direct = Align("ignored", 4, "cpu", folder)
    assert direct.score(CONTEXTS, CLAIMS).equal(align.score(CONTEXTS, CLAIMS))


def test_a_checkpoint_is_imported_anew_for_another_tokenizer(
    original: Original, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(
        imported_models, "import_align", lambda _path, folder, **_options: asked.append(folder)
    )
    monkeypatch.setenv("CONCORD_CACHE", str(tmp_path))
    other = shutil.copytree(original.encoder, tmp_path / "encoder")  # a folder of the same name
    for encoder in (original.encoder, other):
        imported_models.find_or_import(checkpoint, str(encoder))
    assert asked[0] == asked[1]
    (other / "tokenizer.json").write_text("{}", encoding="utf-8")
    imported_models.find_or_import(checkpoint, str(other))
    assert asked[2] != asked[0]
    imported_models.find_or_import(checkpoint, "facebook/muppet-roberta-base")
    assert asked[3].name.endswith("-facebook--muppet-roberta-base")


def test_an_import_that_another_process_finished_first_is_used(
    align: Align, original: Original, checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [done] = (cache / "imported").iterdir()
    other = done.with_name("elsewhere")
    done.rename(other)

    def lose_the_race(_checkpoint: Path, folder: Path, **_options: object) -> None:
        other.rename(folder)
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr(imported_models, "import_align", lose_the_race)
    again = Align(str(original.encoder), 4, "cpu", checkpoint)
    assert again.score(CONTEXTS, CLAIMS).equal(align.score(CONTEXTS, CLAIMS))


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_CACHE", "~/models")
    assert imported_models.cache_folder() == Path.home() / "models"
    monkeypatch.delenv("CONCORD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache")
    assert imported_models.cache_folder() == Path("/var/cache/concord")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert imported_models.cache_folder() == Path.home() / ".cache" / "concord"


def test_what_does_not_exist_is_named(original: Original, checkpoint: Path, align: Align) -> None:
    with pytest.raises(ArtifactError, match=r"/nowhere\.ckpt does not exist"):
        Align(str(original.encoder), 4, "cpu", "/nowhere.ckpt")
    with pytest.raises(
        ConfigError, match=r"unknown evaluation_mode 'nli-sp'; did you mean 'nli_sp'"
    ):
        AlignScore(str(original.encoder), 4, "cpu", checkpoint, evaluation_mode="nli-sp")
    with pytest.raises(ConfigError, match=r"unknown head 'tri' \(known: nli, bin, reg\)"):
        align.score(CONTEXTS, CLAIMS, head="tri")
