"""One embedding of a model of tasks as a folder that sentence-transformers loads."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file

from concord.adaptation import plain_encoder
from concord.adaptation.added import own_weights
from concord.artifact import (
    CARD_FILE,
    CONFIG_FILE,
    SECTION,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
)
from concord.errors import ConfigError
from concord.model import TaskModel, merge_task
from concord.model.encoder import encoder_config, reads_token_types, tokenizer_config
from concord.tasks.heads import HeadKind, HeadSpec, Pooling

_MODULES: Final = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
_CARD: Final = """---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# Sentence embeddings

`SentenceTransformer("FOLDER").encode(TEXTS)` gives a vector for each text.
"""


def export_sentence_transformer(folder: Path | str, task: str, to: Path | str) -> Path:
    """Write the encoder with the pooling of an embedding task, and return the new folder.

    What is written are sentence-transformers' own classes, so no code comes with it. The folder
    appears under its name only when it is complete.

    Args:
        folder: A saved model of tasks.
        task: The name of an embedding task, or of a similarity task without a projection.
        to: The folder to make; not there yet, or empty.

    Raises:
        ConfigError: If the target is taken, there is no such task, or its vectors are not the
            first token or the mean of the last layer.
    """
    to = Path(to)
    if to.is_file() or (to.is_dir() and any(to.iterdir())):
        raise ConfigError(f"{to} is there already; name a new folder, or remove it first")
    model = TaskModel.from_pretrained(folder)
    if task not in model.tasks:
        raise ConfigError(f"{folder} has no task {task!r}; it has {', '.join(model.tasks)}")
    spec = model.tasks[task].head
    _check(spec, task)
    if task in model.adapters:
        model = merge_task(model, task)
    if not model.adaptation.is_mergeable:
        raise ConfigError(
            f"{folder} has an encoder with an adaptation of kind {model.adaptation.kind!r}, which "
            "sentence-transformers has no class for; train one of kind lora instead"
        )
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".export-") as scratch:
        draft = Path(scratch) / "model"
        draft.mkdir()
        _write_encoder(model, draft)
        _write_modules(spec, model, draft)
        if to.is_dir():
            to.rmdir()
        draft.rename(to)
    return to


def _check(spec: HeadSpec, task: str) -> None:
    if spec.kind not in {HeadKind.VECTOR, HeadKind.COSINE} or spec.projection_size:
        raise ConfigError(f"task {task!r} gives no plain vectors; name an embedding task")
    if spec.num_layers > 1:
        raise ConfigError(
            f"task {task!r} reads the last {spec.num_layers} layers; sentence-transformers "
            "without code of its own reads the last one only"
        )
    if spec.pooling is Pooling.ATTENTION:
        raise ConfigError(
            f"task {task!r} pools by attention, which sentence-transformers has no class for; "
            "use mean or first"
        )


def _write_encoder(model: TaskModel, folder: Path) -> None:
    encoder = plain_encoder(model.encoder)
    config = {**encoder_config(encoder), "dtype": "float32"}
    config.pop(SECTION, None)  # what only concord reads
    _write_json(folder / CONFIG_FILE, config)
    weights = {
        name: value.detach().to(device="cpu", dtype=torch.float32).contiguous()
        for name, value in own_weights(encoder).items()
        if value.is_floating_point()
    }
    save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    shutil.copymode(folder / CONFIG_FILE, folder / WEIGHTS_FILE)  # written for its owner alone
    (folder / TOKENIZER_FILE).write_text(model.tokenizer.fingerprint, encoding="utf-8")
    tokenizing = tokenizer_config(
        model.tokenizer,
        max_tokens=model.max_tokens,
        reads_token_types=reads_token_types(encoder),
    )
    _write_json(folder / TOKENIZER_CONFIG_FILE, tokenizing)


def _write_modules(spec: HeadSpec, model: TaskModel, folder: Path) -> None:
    modules = _MODULES if spec.is_normalized else _MODULES[:2]
    _write_json(
        folder / "modules.json",
        [
            {
                "idx": number,
                "name": str(number),
                "path": path,
                "type": f"sentence_transformers.models.{name}",
            }
            for number, (path, name) in enumerate(modules)
        ],
    )
    window = {"max_seq_length": model.max_tokens, "do_lower_case": False}
    _write_json(folder / "sentence_bert_config.json", window)
    for path, name in modules[1:]:
        (folder / path).mkdir()
        pooling = {
            "word_embedding_dimension": model.hidden_size,
            "pooling_mode_cls_token": spec.pooling is Pooling.FIRST,
            "pooling_mode_mean_tokens": spec.pooling is Pooling.MEAN,
        }
        _write_json(folder / path / CONFIG_FILE, pooling if name == "Pooling" else {})
    (folder / CARD_FILE).write_text(_CARD, encoding="utf-8")


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
