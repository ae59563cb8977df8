"""The heads get the same first token's state, whether or not the others' are computed too."""

import pytest
import torch
from tests.tiny_models import tiny_model
from torch import Tensor

from concord.model import AlignmentModel
from concord.model.first_token import FirstTokenAttention, first_token_alone

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


@torch.inference_mode()
def test_an_encoder_of_another_build_computes_all_as_before() -> None:
    model = tiny_model("distilbert").eval()
    with first_token_alone(model.encoder):
        assert state(model).shape[1] == 7
