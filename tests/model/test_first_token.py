"""The heads get the same first token's state, whether or not the others' are computed too."""

import pytest
import torch
from tests.tiny_models import tiny_model
from torch import Tensor, nn
from transformers.models.bert.modeling_bert import BertSelfAttention

from concord.model import AlignmentModel
from concord.model.attention import use_fast_attention
from concord.model.first_token import FirstTokenAttention, first_token_alone
from concord.training.activation_checkpointing import checkpoint_activations

LENGTHS = [7, 4, 1]


def inputs() -> tuple[Tensor, Tensor]:
    ids = torch.arange(21).reshape(3, 7) + 5
    mask = torch.tensor([[1] * length + [0] * (7 - length) for length in LENGTHS])
    return ids, mask


def state(model: AlignmentModel) -> Tensor:
    return torch.as_tensor(model.encoder(*inputs()).last_hidden_state)


@pytest.mark.parametrize("architecture", ["bert", "roberta", "electra"])
@torch.inference_mode()
def test_the_first_token_alone_is_computed_and_is_the_same(architecture: str) -> None:
    model = tiny_model(architecture).eval()
    every, logits = state(model), model(*inputs())
    with first_token_alone(model.encoder):
        first, first_logits = state(model), model(*inputs())
    assert first.shape == (3, 1, every.shape[2])
    torch.testing.assert_close(first, every[:, :1], atol=1e-5, rtol=0)
    torch.testing.assert_close(first_logits, logits, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_the_last_layer_is_whole_again_afterwards() -> None:
    model = tiny_model().eval()
    with first_token_alone(model.encoder):
        assert any(isinstance(part, FirstTokenAttention) for part in model.modules())
    assert not any(isinstance(part, FirstTokenAttention) for part in model.modules())
    assert state(model).shape[1] == 7


def trained(architecture: str = "bert") -> AlignmentModel:
    """Return a model in training, without dropout."""
    model = tiny_model(architecture).train()
    use_fast_attention(model.encoder)
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    return model


def widths_read(model: AlignmentModel) -> list[int]:
    """Return a list that gets the tokens of each reading's states."""
    widths: list[int] = []
    model.encoder.register_forward_hook(lambda _, __, states: widths.append(states[0].shape[1]))
    return widths


def gradients(model: AlignmentModel) -> dict[str, Tensor]:
    torch.manual_seed(0)
    logits = model(*inputs())
    logits.square().sum().backward()
    return {name: each.grad for name, each in model.named_parameters() if each.grad is not None}


@pytest.mark.parametrize("architecture", ["bert", "roberta", "electra"])
def test_training_spares_the_last_layer_and_learns_the_same(architecture: str) -> None:
    whole, spared = tiny_model(architecture), trained(architecture)
    widths = widths_read(spared)
    wanted, found = gradients(whole), gradients(spared)
    assert widths == [1]
    assert found.keys() == wanted.keys()
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_dropout_reaches_the_spared_layer_in_training() -> None:
    model = trained()
    assert model(*inputs()).equal(model(*inputs()))
    last = [part for part in model.modules() if isinstance(part, BertSelfAttention)][-1]
    last.dropout.p = 0.5
    assert not model(*inputs()).equal(model(*inputs()))


def test_layers_that_are_computed_again_stay_whole() -> None:
    model = trained()
    checkpoint_activations(model)
    widths = widths_read(model)
    gradients(model)
    assert widths == [7]


@torch.inference_mode()
def test_an_encoder_of_another_build_computes_all_as_before() -> None:
    model = tiny_model("distilbert").eval()
    with first_token_alone(model.encoder):
        assert state(model).shape[1] == 7
