"""Every kind of encoder with the three heads: running, saving and loading."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.tiny_models import MAX_TOKENS, save_tiny_model, tiny_model
from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoTokenizer

from concord.alignment import Head
from concord.artifact import AlignmentSettings
from concord.errors import ArtifactError, ConfigError
from concord.model import AlignmentModel, EncoderOptions
from concord.model.encoder import max_positions
from concord.text import build_token_batch

WITH_POOLER = ("bert", "roberta", "albert")
WITHOUT_POOLER = ("distilbert", "electra", "deberta-v2", "modernbert")
ARCHITECTURES = (*WITH_POOLER, *WITHOUT_POOLER)
LONG = ("the old bridge is long and it opened in 1932", "it is not old")
SHORT = ("the river", "it is")


def inputs(model: AlignmentModel, *pairs: tuple[str, str]) -> tuple[Tensor, Tensor, Tensor]:
    tokenizer = model.tokenizer
    contexts = tokenizer.token_ids([context for context, _ in pairs])
    claims = tokenizer.token_ids([claim for _, claim in pairs])
    batch = build_token_batch(
        list(zip(contexts, claims, strict=True)), tokenizer.template, tokenizer.pad_id
    )
    arrays = (batch.input_ids, batch.attention_mask, batch.token_type_ids)
    input_ids, attention_mask, token_type_ids = (torch.from_numpy(array) for array in arrays)
    return input_ids, attention_mask, token_type_ids


def logits_of(model: AlignmentModel, *pairs: tuple[str, str]) -> Tensor:
    with torch.no_grad():
        logits: Tensor = model(*inputs(model, *pairs))
    return logits


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_parameter_of_encoder_and_heads_learns(architecture: str) -> None:
    model = tiny_model(architecture).train()
    assert model.settings.has_pooler == (architecture in WITH_POOLER)
    logits = model(*inputs(model, LONG, SHORT))
    assert logits.shape == (2, 6)
    logits.square().sum().backward()
    idle = [name for name, each in model.named_parameters() if each.grad is None]
    assert idle == []


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_padding_changes_nothing(architecture: str) -> None:
    model = tiny_model(architecture)
    alone, padded = logits_of(model, SHORT), logits_of(model, LONG, SHORT)
    torch.testing.assert_close(padded[1:], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_loaded_model_gives_the_same_logits(architecture: str, tmp_path: Path) -> None:
    model = tiny_model(architecture)
    model.save_pretrained(tmp_path)
    loaded = AlignmentModel.from_pretrained(tmp_path)
    assert not loaded.training
    assert loaded.settings == model.settings
    torch.testing.assert_close(
        logits_of(loaded, LONG, SHORT), logits_of(model, LONG, SHORT), atol=1e-6, rtol=0
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_sixteen_bits_are_half_the_size_and_nearly_the_same(
    dtype: torch.dtype, tmp_path: Path
) -> None:
    model = tiny_model()
    model.save_pretrained(tmp_path / "32")
    model.save_pretrained(tmp_path / "16", dtype=dtype)
    files = [tmp_path / bits / "model.safetensors" for bits in ("16", "32")]
    half, full = (file.stat().st_size for file in files)
    assert half < 0.6 * full
    loaded = AlignmentModel.from_pretrained(tmp_path / "16")
    assert {parameter.dtype for parameter in loaded.parameters()} == {torch.float32}
    # 11 bits of mantissa or 8; the logits are of the order of 1
    tolerance = 0.01 if dtype is torch.float16 else 0.08
    torch.testing.assert_close(
        logits_of(loaded, LONG), logits_of(model, LONG), atol=tolerance, rtol=0
    )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_transformers_reads_encoder_and_tokenizer_from_the_same_folder(
    architecture: str, tmp_path: Path
) -> None:
    model = tiny_model(architecture)
    model.save_pretrained(tmp_path)
    encoder = AutoModel.from_pretrained(tmp_path)
    assert type(encoder) is type(model.encoder)
    ours, theirs = model.encoder.state_dict(), encoder.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(theirs[name].equal(value) for name, value in ours.items())
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    encoded = tokenizer(*LONG, return_tensors="pt")
    input_ids, attention_mask, token_types = inputs(model, LONG)
    assert encoded["input_ids"].equal(input_ids)
    assert encoded["attention_mask"].equal(attention_mask)
    if model.pooled_encoder.reads_token_types:
        assert encoded["token_type_ids"].equal(token_types)
    assert encoder(**encoded).last_hidden_state.shape == (1, input_ids.shape[1], 32)
    assert tokenizer.model_max_length == MAX_TOKENS
    assert (tokenizer.pad_token, tokenizer.mask_token) == ("[PAD]", "[MASK]")


def test_the_masked_language_head_is_saved_and_loaded(tmp_path: Path) -> None:
    model = tiny_model("albert")  # its embedding is narrower than its states
    model.add_masked_language_head()
    batch = inputs(model, LONG, SHORT)
    is_masked = torch.zeros_like(batch[0], dtype=torch.bool)
    is_masked[0, 2] = is_masked[1, 1] = True
    with torch.no_grad():
        logits, token_logits = model(*batch, is_masked)
    assert logits.equal(logits_of(model, LONG, SHORT))
    assert token_logits.shape == (2, model.tokenizer.vocabulary_size)
    model.save_pretrained(tmp_path)
    loaded = AlignmentModel.from_pretrained(tmp_path)
    with torch.no_grad():
        _, again = loaded(*batch, is_masked)
    torch.testing.assert_close(again, token_logits, atol=1e-6, rtol=0)


def test_training_can_start_from_a_saved_model_or_from_its_config_alone(tmp_path: Path) -> None:
    save_tiny_model(tmp_path)
    torch.manual_seed(1)
    warm = AlignmentModel.from_encoder(EncoderOptions(name=str(tmp_path)), chunk_tokens=64)
    cold = AlignmentModel.from_encoder(
        EncoderOptions(name=str(tmp_path), pretrained=False), chunk_tokens=256
    )
    saved = AlignmentModel.from_pretrained(tmp_path)
    name = "embeddings.word_embeddings.weight"
    wanted = saved.encoder.state_dict()[name]
    assert warm.encoder.state_dict()[name].equal(wanted)
    assert not cold.encoder.state_dict()[name].equal(wanted)
    # the encoder has 72 positions; the window for splitting is no wider than that
    assert (warm.settings.max_tokens, warm.settings.chunk_tokens) == (72, 64)
    assert (cold.settings.max_tokens, cold.settings.chunk_tokens) == (72, 72)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("pretrained", [True, False])
def test_dropout_in_the_layers_is_as_asked(
    architecture: str, pretrained: bool, tmp_path: Path
) -> None:
    tiny_model(architecture).save_pretrained(tmp_path)
    without = EncoderOptions(
        name=str(tmp_path), pretrained=pretrained, inner_dropout=0.0, attention_dropout=0.0
    )
    assert not reads_vary(AlignmentModel.from_encoder(without))
    assert reads_vary(AlignmentModel.from_encoder(replace(without, inner_dropout=0.4)))
    assert reads_vary(AlignmentModel.from_encoder(replace(without, attention_dropout=0.4)))


def reads_vary(model: AlignmentModel) -> bool:
    """Say whether two readings in training differ; the heads' own dropout is off."""
    model.train()
    model.heads.eval()
    return not logits_of(model, LONG).equal(logits_of(model, LONG))


@pytest.mark.parametrize("name", ["inner_dropout", "attention_dropout"])
def test_dropout_in_the_layers_is_a_share(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"encoder\.{name} lies in \[0, 1\), got 1\.0"):
        EncoderOptions(**{name: 1.0})  # type: ignore[arg-type]


def test_an_encoder_without_such_dropout_is_told(tmp_path: Path) -> None:
    AutoConfig.for_model("fnet").save_pretrained(tmp_path)  # mixes tokens without attention
    options = EncoderOptions(name=str(tmp_path), pretrained=False, attention_dropout=0.0)
    with pytest.raises(ArtifactError, match=r"'fnet' has none .* leave encoder.attention_dropout"):
        AlignmentModel.from_encoder(options)


def test_positions_of_roberta_start_behind_the_padding_index() -> None:
    assert max_positions(tiny_model("bert").encoder) == 72
    assert max_positions(tiny_model("roberta").encoder) == 71  # 72 - (pad_token_id 0 + 1)


def test_settings_survive_saving(tmp_path: Path) -> None:
    model = tiny_model()
    model.settings = AlignmentSettings(
        max_tokens=60, chunk_tokens=20, thresholds={"binary": 0.4, "three_way": 0.6}
    )
    model.save_pretrained(tmp_path)
    assert AlignmentModel.from_pretrained(tmp_path).settings == model.settings


def test_an_encoder_that_is_not_there_is_named() -> None:
    with pytest.raises(ArtifactError, match="encoder '/nowhere' cannot be loaded"):
        AlignmentModel.from_encoder(EncoderOptions(name="/nowhere"))
    with pytest.raises(ArtifactError, match="no installed package 'no_such_package'"):
        AlignmentModel.from_encoder(EncoderOptions(name="package:no_such_package"))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    save_tiny_model(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(ArtifactError, match=r"model\.safetensors is missing"):
        AlignmentModel.from_pretrained(tmp_path)


@pytest.mark.parametrize("size", [0, 5, 1000])
def test_damaged_weights_are_named(size: int, tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ArtifactError, match=r"model\.safetensors is damaged"):
        AlignmentModel.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (None, "is missing; expected"),
        (torch.zeros(2, 31), r"has shape \(2, 31\); expected \(2, 32\)"),
    ],
)
def test_a_weight_that_does_not_fit_is_named(
    change: Tensor | None, problem: str, tmp_path: Path
) -> None:
    path = save_tiny_model(tmp_path) / "model.safetensors"
    weights = load_file(path)
    del weights["heads.binary.weight"]
    save_file(weights | ({} if change is None else {"heads.binary.weight": change}), path)
    with pytest.raises(ArtifactError, match=rf"'heads\.binary\.weight' {problem}"):
        AlignmentModel.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ("{", "cannot be read as JSON"),
        ("{}", "has no 'concord' section"),
        ('{"concord": {}}', "describes no encoder"),
        ('{"concord": {}, "model_type": "no-such-model"}', "describes no encoder"),
        ('{"concord": {"version": 99}}', "written by a later concord"),
    ],
)
def test_a_config_of_no_model_is_named(config: str, problem: str, tmp_path: Path) -> None:
    save_tiny_model(tmp_path)
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(ArtifactError, match=problem):
        AlignmentModel.from_pretrained(tmp_path)


def test_the_config_says_how_the_weights_are_stored(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, dtype=torch.float16)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert config["dtype"] == "float16"
    assert config["model_type"] == "bert"
    assert config["concord"]["heads"]["three_way"] == ["aligned", "neutral", "contradicted"]


def test_a_softened_head_is_less_sure_and_the_others_stay() -> None:
    model = tiny_model()
    pooled = torch.randn(3, 32)
    with torch.no_grad():
        before = model.heads(pooled)
        model.heads.soften(Head.THREE_WAY, 2.0)
        after = model.heads(pooled)
    torch.testing.assert_close(after[:, 2:5], before[:, 2:5] / 2)
    torch.testing.assert_close(after[:, [0, 1, 5]], before[:, [0, 1, 5]])
