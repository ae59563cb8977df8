"""One encoder with three heads: the model that concord trains."""

import json
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.artifact import (
    CARD_FILE,
    CONFIG_FILE,
    SECTION,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    AlignmentSettings,
    load_config,
)
from concord.errors import ArtifactError
from concord.model.attention import has_fast_attention
from concord.model.encoder import (
    EncoderOptions,
    PooledEncoder,
    build_encoder,
    empty_encoder,
    encoder_config,
    load_pair_tokenizer,
    max_positions,
    tokenizer_config,
)
from concord.model.first_token import computes_layers_again, first_token_alone
from concord.model.heads import AlignmentHeads, MaskedLanguageHead
from concord.text.tokenizer import PairTokenizer

_PLAIN_CARD: Final = """---
library_name: concord
pipeline_tag: text-classification
---

# An alignment model

Scores whether a claim is supported by a context: `concord.Aligner.from_pretrained("FOLDER")`.
"""


class AlignmentModel(nn.Module):
    """Scores (context, claim) pairs with three heads over one encoder.

    Args:
        encoder: Any Hugging Face encoder.
        tokenizer: The encoder's tokenizer, saved beside it.
        settings: What scoring must know besides the weights.
        dropout: Dropout before the classification heads.
    """

    def __init__(
        self,
        encoder: PreTrainedModel,
        tokenizer: PairTokenizer,
        settings: AlignmentSettings,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.pooled_encoder = PooledEncoder(encoder)
        self.heads = AlignmentHeads(encoder.config.hidden_size, dropout)
        self.masked_language_head: MaskedLanguageHead | None = None
        self.tokenizer = tokenizer
        self.settings = replace(settings, has_pooler=self.pooled_encoder.has_pooler)

    @classmethod
    def from_encoder(cls, options: EncoderOptions, *, chunk_tokens: int = 256) -> Self:
        """Put fresh heads on an encoder; seed torch first for a reproducible start."""
        encoder = build_encoder(options)
        window = min(max_positions(encoder), 512)
        settings = AlignmentSettings(max_tokens=window, chunk_tokens=min(chunk_tokens, window))
        return cls(encoder, load_pair_tokenizer(options.name), settings, options.dropout)

    @property
    def encoder(self) -> PreTrainedModel:
        """The Hugging Face encoder inside."""
        return self.pooled_encoder.encoder

    def add_masked_language_head(self) -> None:
        """Add the head that the auxiliary masked-language loss trains."""
        embedding = self.encoder.get_input_embeddings()
        assert isinstance(embedding, nn.Embedding)  # noqa: S101 - what every text encoder has
        self.masked_language_head = MaskedLanguageHead(self.encoder.config.hidden_size, embedding)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor | None = None,
        masked_positions: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return joint logits, ``(batch, 6)``: binary 2, three-way 3, regression 1.

        With `masked_positions`, a boolean ``(batch, tokens)``, also the logits over the
        vocabulary at those positions, ``(masked, vocabulary)``.
        """
        if masked_positions is None or self.masked_language_head is None:
            with self._first_token_alone():
                pooled, _ = self.pooled_encoder(input_ids, attention_mask, token_type_ids)
            logits: Tensor = self.heads(pooled)
            return logits
        pooled, states = self.pooled_encoder(input_ids, attention_mask, token_type_ids)
        logits = self.heads(pooled)
        matrix = self.encoder.get_input_embeddings().weight
        return logits, self.masked_language_head(states[masked_positions], matrix)

    def _first_token_alone(self) -> AbstractContextManager[None]:
        """Spare training a seventh of a small encoder's work, where the way back allows it.

        An encoder that attends step by step is there for derivatives of derivatives.
        """
        encoder = self.encoder
        is_spared = has_fast_attention(encoder) and not computes_layers_again(encoder)
        return first_token_alone(encoder) if self.training and is_spared else nullcontext()

    def save_pretrained(
        self, folder: Path | str, *, dtype: torch.dtype = torch.float32, card: str = _PLAIN_CARD
    ) -> None:
        """Write `config.json`, `model.safetensors`, the tokenizer's two files and the model card.

        The encoder's weights keep the names that its own class gives them, so
        `AutoModel.from_pretrained` reads the encoder from the same folder, and
        `AutoTokenizer.from_pretrained` a tokenizer that gives the same ids.

        Args:
            folder: Made if absent.
            dtype: How weights are stored; float16 halves the file.
            card: The text of `README.md`.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        config = encoder_config(self.encoder)
        config |= {"dtype": str(dtype).removeprefix("torch."), SECTION: self.settings.to_section()}
        weights = {
            self._saved_name(name): value.detach().to(device="cpu", dtype=dtype).contiguous()
            for name, value in self.state_dict().items()
            if value.is_floating_point()
        }
        save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
        (folder / TOKENIZER_FILE).write_text(self.tokenizer.fingerprint, encoding="utf-8")
        tokenizing = tokenizer_config(
            self.tokenizer,
            max_tokens=self.settings.max_tokens,
            reads_token_types=self.pooled_encoder.reads_token_types,
        )
        _write_json(folder / TOKENIZER_CONFIG_FILE, tokenizing)
        _write_json(folder / CONFIG_FILE, config)
        shutil.copymode(folder / CONFIG_FILE, folder / WEIGHTS_FILE)  # written for its owner alone
        (folder / CARD_FILE).write_text(card, encoding="utf-8")

    @classmethod
    def from_pretrained(cls, folder: Path | str, *, attention: str = "sdpa") -> Self:
        """Load a saved model in fp32, in evaluation mode.

        Raises:
            ArtifactError: If the folder is not a complete alignment model.
        """
        folder = Path(folder)
        config = load_config(folder)
        settings = AlignmentSettings.from_config(config, source=str(folder / CONFIG_FILE))
        try:
            encoder = empty_encoder(folder, attention=attention)
        except (KeyError, OSError, TypeError, ValueError) as error:
            raise ArtifactError(f"{folder / CONFIG_FILE} describes no encoder: {error}") from error
        model = cls(encoder, PairTokenizer.load(folder / TOKENIZER_FILE), settings)
        model.load_weights(_read_weights(folder / WEIGHTS_FILE))
        return model.eval()

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Take over saved weights, by their saved names.

        Raises:
            ArtifactError: If one is missing or has another shape; surplus ones are ignored.
        """
        if "masked_language_head.bias" in weights and self.masked_language_head is None:
            self.add_masked_language_head()
        state = self.state_dict()
        for name, value in state.items():
            if not value.is_floating_point():
                continue
            saved = weights.get(self._saved_name(name))
            if saved is None or saved.shape != value.shape:
                found = "is missing" if saved is None else f"has shape {tuple(saved.shape)}"
                raise ArtifactError(
                    f"weight {self._saved_name(name)!r} {found}; expected {tuple(value.shape)}"
                )
            state[name] = saved.to(value.dtype)
        self.load_state_dict(state)

    def _saved_name(self, name: str) -> str:
        """Rename a parameter to what the encoder's own class calls it."""
        inner = "pooled_encoder.encoder."
        if name.startswith(inner):
            return f"{self.encoder.base_model_prefix}.{name.removeprefix(inner)}"
        return name.removeprefix("pooled_encoder.")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _read_weights(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; a model folder needs its weights")
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:  # the safetensors package has one exception for all damage
        raise ArtifactError(f"{path} is damaged: {error}") from error
