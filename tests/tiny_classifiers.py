"""Sequence classifiers that know the probes by heart, saved as other makers save theirs."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import torch
from tests.tiny_tokenizers import SPECIAL, whole_words
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification

from concord.alignment import TextPair
from concord.text import PairTokenizer, build_token_batch
from concord.workflows.contenders.labels import Meaning
from concord.workflows.contenders.probes import PROBES, UNRELATED

MEANINGS = (Meaning.ALIGNED, Meaning.NEUTRAL, Meaning.CONTRADICTED)
"""What the trained outputs mean, in this order."""
MAX_TOKENS = 64
_STEPS = 60
_WORD = re.compile(r"\w+|[^\w\s]")


@cache
def probe_classifier(*, claim_first: bool = False) -> BertForSequenceClassification:
    """Return a classifier with three outputs that was trained on the probes themselves."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(_vocabulary()),
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.1,
        pad_token_id=0,
    )
    config.num_labels = len(MEANINGS)
    model = BertForSequenceClassification(config)
    inputs, targets = _training_batch(claim_first=claim_first)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(_STEPS):
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    model.eval()  # type: ignore[no-untyped-call]
    return model


def save_classifier(
    folder: Path,
    names: Sequence[str],
    mixed: Sequence[Mapping[Meaning, float]],
    *,
    claim_first: bool = False,
    problem_type: str | None = None,
) -> Path:
    """Save a classifier whose outputs are mixtures of the trained ones.

    Args:
        folder: Where to.
        names: What the config calls each output.
        mixed: Of each output, the trained outputs that it is the sum of, and how often.
        claim_first: Whether it learned pairs with the claim first.
        problem_type: What the config says of it.
    """
    trained = probe_classifier(claim_first=claim_first)
    config = BertConfig(**trained.config.to_dict())
    config.id2label = dict(enumerate(names))
    config.label2id = {name: index for index, name in enumerate(names)}
    config.update({"problem_type": problem_type})
    model = BertForSequenceClassification(config)
    states = {
        name: value
        for name, value in trained.state_dict().items()
        if not name.startswith("classifier.")
    }
    shares = torch.tensor([[of.get(meaning, 0.0) for meaning in MEANINGS] for of in mixed])
    states["classifier.weight"] = shares @ trained.classifier.weight.detach()
    states["classifier.bias"] = shares @ trained.classifier.bias.detach()
    model.load_state_dict(states)
    model.save_pretrained(folder)
    whole_words(_vocabulary()).save(str(folder / "tokenizer.json"))
    return folder


def save_as(folder: Path, names: Sequence[str], meanings: Sequence[Meaning]) -> Path:
    """Save a classifier whose outputs have these names and, in truth, these meanings."""
    mixture = {Meaning.NOT_ALIGNED: {Meaning.ALIGNED: -1.0}}
    mixed = [mixture.get(meaning, {meaning: 1.0}) for meaning in meanings]
    return save_classifier(folder, names, mixed)


@cache
def _vocabulary() -> tuple[str, ...]:
    texts = [text for pair in _pairs() for text in pair]
    words = {word for text in texts for word in _WORD.findall(text.lower())}
    return (*SPECIAL, *sorted(words))


def _pairs() -> list[TextPair]:
    return [*(pair for pair, _ in PROBES), *UNRELATED]


def _training_batch(*, claim_first: bool) -> tuple[dict[str, Tensor], Tensor]:
    tokenizer = PairTokenizer(whole_words(_vocabulary()))
    meanings = [meaning for _, meaning in PROBES] + [Meaning.NEUTRAL] * len(UNRELATED)
    contexts = tokenizer.token_ids([pair.context for pair in _pairs()])
    claims = tokenizer.token_ids([pair.claim for pair in _pairs()])
    sides = (claims, contexts) if claim_first else (contexts, claims)
    batch = build_token_batch(list(zip(*sides, strict=True)), tokenizer.template, tokenizer.pad_id)
    inputs = {
        "input_ids": torch.from_numpy(batch.input_ids),
        "attention_mask": torch.from_numpy(batch.attention_mask),
        "token_type_ids": torch.from_numpy(batch.token_type_ids),
    }
    return inputs, torch.tensor([MEANINGS.index(meaning) for meaning in meanings])
