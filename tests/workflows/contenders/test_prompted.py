"""A tiny language model with random weights, asked for yes or no."""

from pathlib import Path

import pytest
import torch
from tests.tiny_tokenizers import SPECIAL, whole_words
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from concord.errors import ArtifactError, ConfigError
from concord.workflows.contenders import build_contender
from concord.workflows.contenders.prompted import PromptedSystem, PromptOptions

WORDS = ("yes", "no", "the", "bridge", "is", "long", "old", "context", "claim", ":", ".", "answer")
CONTEXT, CLAIM = "the bridge is long .", "the bridge is old ."
WINDOW = 320


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    place = tmp_path_factory.mktemp("lm") / "tiny-lm"
    config = LlamaConfig(
        vocab_size=len(SPECIAL) + len(WORDS),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=WINDOW,
        initializer_range=0.5,
    )
    LlamaForCausalLM(config).save_pretrained(place)
    whole_words((*SPECIAL, *WORDS)).save(str(place / "tokenizer.json"))
    stated = '{"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]"}'
    (place / "tokenizer_config.json").write_text(stated, encoding="utf-8")
    return place


@torch.inference_mode()
def _degree_in_one_pass(folder: Path, system: PromptedSystem, context: str, claim: str) -> float:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompt = (
        f"{system.prefix}Context: {context}\nClaim: {claim}\nQuestion: Is the claim supported by "
        "the context? Answer yes or no.\nAnswer:"
    )
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
    logits = AutoModelForCausalLM.from_pretrained(folder)(ids).logits[0, -1]
    yes, no = (tokenizer.convert_tokens_to_ids(word) for word in ("yes", "no"))
    return float(torch.softmax(logits[[no, yes]], 0)[1])


def test_the_degree_is_the_share_of_yes_among_yes_and_no(folder: Path) -> None:
    system = PromptedSystem.open(folder)
    degrees = system.predict([CONTEXT, CLAIM], [CLAIM, CONTEXT]).binary
    expected = [
        _degree_in_one_pass(folder, system, CONTEXT, CLAIM),
        _degree_in_one_pass(folder, system, CLAIM, CONTEXT),
    ]
    assert degrees == pytest.approx(expected, abs=1e-5)
    assert abs(degrees[0] - degrees[1]) > 1e-4
    assert system.score([CONTEXT], [CLAIM], head="three_way") == pytest.approx(degrees[:1])


def test_without_examples_the_instruction_alone_comes_first(folder: Path) -> None:
    bare = PromptedSystem.open(folder, PromptOptions(shots=0))
    assert "Claim" not in bare.prefix
    (degree,) = bare.predict([CONTEXT], [CLAIM]).binary
    assert degree == pytest.approx(_degree_in_one_pass(folder, bare, CONTEXT, CLAIM), abs=1e-5)


def test_a_long_context_loses_its_end_and_is_counted(folder: Path) -> None:
    system = PromptedSystem.open(folder)
    long = " ".join([CONTEXT] * WINDOW)
    first, again = system.predict([long, f"{long} no no no"], [CLAIM] * 2).binary
    assert first == again
    assert system.num_truncated == 2
    system.predict([CONTEXT], [CLAIM])
    assert system.num_truncated == 0


def test_a_window_without_room_for_the_question_is_told(folder: Path) -> None:
    narrow = PromptedSystem.open(folder, PromptOptions(max_tokens=64))
    with pytest.raises(ConfigError, match="64 tokens do not hold 4 examples and the claim"):
        narrow.predict([CONTEXT], [CLAIM])


def test_the_fingerprint_covers_the_prompt(folder: Path) -> None:
    prints = {
        PromptedSystem.open(folder, options).fingerprint
        for options in (
            PromptOptions(),
            PromptOptions(max_rows=5),
            PromptOptions(shots=2),
            PromptOptions(max_tokens=300),
        )
    }
    assert len(prints) == 3  # how many rows are asked changes no answer


def test_a_generator_is_built_by_its_name(folder: Path) -> None:
    system = build_contender(f"prompted:{folder}")
    assert isinstance(system, PromptedSystem)
    assert (system.name, system.kind, system.max_rows) == ("tiny-lm (prompted)", "generator", 200)


def test_a_folder_without_a_language_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="cannot be loaded as a causal language model"):
        PromptedSystem.open(tmp_path)


def test_of_several_gguf_files_one_must_be_left(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"holds 2 GGUF files \(a.gguf, b.gguf\)"):
        PromptedSystem.open(tmp_path)


def test_a_package_without_a_model_is_told() -> None:
    with pytest.raises(ArtifactError, match="no installed package 'no_such_package' carries"):
        build_contender("prompted:package:no_such_package")


@pytest.mark.parametrize("options", [{"shots": 9}, {"max_rows": 0}, {"threads": 0}])
def test_options_that_cannot_work_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        PromptOptions(**options)
