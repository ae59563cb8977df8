"""Tag vectors against their formula, where they start, and what of them learns."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.plain_bert import Additions, states_of_text, weights_of
from tests.tiny_adapted import IDS, MASK, TYPES, adapted, tiny_encoder
from torch import Tensor, nn

PARTS = torch.arange(33).reshape(3, 11) % 18
TYPES_OF_NAMES = torch.arange(33).reshape(3, 11) * 5 % 22
TAGGED = (IDS | PARTS << 21 | TYPES_OF_NAMES << 26) * MASK  # padding has no tags


@torch.inference_mode()
def _states(encoder: nn.Module, ids: Tensor = TAGGED) -> Tensor:
    found: Tensor = encoder(
        input_ids=ids, attention_mask=MASK, token_type_ids=TYPES
    ).last_hidden_state
    return found


def test_vectors_of_both_tags_are_added_to_those_of_words() -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "tags"})
    learned = encoder.state_dict()
    weights = weights_of(encoder.base_layer)  # type: ignore[arg-type]
    parts, types = (
        learned[f"{table}.weight"].double().numpy() for table in ("parts_of_speech", "entity_types")
    )
    vectors = parts[PARTS[1].numpy()] + types[TYPES_OF_NAMES[1].numpy()]
    expected = states_of_text(
        weights, plain.config, IDS[1].tolist(), TYPES[1].tolist(), Additions(vectors=vectors)
    )
    np.testing.assert_allclose(_states(encoder)[1].numpy(), expected, rtol=0, atol=2e-5)


def test_tags_change_nothing_at_the_start() -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "tags"}, is_trained=False)
    difference = (_states(encoder) - _states(plain, IDS * MASK))[MASK == 1]
    assert difference.abs().max() < 1e-6


def test_all_learns_but_the_vector_of_no_tag() -> None:
    adaptation, encoder = adapted(tiny_encoder(), {"kind": "tags"}, is_trained=False)
    assert len(list(adaptation.learning(encoder))) == len(list(encoder.parameters()))
    encoder(input_ids=TAGGED, attention_mask=MASK).last_hidden_state.square().sum().backward()
    tables: dict[str, Any] = dict(encoder.named_parameters())
    gradient = tables["parts_of_speech.weight"].grad.abs().sum(dim=1)
    assert tables["parts_of_speech.weight"].shape == (32, 32)
    assert gradient[0] == 0
    assert (gradient[1:18] > 0).all()  # every tag that occurs
    assert (gradient[18:] == 0).all()
    assert tables["base_layer.embeddings.word_embeddings.weight"].grad is not None


@pytest.mark.parametrize("architecture", ["roberta", "distilbert", "albert", "modernbert", "mpnet"])
def test_neither_padding_nor_neighbours_matter_in_other_architectures(architecture: str) -> None:
    plain = tiny_encoder(architecture)
    _, encoder = adapted(plain, {"kind": "tags"})
    ids = (TAGGED + 5) * MASK + plain.config.pad_token_id * (1 - MASK)
    with torch.inference_mode():
        together = encoder(input_ids=ids, attention_mask=MASK).last_hidden_state
        untagged = encoder(input_ids=ids & 0x1FFFFF, attention_mask=MASK).last_hidden_state
        assert (together - untagged)[MASK == 1].abs().max() > 0.1
        for row, length in enumerate(MASK.sum(dim=1).tolist()):
            own = slice(row, row + 1), slice(length)
            alone = encoder(input_ids=ids[own], attention_mask=MASK[own]).last_hidden_state[0]
            torch.testing.assert_close(together[row, :length], alone, rtol=0, atol=1e-5)
