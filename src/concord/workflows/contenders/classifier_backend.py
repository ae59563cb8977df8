"""Another maker's sequence classifier in the place of an alignment model."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from concord.alignment import TextPair
from concord.alignment.scores import FloatArray
from concord.model.encoder import reads_token_types
from concord.scoring.split_plans import fit_pair
from concord.text import PairTokenizer, TokenBatch, build_token_batch
from concord.text.tokenizer import PairTemplate
from concord.workflows.contenders.labels import LabelOrder, joint_logits

_PROBES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Classifier:
    """A loaded classifier with its tokenizer, in float32 and evaluation mode.

    Attributes:
        model: Gives `logits` of shape ``(pairs, labels)``.
        tokenizer: The model's own.
        max_tokens: Its window for a pair, special tokens included.
        claim_first: Whether it reads the claim before the context.
    """

    model: PreTrainedModel
    tokenizer: PairTokenizer
    max_tokens: int
    claim_first: bool = False

    @torch.inference_mode()
    def outputs(self, batch: TokenBatch) -> FloatArray:
        """Return raw outputs of a batch laid out context first, shape ``(pairs, labels)``."""
        if self.claim_first:
            batch = claims_first(batch, self.tokenizer.template, self.tokenizer.pad_id)
        inputs: dict[str, Any] = {
            "input_ids": torch.from_numpy(batch.input_ids),
            "attention_mask": torch.from_numpy(batch.attention_mask),
        }
        if reads_token_types(self.model):
            inputs["token_type_ids"] = torch.from_numpy(batch.token_type_ids)
        logits: Tensor = self.model(**inputs).logits
        array: FloatArray = logits.float().numpy()
        return array

    def ask(self, pairs: Sequence[TextPair]) -> FloatArray:
        """Return raw outputs of some short pairs, shape ``(pairs, labels)``."""
        tokenizer, capacity = self.tokenizer, self.max_tokens
        capacity -= tokenizer.template.num_special_tokens
        contexts = tokenizer.token_ids([pair.context for pair in pairs])
        claims = tokenizer.token_ids([pair.claim for pair in pairs])
        fitted = [
            fit_pair(context, claim, capacity=capacity)
            for context, claim in zip(contexts, claims, strict=True)
        ]
        outputs = [
            self.outputs(build_token_batch(several, tokenizer.template, tokenizer.pad_id))
            for start in range(0, len(fitted), _PROBES_AT_ONCE)
            if (several := fitted[start : start + _PROBES_AT_ONCE])
        ]
        return np.concatenate(outputs)


class ClassifierBackend:
    """Gives a classifier's answers as the joint logits of an alignment model.

    Args:
        classifier: What computes.
        order: What its outputs mean.
        is_bounded: Whether a lone output is a degree in [0, 1] as it is.
    """

    num_streams = 1

    def __init__(
        self, classifier: Classifier, order: LabelOrder, *, is_bounded: bool = False
    ) -> None:
        self._classifier = classifier
        self._order = order
        self._is_bounded = is_bounded

    def __repr__(self) -> str:
        return f"torch, f32, {torch.get_num_threads()} threads, labels {', '.join(self._order)}"

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        """Yield joint logits in the order of `LOGIT_COLUMNS`, ``(pairs, 6)`` for each batch."""
        for batch in batches:
            outputs = self._classifier.outputs(batch)
            yield joint_logits(outputs, self._order, is_bounded=self._is_bounded)


def claims_first(batch: TokenBatch, template: PairTemplate, pad_id: int) -> TokenBatch:
    """Return the batch with the two texts of each pair in each other's place."""
    rows = zip(batch.input_ids, batch.attention_mask.sum(axis=1), strict=True)
    swapped = [_texts(ids[:length].astype(np.int32), template)[::-1] for ids, length in rows]
    width = batch.input_ids.shape[1]
    return build_token_batch(swapped, template, pad_id, min_width=width)


def _texts(
    ids: np.typing.NDArray[np.int32], template: PairTemplate
) -> tuple[np.typing.NDArray[np.int32], np.typing.NDArray[np.int32]]:
    """Take a pair apart where its separator first stands."""
    inner = ids[len(template.prefix) : len(ids) - len(template.suffix)]
    wanted = list(template.separator)
    width = len(wanted)
    cut = next(
        place for place in range(len(inner)) if inner[place : place + width].tolist() == wanted
    )
    return inner[:cut], inner[cut + width :]
