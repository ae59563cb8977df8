"""Tables that become adaptations, and what is said of those that cannot."""

import sys
from typing import Any

import pytest
from tests.tiny_adapted import tiny_encoder

from concord.adaptation import build_adaptation
from concord.adaptation.bottleneck import Bottleneck, Placement
from concord.adaptation.lora import Lora
from concord.errors import ConfigError, MissingExtraError


def test_a_table_becomes_an_adaptation() -> None:
    found = build_adaptation({"kind": "lora", "rank": 4, "targets": ["query", "key"]})
    assert found == Lora(rank=4, alpha=16.0, targets=("query", "key"))
    found = build_adaptation({"kind": "bottleneck", "placement": "feed_forward"})
    assert found == Bottleneck(placement=Placement.FEED_FORWARD)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, 'a.toml: adaptation has no kind; write kind = "lora"'),
        ({"kind": "lorra"}, "a.toml: adaptation.kind: unknown kind of adaptation 'lorra'; did you"),
        ({"kind": "lora", "rank": 0}, "a.toml: adaptation: rank must be at least 1, got 0"),
        ({"kind": "lora", "alpha": 0}, "adaptation: alpha must be above 0, got 0"),
        ({"kind": "lora", "dropout": 1}, r"adaptation: dropout lies in \[0, 1\), got 1"),
        ({"kind": "lora", "targets": []}, "adaptation: targets names no layer; name some"),
        ({"kind": "lora", "ranks": 8}, "unknown key 'adaptation.ranks'; did you mean 'rank'"),
        ({"kind": "ia3", "targets": [], "feed_forward": []}, "targets and feed_forward name no"),
        ({"kind": "top_layers", "num_layers": 0}, "num_layers must be at least 1, got 0; for head"),
        ({"kind": "prompt", "num_tokens": 0}, "num_tokens must be at least 1, got 0"),
        ({"kind": "prompt", "start": "words"}, "adaptation.start should be 'vocabulary' or 'rand"),
        ({"kind": "prefix", "projection_width": 8}, "is not used unless is_projected = true"),
        ({"kind": "bottleneck", "width": 0}, "width must be at least 1, got 0"),
        ({"kind": "bottleneck", "activation": "cos"}, "should be 'relu', 'gelu' or 'tanh'"),
        ({"kind": "adapter_experts", "width": 0}, "width must be at least 1, got 0"),
        ({"kind": "adapter_experts", "num_experts": 1}, "num_experts must be at least 2, got 1"),
        ({"kind": "encoder_experts", "num_experts": 1}, "num_experts must be at least 2, got 1"),
        ({"kind": "encoder_experts", "gate": "top"}, "adaptation.gate should be 'soft' or 'hard'"),
        ({"kind": "prompt", "per_task": True}, "adaptation.per_task: an adaptation of kind 'prom"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_told_in_one_sentence(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        build_adaptation(table, source="a.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("architecture", "table", "problem"),
    [
        (
            "bert",
            {"kind": "lora", "targets": ["queri"]},
            r"adaptation.targets: an encoder of type 'bert' has no linear layer 'queri'; did you "
            r"mean 'query'\? \(it has attention.self.query, attention.self.key, .*output.dense\)",
        ),
        ("distilbert", {"kind": "lora"}, r"'query'.*\(it has attention.q_lin, attention.k_lin"),
        ("bert", {"kind": "lora", "targets": ["pooler.dense"]}, "no linear layer 'pooler.dense'"),
        ("bert", {"kind": "ia3", "feed_forward": ["mlp"]}, "adaptation.feed_forward: an encoder"),
        ("bert", {"kind": "top_layers", "num_layers": 3}, "num_layers must be at most 2, the enc"),
        ("albert", {"kind": "top_layers"}, "layers are apart; those of one of type 'albert'"),
        ("modernbert", {"kind": "prefix"}, "'modernbert' takes no keys and values from outside"),
    ],
)
def test_an_encoder_that_does_not_fit_is_told(
    architecture: str, table: dict[str, Any], problem: str
) -> None:
    adaptation = build_adaptation(table)
    encoder = tiny_encoder(architecture)
    with pytest.raises(ConfigError, match=problem) as caught:
        list(adaptation.learning(adaptation.adapt(encoder)))
    assert "\n" not in str(caught.value)


def test_a_short_name_stands_for_a_whole_path_first() -> None:
    # "output.dense" is the end of "attention.output.dense" too, which is not meant
    encoder = build_adaptation({"kind": "ia3"}).adapt(tiny_encoder())
    names = [name for name, _ in encoder.named_parameters() if "ia3_l" in name]
    assert not any("attention.output" in name for name in names)


@pytest.mark.parametrize("kind", ["lora", "dora", "ia3", "prompt", "prefix"])
def test_a_missing_package_is_named_with_its_extra(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtraError, match=rf"'{kind}' needs .*'concord\[adapt\]'"):
        build_adaptation({"kind": kind}).adapt(tiny_encoder())
