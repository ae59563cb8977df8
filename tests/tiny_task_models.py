"""Models of tasks over a tiny random encoder, and what predicts with them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from tests.tiny_models import MAX_TOKENS, VOCABULARY
from tests.tiny_tokenizers import word_pieces
from torch import Tensor
from transformers import BertConfig, BertModel

from concord.artifact import TasksSettings
from concord.data.task_mixture import TaskExample
from concord.model import TaskModel
from concord.scoring.backends.pytorch import TorchEncoder
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask, Encoding
from concord.tasks.heads import FloatArray, NumpyHead, build_numpy_head
from concord.text import PairTokenizer, TokenBatch
from concord.text.inputs import build_input_batch
from concord.training.batches.task_batches import TaskBatch, build_task_batch


def masking_tokenizer() -> PairTokenizer:
    """Build a tokenizer of word pieces that knows "[MASK]" in a text."""
    inner = word_pieces(VOCABULARY)
    inner.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return PairTokenizer(inner)


def tiny_task_model(tasks: Mapping[str, AnyTask], *, seed: int = 0) -> TaskModel:
    """Build a model of some tasks whose outputs differ from text to text."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        initializer_range=0.2,
        pad_token_id=0,
    )
    model = TaskModel(BertModel(config), masking_tokenizer(), max_tokens=MAX_TOKENS)
    for name, task in tasks.items():
        model.add_task(name, task)
    with torch.no_grad():
        for parameter in model.heads.parameters():
            parameter.mul_(4)
    return model.eval()


def numpy_head(model: TaskModel, name: str) -> NumpyHead:
    """Return one of a model's heads in NumPy."""
    spec = model.tasks[name].head
    weights = model.head_weights(name)
    return build_numpy_head(spec, weights, model.hidden_size, model.word_embedding)


def task_predictor(model: TaskModel, *, max_tokens: int | None = None) -> TaskPredictor:
    """Return what predicts with a model in memory."""
    settings = TasksSettings(
        max_tokens=max_tokens or model.max_tokens,
        num_layers=model.num_layers,
        hidden_size=model.hidden_size,
    )
    heads = {name: numpy_head(model, name) for name in model.tasks}
    return TaskPredictor(
        TorchEncoder(model), model.tokenizer, settings, model.tasks, heads, adapted=model.adapters
    )


def token_batch(encodings: Sequence[Encoding], tokenizer: PairTokenizer) -> TokenBatch:
    """Lay out the sequences of some inputs, padded to the longest."""
    sequences = [sequence for encoding in encodings for sequence in encoding.sequences]
    return build_input_batch(sequences, tokenizer.template, tokenizer.pad_id)


@torch.inference_mode()
def outputs_of_both(
    model: TaskModel, name: str, batch: TokenBatch
) -> tuple[Any, Sequence[FloatArray]]:
    """Return what a head gives in torch and what it gives in NumPy, of the same states."""
    states: Tensor = model.states(
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask),
        torch.from_numpy(batch.token_type_ids),
    )
    trained = model.heads[name](states, torch.from_numpy(batch.attention_mask))
    return trained, numpy_head(model, name).read(states.numpy(), batch)


def training_batch(
    model: TaskModel, name: str, inputs: Sequence[Any], golds: Sequence[Any], max_tokens: int
) -> TaskBatch:
    """Return inputs of one task as a batch to learn from."""
    task = model.tasks[name]
    encodings = task.encode(inputs, model.tokenizer, max_tokens)
    examples = [
        TaskExample(name, encoding.sequences, task.target(encoding, gold).astype(np.float32))
        for encoding, gold in zip(encodings, golds, strict=True)
    ]
    return build_task_batch(examples, model.tokenizer)
