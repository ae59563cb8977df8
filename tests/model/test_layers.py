"""How deep each parameter of an encoder lies under the heads."""

from typing import Any

import pytest
from torch import nn
from transformers import AutoConfig, AutoModel, PreTrainedModel, T5EncoderModel

from concord.errors import ConfigError
from concord.model.layers import parameter_depths

SMALL = {
    "vocab_size": 30,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "pad_token_id": 0,
}


class WithHead(nn.Module):
    """An encoder and one head."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(16, 2)


def encoder_of(kind: str) -> PreTrainedModel:
    sizes = dict(SMALL)
    if kind == "distilbert":
        sizes = {"vocab_size": 30, "dim": 16, "hidden_dim": 16, "n_layers": 3, "n_heads": 2}
    if kind == "t5":
        sizes = {"vocab_size": 30, "d_model": 16, "d_ff": 16, "d_kv": 8, "num_layers": 3,
                 "num_heads": 2}  # fmt: skip
    config: Any = AutoConfig.for_model(kind, **sizes)
    if kind == "t5":
        return T5EncoderModel(config)
    encoder: PreTrainedModel = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    return encoder


@pytest.mark.parametrize(
    ("kind", "lowest", "embedding"),
    [
        ("bert", "encoder.layer.0.", "embeddings."),
        ("roberta", "encoder.layer.0.", "embeddings."),
        ("distilbert", "transformer.layer.0.", "embeddings."),
        ("electra", "encoder.layer.0.", "embeddings"),
        ("deberta-v2", "encoder.layer.0.", "embeddings"),
        ("modernbert", "layers.0.", "embeddings."),
        ("t5", "encoder.block.0.", "shared."),
    ],
)
def test_each_parameter_has_the_depth_of_its_layer(kind: str, lowest: str, embedding: str) -> None:
    model = WithHead(encoder_of(kind))
    depths = parameter_depths(model, option="it")
    found = {name: depths[parameter] for name, parameter in model.named_parameters()}
    assert {found["head.weight"], found["head.bias"]} == {0}
    for layer in range(3):
        prefix = f"encoder.{lowest.replace('.0.', f'.{layer}.')}"
        own = {depth for name, depth in found.items() if name.startswith(prefix)}
        assert own == {3 - layer}
    assert found[next(name for name in found if embedding in name)] == 4
    assert set(found.values()) == {0, 1, 2, 3, 4}


def test_an_encoder_that_shares_its_layers_is_refused() -> None:
    model = WithHead(encoder_of("albert"))
    with pytest.raises(ConfigError, match=r"it needs an encoder whose layers are apart; those of "
                       r"one of type 'albert' share their weights"):  # fmt: skip
        parameter_depths(model, option="it")


def test_a_model_without_an_encoder_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"it needs a model with an encoder, not a Linear"):
        parameter_depths(nn.Linear(1, 1), option="it")
