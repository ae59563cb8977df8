"""Writes a sequence classifier into a folder, and checks what is read back before it counts."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel
from transformers.utils import logging as transformers_logging

from concord.alignment import Head, TextPair
from concord.alignment.scores import LOGIT_COLUMNS, FloatArray
from concord.artifact import (
    CARD_FILE,
    CONFIG_FILE,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
)
from concord.errors import ArtifactError, ConfigError
from concord.export.classifier import build_classifier, find_layout
from concord.export.classifier_card import build_classifier_card
from concord.model import AlignmentModel
from concord.model.encoder import encoder_config, tokenizer_config
from concord.scoring.backends.pytorch import TorchBackend
from concord.scoring.split_plans import fit_pair, text_capacity
from concord.text import build_token_batch

TOLERANCE: Final = 1e-5
"""How far a probability, or the regression's value, may lie from concord's."""
WINDOW_FILE: Final = "sentence_bert_config.json"
"""Where text-embeddings-inference looks for the window before it takes all positions for it."""
_PROBES: Final = (  # short claims, which fit into the smallest window
    TextPair("The bridge opened in 1931 and carries four lanes.", "It is old."),
    TextPair("Er sagte: „Größe“ — 3,5 %.", "No."),
    TextPair("", "It is new."),
    TextPair("It is old.", "It is old."),
)


def export_classifier(folder: Path, target: Path, *, head: Head, dtype: torch.dtype) -> float:
    """Write one head of a saved alignment model as an ordinary sequence classifier.

    The folder appears under its name only when it is complete and, read back by transformers,
    has given the probabilities of the alignment model with its weights in the same `dtype`.

    Args:
        folder: A saved alignment model.
        target: The folder to make; not there yet, or empty.
        head: The head to keep.
        dtype: How the weights are stored.

    Returns:
        The largest difference from the alignment model on the probe pairs, in float32.

    Raises:
        ConfigError: If the target is taken, or the architecture cannot be exported so.
        ArtifactError: If the probabilities differ by more than `TOLERANCE`.
    """
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise ConfigError(f"{target} is there already; name a new folder, or remove it first")
    model = AlignmentModel.from_pretrained(folder)
    find_layout(model.encoder.config.model_type)
    _round_weights(model, dtype)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as scratch:
        draft = Path(scratch) / "classifier"
        write_classifier(build_classifier(model, head), model, draft, dtype)
        card = build_classifier_card(
            target.name,
            head,
            model.settings,
            json.loads((draft / CONFIG_FILE).read_text(encoding="utf-8")),
            _text_of(folder / CARD_FILE),
        )
        (draft / CARD_FILE).write_text(card, encoding="utf-8")
        difference = largest_difference(model, head, draft)
        if not difference <= TOLERANCE:  # nor if it is no number
            raise ArtifactError(
                f"the classifier's probabilities lie up to {difference:.1e} from the alignment "
                f"model's, more than {TOLERANCE:.0e}, so {target} was not written"
            )
        if target.is_dir():
            target.rmdir()
        draft.rename(target)
    return difference


def write_classifier(
    classifier: PreTrainedModel, model: AlignmentModel, folder: Path, dtype: torch.dtype
) -> None:
    """Write the config, the weights and the tokenizer's files into a new folder."""
    folder.mkdir()
    config = encoder_config(classifier) | {"dtype": str(dtype).removeprefix("torch.")}
    _write_json(folder / CONFIG_FILE, config)
    weights = {
        name: value.detach().to(dtype).contiguous()
        for name, value in classifier.state_dict().items()
        if value.is_floating_point()
    }
    save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    shutil.copymode(folder / CONFIG_FILE, folder / WEIGHTS_FILE)  # written for its owner alone
    max_tokens = model.settings.max_tokens
    tokenizer = Tokenizer.from_str(model.tokenizer.fingerprint)
    tokenizer.enable_truncation(max_tokens, strategy="only_first")  # the context loses its end
    (folder / TOKENIZER_FILE).write_text(tokenizer.to_str(), encoding="utf-8")
    _write_json(
        folder / TOKENIZER_CONFIG_FILE,
        tokenizer_config(
            model.tokenizer,
            max_tokens=max_tokens,
            reads_token_types=model.pooled_encoder.reads_token_types,
        )
        | {"padding_side": "right", "truncation_side": "right"},
    )
    _write_json(folder / WINDOW_FILE, {"max_seq_length": max_tokens})


def largest_difference(model: AlignmentModel, head: Head, folder: Path) -> float:
    """Compare a written classifier with its alignment model on probe pairs, one of them too long.

    Returns:
        The largest difference of a probability, or of the regression's value, in float32.
    """
    long_context = "The bridge is old. " * model.settings.max_tokens
    pairs = [*_PROBES, TextPair(long_context, "It is new.")]
    difference = _classifier_scores(folder, head, pairs) - _alignment_scores(model, head, pairs)
    return float(np.abs(difference).max())


def _alignment_scores(model: AlignmentModel, head: Head, pairs: Sequence[TextPair]) -> FloatArray:
    tokenizer = model.tokenizer
    capacity = text_capacity(tokenizer, model.settings.max_tokens)
    contexts = tokenizer.token_ids([pair.context for pair in pairs])
    claims = tokenizer.token_ids([pair.claim for pair in pairs])
    fitted = [
        fit_pair(context, claim, capacity=capacity)
        for context, claim in zip(contexts, claims, strict=True)
    ]
    batch = build_token_batch(fitted, tokenizer.template, tokenizer.pad_id)
    (logits,) = TorchBackend(model).logits([batch])
    return _scores(torch.from_numpy(logits[:, LOGIT_COLUMNS[head]]), head)


@torch.inference_mode()
def _classifier_scores(folder: Path, head: Head, pairs: Sequence[TextPair]) -> FloatArray:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with _without_progress_bar():
        classifier = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    inputs = tokenizer(
        [pair.context for pair in pairs],
        [pair.claim for pair in pairs],
        padding=True,
        truncation="only_first",
        return_tensors="pt",
    )
    return _scores(classifier.eval()(**inputs).logits, head)


@contextmanager
def _without_progress_bar() -> Iterator[None]:
    is_enabled = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if is_enabled:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _scores(logits: torch.Tensor, head: Head) -> FloatArray:
    scores: FloatArray = (logits if head is Head.REGRESSION else logits.softmax(dim=1)).numpy()
    return scores


def _round_weights(model: AlignmentModel, dtype: torch.dtype) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(dtype))


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
