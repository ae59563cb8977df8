"""How a gate shares out, and what it learns from."""

import math

import pytest
import torch
from tests.plain_bert import shares

from concord.adaptation.gate import Gate, GateKind, mixed

STATES = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])


def _gate(kind: GateKind) -> Gate:
    gate = Gate(2, 3, kind).eval()
    with torch.no_grad():
        gate.linear.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]]))
        gate.linear.bias.copy_(torch.tensor([0.0, 0.5, 0.0]))
    return gate


@pytest.mark.parametrize("kind", GateKind)
def test_shares_are_those_of_the_formula(kind: GateKind) -> None:
    # the numbers of the first row: 1, 2 + 0.5, -1 + 1
    found = _gate(kind)(STATES).detach().numpy()
    rows = [[1.0, 2.5, 0.0], [0.0, -0.5, -0.5], [3.0, 1.0, -2.75]]
    for own, logits in zip(found, rows, strict=True):
        is_hard = kind is GateKind.HARD
        assert own.tolist() == pytest.approx(shares(torch.tensor(logits).numpy(), is_hard=is_hard))


def test_a_soft_share_worked_out_by_hand() -> None:
    # e, e^2.5 and 1: 2.7183, 12.1825, 1; together 15.9008
    found = _gate(GateKind.SOFT)(STATES[0]).tolist()
    assert found == pytest.approx([0.17095, 0.76616, 0.06289], abs=1e-5)


def test_in_training_a_hard_gate_draws_by_the_softmax() -> None:
    gate = _gate(GateKind.HARD).train()
    torch.manual_seed(0)
    drawn = gate(STATES[:1].expand(20_000, -1))
    assert drawn.sum(dim=1).tolist() == pytest.approx([1.0] * 20_000, abs=1e-6)
    assert ((drawn - drawn.round()).abs() < 1e-6).all()  # one has all
    # the standard error of a share of 20,000 draws is at most 0.0036
    expected = shares(torch.tensor([1.0, 2.5, 0.0]).numpy(), is_hard=False)
    assert drawn.mean(dim=0).tolist() == pytest.approx(expected.tolist(), abs=0.015)


def test_a_hard_gate_learns_as_if_it_had_given_the_noisy_softmax() -> None:
    gate = _gate(GateKind.HARD).train()
    answers = torch.tensor([3.0, -1.0, 0.5])  # of the experts
    torch.manual_seed(3)
    (gate(STATES[0]) * answers).sum().backward()
    # by hand: p = softmax(logits + noise), and dp_i / dlogit_j = p_i (1 if i = j else 0 - p_j)
    torch.manual_seed(3)
    noise = -torch.empty(3).exponential_().log()
    powers = [math.exp(a + b) for a, b in zip([1.0, 2.5, 0.0], noise.tolist(), strict=True)]
    p = [power / sum(powers) for power in powers]
    mean = sum(share * answer for share, answer in zip(p, answers.tolist(), strict=True))
    expected = [share * (answer - mean) for share, answer in zip(p, answers.tolist(), strict=True)]
    assert gate.linear.bias.grad is not None
    assert gate.linear.bias.grad.tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", GateKind)
def test_shares_are_precise_in_half_precision(kind: GateKind) -> None:
    gate = _gate(kind).train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = gate(STATES.repeat(1000, 1))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.sum(dim=1), torch.ones(3000), rtol=0, atol=1e-6)


def test_answers_are_weighed_and_added() -> None:
    answers = [torch.tensor([[1.0, 2.0]]), torch.tensor([[10.0, 20.0]])]
    # 0.25 of (1, 2) and 0.75 of (10, 20)
    assert mixed(answers, torch.tensor([[0.25, 0.75]])).tolist() == [[7.75, 15.5]]
