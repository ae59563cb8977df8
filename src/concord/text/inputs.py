"""One or two texts as one encoder sequence, and such sequences as a padded batch.

A pair of texts is laid out as in `concord.text.batches`; a single text stands between the same
first and last special tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from concord.text.batches import TokenBatch
from concord.text.tokenizer import PairTemplate, TokenIds


@dataclass(frozen=True, slots=True)
class EncoderInput:
    """What the encoder reads at once: a text, or two texts side by side.

    Attributes:
        first: Ids of the first text, without special tokens.
        second: Ids of the second; None for a single text.
    """

    first: TokenIds
    second: TokenIds | None = None

    def num_tokens(self, template: PairTemplate) -> int:
        """Return the sequence's length, special tokens included."""
        special = len(template.prefix) + len(template.suffix)
        if self.second is None:
            return special + len(self.first)
        return special + len(template.separator) + len(self.first) + len(self.second)

    def second_start(self, template: PairTemplate) -> int:
        """Return the position of the second text's first token in the sequence."""
        return len(template.prefix) + len(self.first) + len(template.separator)

    def fitted(self, template: PairTemplate, max_tokens: int) -> "EncoderInput":
        """Return the sequence cut to a window; of two texts the longer one loses its end."""
        if self.num_tokens(template) <= max_tokens:
            return self
        special = self.num_tokens(template) - len(self.first)
        if self.second is None:
            return EncoderInput(self.first[: max(max_tokens - special, 0)])
        room = max(max_tokens - special + len(self.second), 0)
        first = min(len(self.first), max(room - len(self.second), room - room // 2))
        return EncoderInput(self.first[:first], self.second[: room - first])


def build_input_batch(
    inputs: Sequence[EncoderInput], template: PairTemplate, pad_id: int
) -> TokenBatch:
    """Lay out sequences as the encoder reads them, padded on the right to the longest.

    Args:
        inputs: Already fitted to the window; at least one.
        template: Where the special tokens go.
        pad_id: The id that fills up the shorter rows.
    """
    prefix, separator, suffix = (
        np.array(ids, dtype=np.int32)
        for ids in (template.prefix, template.separator, template.suffix)
    )
    rows = [
        (prefix, each.first, suffix)
        if each.second is None
        else (prefix, each.first, separator, each.second, suffix)
        for each in inputs
    ]
    lengths = np.array([[each.num_tokens(template)] for each in inputs])
    columns = np.arange(lengths.max())
    is_token = columns < lengths
    # Where the second text begins; a single text has none, so its types never change.
    second = [
        lengths[row, 0] if each.second is None else each.second_start(template)
        for row, each in enumerate(inputs)
    ]
    is_second = is_token & (columns >= np.array(second)[:, np.newaxis])
    input_ids = np.full(is_token.shape, pad_id, dtype=np.int64)
    input_ids[is_token] = np.concatenate(list(chain.from_iterable(rows)))
    types = np.where(is_second, template.claim_type, template.context_type) * is_token
    return TokenBatch(input_ids, is_token.astype(np.int64), types)
