"""Attention in float32 on a CPU, among states of any format."""

from pathlib import Path

import pytest
import torch
from tests.tiny_models import tiny_model
from torch import Tensor, nn

from concord.model import AlignmentModel, EncoderOptions, attention
from concord.model.attention import attend, has_fast_attention

SHAPE = (2, 3, 5, 8)  # batch, heads, tokens, size
SEES_ALL_BUT_THE_LAST = torch.tensor([True, True, True, True, False]).expand(2, 1, 5, 5)


def states(dtype: torch.dtype) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(SHAPE, generator=generator).to(dtype).requires_grad_() for _ in range(3)]


def attended(dtype: torch.dtype, mask: Tensor | None) -> tuple[Tensor, list[Tensor]]:
    query, key, value = states(dtype)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        result, _ = attend(nn.Identity(), query, key, value, mask, is_causal=False)
    torch.autograd.backward(result.float().square().sum())
    return result, [torch.as_tensor(each.grad) for each in (query, key, value)]


def by_hand(mask: Tensor) -> Tensor:
    query, key, value = states(torch.bfloat16)
    scores = query.float() @ key.float().transpose(2, 3) / SHAPE[-1] ** 0.5
    weights = scores.masked_fill(~mask, -torch.inf).softmax(-1)
    return torch.as_tensor((weights @ value.float()).transpose(1, 2))


@pytest.mark.parametrize("is_added", [True, False])
def test_it_is_exact_within_its_format(is_added: bool) -> None:
    mask = SEES_ALL_BUT_THE_LAST
    added = torch.zeros(mask.shape, dtype=torch.bfloat16).masked_fill(~mask, -1e4)
    found, gradients = attended(torch.bfloat16, added if is_added else mask)
    assert found.dtype == torch.bfloat16
    # computed in float32, so rounded once
    assert found.equal(by_hand(mask).bfloat16())
    assert all(each.dtype == torch.bfloat16 for each in gradients)
    assert not gradients[2][:, :, -1].any()  # nobody sees the last


def test_with_dropout_it_stays_in_its_format(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.dtype] = []

    def forward(_: nn.Module, query: Tensor, *__: object, **___: object) -> tuple[Tensor, None]:
        seen.append(query.dtype)
        return query, None

    monkeypatch.setattr(attention, "sdpa_attention_forward", forward)
    query = states(torch.bfloat16)[0]
    for dropout in (0.1, 0.0):
        attend(nn.Identity(), query, query, query, None, dropout=dropout)
    assert seen == [torch.bfloat16, torch.float32]


def test_float32_passes_as_it_is() -> None:
    found, gradients = attended(torch.float32, None)
    wanted, wanted_gradients = attended(torch.bfloat16, None)
    torch.testing.assert_close(found, wanted.float(), atol=0.02, rtol=0.02)
    for each, other in zip(gradients, wanted_gradients, strict=True):
        torch.testing.assert_close(each, other.float(), atol=0.1, rtol=0.05)


@pytest.mark.parametrize(
    ("architecture", "has_it"),
    [
        ("bert", True),
        ("roberta", True),
        ("albert", True),
        ("distilbert", True),
        ("electra", True),
        ("modernbert", True),
        ("deberta-v2", False),
    ],
)
def test_encoders_that_fuse_their_attention_use_it(
    architecture: str, has_it: bool, tmp_path: Path
) -> None:
    tiny_model(architecture).save_pretrained(tmp_path)
    assert has_fast_attention(AlignmentModel.from_pretrained(tmp_path).encoder) == has_it
    started = AlignmentModel.from_encoder(EncoderOptions(name=str(tmp_path)))
    assert has_fast_attention(started.encoder) == has_it
    slow = EncoderOptions(name=str(tmp_path), attention="eager")
    assert not has_fast_attention(AlignmentModel.from_encoder(slow).encoder)
