"""The part of a task model's folder that other libraries read too: encoder, tokenizer, config."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from concord.adaptation import Adaptation, Encoder, build_adaptation, plain_encoder
from concord.adaptation.added import own_weights, saved_names
from concord.adaptation.full import Full
from concord.artifact import (
    CONFIG_FILE,
    SECTION,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    TasksSettings,
    load_config,
)
from concord.errors import ArtifactError, ConfigError
from concord.model.encoder import (
    empty_encoder,
    encoder_config,
    reads_token_types,
    tokenizer_config,
)
from concord.text.tokenizer import PairTokenizer


@dataclass(frozen=True, slots=True)
class SavedEncoder:
    """What a folder has of an encoder.

    Attributes:
        encoder: With its weights, in fp32.
        adaptation: How it differs from a plain one, if it does.
        tokenizer: Its tokenizer.
        settings: What prediction must know of it.
    """

    encoder: Encoder
    adaptation: Adaptation
    tokenizer: PairTokenizer
    settings: TasksSettings


def save_encoder(folder: Path, saved: SavedEncoder, dtype: torch.dtype) -> None:
    """Write an encoder with its tokenizer into a folder.

    What its adaptation added is put into the encoder's own weights where that can be, in a copy;
    else it stands beside them.

    Args:
        folder: It is there.
        saved: The encoder; its settings need not tell of the adaptation.
        dtype: How weights are stored.
    """
    plain = plain_encoder(saved.encoder)
    section = saved.settings.to_section()
    if saved.adaptation.is_mergeable:
        # The adapters of single tasks stand beside the tasks' heads.
        weights = own_weights(saved.adaptation.merge(saved.encoder))
    else:
        section["adaptation"] = saved.adaptation.to_table()
        state, names = saved.encoder.state_dict(), saved_names(saved.encoder)
        weights = {names[name]: value for name, value in state.items()}
    stored = {
        name: value.detach().to(device="cpu", dtype=dtype).contiguous()
        for name, value in weights.items()
        if value.is_floating_point()
    }
    save_file(stored, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    (folder / TOKENIZER_FILE).write_text(saved.tokenizer.fingerprint, encoding="utf-8")
    tokenizing = tokenizer_config(
        saved.tokenizer,
        max_tokens=saved.settings.max_tokens,
        reads_token_types=reads_token_types(plain),
    )
    _write_json(folder / TOKENIZER_CONFIG_FILE, tokenizing)
    own = {"dtype": str(dtype).removeprefix("torch."), SECTION: section}
    _write_json(folder / CONFIG_FILE, encoder_config(plain) | own)
    shutil.copymode(folder / CONFIG_FILE, folder / WEIGHTS_FILE)  # written for its owner alone


def load_encoder(folder: Path, *, attention: str = "sdpa") -> SavedEncoder:
    """Read what `save_encoder` wrote.

    Raises:
        ArtifactError: If the folder is not a complete model of tasks.
    """
    path = folder / CONFIG_FILE
    settings = TasksSettings.from_config(load_config(folder), source=str(path))
    encoder: Encoder = empty_encoder(folder, attention=attention)
    adaptation: Adaptation = Full()
    if settings.adaptation is not None:
        try:
            adaptation = build_adaptation(settings.adaptation, source=str(path))
            encoder = adaptation.adapt(encoder)
        except ConfigError as error:
            raise ArtifactError(f"{folder} cannot be used: {error}") from error
    _load_weights(encoder, folder / WEIGHTS_FILE)
    return SavedEncoder(encoder, adaptation, PairTokenizer.load(folder / TOKENIZER_FILE), settings)


def _load_weights(encoder: Encoder, path: Path) -> None:
    try:
        with safe_open(path, framework="pt") as file:
            saved = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except Exception as error:  # the safetensors package has one exception for all damage
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    state: dict[str, Tensor] = encoder.state_dict()
    for name, saved_name in saved_names(encoder).items():
        if saved_name in saved:
            state[name] = saved[saved_name]
        elif state[name].is_floating_point():
            raise ArtifactError(f"{path} lacks the encoder's weight {saved_name!r}; save it anew")
    try:
        encoder.load_state_dict(state)
    except RuntimeError as error:
        problem = str(error).splitlines()[-1].strip()
        raise ArtifactError(f"{path} does not fit the encoder: {problem}") from error


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
