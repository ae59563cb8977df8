"""What each family adds to an encoder, what learns, and what a merged encoder computes."""

import copy

import pytest
import torch
from tests.tiny_adapted import ADDING, MASK, adapted, states, tiny_encoder

from concord.adaptation import ADAPTATION_KINDS, build_adaptation
from concord.adaptation.added import added_parameters, own_weights, saved_names

ARCHITECTURES = {
    "roberta": ("query", "value"),
    "distilbert": ("q_lin", "v_lin"),
    "albert": ("query", "value"),
    "modernbert": ("Wqkv",),
    "mpnet": ("q", "v"),
}


# The tiny encoder has 2 layers of 32 dimensions, and 64 inside of the feed-forward part.
@pytest.mark.parametrize(
    ("table", "number"),
    [
        ({"kind": "frozen"}, 0),
        # 4 of 32 * 32 + 32, 32 * 64 + 64, 64 * 32 + 32, and two norms of 2 * 32
        ({"kind": "top_layers", "num_layers": 1}, 4224 + 2112 + 2080 + 128),
        # 2 layers of 2 matrices: A of 8 * 32, B of 32 * 8
        ({"kind": "lora"}, 2 * 2 * 512),
        ({"kind": "lora", "rank": 4, "targets": ["intermediate.dense"]}, 2 * (4 * 32 + 64 * 4)),
        # as LoRA, and 32 lengths a matrix
        ({"kind": "dora"}, 2 * 2 * (512 + 32)),
        # 32 for keys, 32 for values, 64 for inner activations
        ({"kind": "ia3"}, 2 * 128),
        # at 2 places of 2 layers: 48 * 32 + 48 and 32 * 48 + 32
        ({"kind": "bottleneck"}, 2 * 2 * 3152),
        ({"kind": "bottleneck", "placement": "feed_forward", "width": 4}, 2 * (4 * 33 + 32 * 5)),
        # also 5 norms of 2 * 32
        ({"kind": "bottleneck", "has_learned_norms": True}, 2 * 2 * 3152 + 5 * 64),
        # in 2 layers: 3 bottlenecks and a gate of 3 * 32 + 3
        ({"kind": "adapter_experts"}, 2 * (3 * 3152 + 99)),
        ({"kind": "adapter_experts", "num_experts": 2, "width": 4}, 2 * (2 * (132 + 160) + 66)),
        ({"kind": "prompt"}, 20 * 32),
        # keys and values of 2 layers
        ({"kind": "prefix"}, 20 * 4 * 32),
        # a network 32 -> 8 -> 128 over 20 vectors of 32
        ({"kind": "prefix", "is_projected": True, "projection_width": 8}, 640 + 33 * 8 + 9 * 128),
    ],
)
def test_as_many_parameters_learn_as_the_paper_says(table: dict[str, object], number: int) -> None:
    adaptation, encoder = adapted(tiny_encoder(), table)
    assert sum(parameter.numel() for parameter in adaptation.learning(encoder)) == number


def test_all_parameters_learn_in_full() -> None:
    encoder = tiny_encoder()
    assert list(build_adaptation({"kind": "full"}).learning(encoder)) == list(encoder.parameters())


@pytest.mark.parametrize("num_experts", [2, 3])
def test_all_experts_that_are_encoders_learn_and_their_gate(num_experts: int) -> None:
    plain = tiny_encoder()
    table = {"kind": "encoder_experts", "num_experts": num_experts}
    adaptation, encoder = adapted(plain, table)
    pooler = 32 * 32 + 32  # which the copies do without
    size = sum(parameter.numel() for parameter in plain.parameters())
    expected = size + (num_experts - 1) * (size - pooler) + num_experts * 33
    assert sum(parameter.numel() for parameter in adaptation.learning(encoder)) == expected


@pytest.mark.parametrize(
    "kind", ["adapter_experts", "bottleneck", "dora", "encoder_experts", "ia3", "lora"]
)
def test_an_adapted_encoder_starts_as_it_was(kind: str) -> None:
    plain = tiny_encoder()
    _, changed = adapted(plain, {"kind": kind}, is_trained=False)
    torch.testing.assert_close(states(changed), states(plain), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["lora", "dora", "ia3"])
def test_a_merged_encoder_computes_what_the_adapted_one_does(kind: str) -> None:
    plain = tiny_encoder()
    adaptation, changed = adapted(plain, {"kind": kind})
    before = copy.deepcopy(changed.state_dict())
    merged = adaptation.merge(changed)
    assert list(merged.state_dict()) == list(plain.state_dict())
    torch.testing.assert_close(states(merged), states(changed), rtol=0, atol=1e-5)
    assert (states(merged) - states(plain)).abs().max() > 0.1
    for name, value in changed.state_dict().items():  # the adapted one is as it was
        assert torch.equal(value, before[name])


@pytest.mark.parametrize("kind", ["frozen", "full", "top_layers"])
def test_what_adds_nothing_is_plain_already(kind: str) -> None:
    encoder = tiny_encoder()
    adaptation = build_adaptation({"kind": kind})
    assert adaptation.adapt(encoder) is encoder
    assert adaptation.merge(encoder) is encoder


@pytest.mark.parametrize("kind", ADDING)
def test_the_encoders_own_weights_keep_their_names_and_values(kind: str) -> None:
    plain = tiny_encoder()
    # of experts that are encoders the first one's weights learn too
    _, changed = adapted(plain, {"kind": kind}, is_trained=kind != "encoder_experts")
    own = own_weights(changed)
    assert list(own) == list(plain.state_dict())
    assert all(torch.equal(own[name], value) for name, value in plain.state_dict().items())
    others = [name for name in saved_names(changed).values() if name not in own]
    assert len(others) == len(list(added_parameters(changed)))
    assert all(name.startswith("adaptation.") for name in others)


@pytest.mark.parametrize(
    "table",
    [
        *({"kind": kind} for kind in ADDING),
        {"kind": "adapter_experts", "gate": "hard"},
        {"kind": "encoder_experts", "gate": "hard"},
    ],
)
def test_padding_and_neighbours_change_nothing(table: dict[str, object]) -> None:
    _, changed = adapted(tiny_encoder(), table)
    together = states(changed)
    for row, length in enumerate(MASK.sum(dim=1).tolist()):
        alone = states(changed, rows=slice(row, row + 1), tokens=length)
        torch.testing.assert_close(together[row : row + 1, :length], alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ADDING)
def test_every_layer_gives_one_state_for_each_token(kind: str) -> None:
    _, changed = adapted(tiny_encoder(), {"kind": kind})
    ids = torch.arange(12).reshape(2, 6)
    outputs = changed(input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
    assert [layer.shape for layer in outputs.hidden_states] == [(2, 6, 32)] * 3
    torch.testing.assert_close(outputs.hidden_states[-1], outputs.last_hidden_state)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    "kind", ["adapter_experts", "bottleneck", "encoder_experts", "lora", "prompt"]
)
def test_other_architectures_are_adapted_too(architecture: str, kind: str) -> None:
    plain = tiny_encoder(architecture)
    table: dict[str, object] = {"kind": kind}
    if kind == "lora":
        table["targets"] = list(ARCHITECTURES[architecture])
    adaptation, changed = adapted(plain, table)
    ids = torch.arange(12).reshape(2, 6) + 5
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.inference_mode():
        found, before = (each(**inputs).last_hidden_state for each in (changed, plain))
        assert found.shape == before.shape
        assert (found - before).abs().max() > 0.1
        if adaptation.is_mergeable:
            merged = adaptation.merge(changed)(**inputs).last_hidden_state
            torch.testing.assert_close(merged, found, rtol=0, atol=2e-5)


def test_every_kind_tells_its_table() -> None:
    for kind in ADAPTATION_KINDS.names():
        adaptation = build_adaptation({"kind": kind})
        assert build_adaptation(adaptation.to_table()) == adaptation
