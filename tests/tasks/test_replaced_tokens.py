"""Words are judged by their most suspect token, rows by tokens replaced in fixed places."""

import numpy as np
import pytest
import torch
from tests.tiny_models import MAX_TOKENS
from tests.tiny_task_models import numpy_head, task_predictor, tiny_task_model, token_batch

from concord.errors import ConfigError
from concord.evaluation.metrics.tasks import task_metric
from concord.model.task_heads import ReplacedModule
from concord.tasks.replaced_tokens import ReplacedInput, ReplacedTokens, TokenVerdict
from concord.tasks.task import IGNORED
from concord.tasks.word_inputs import words_in_text
from concord.text import PairTokenizer

TASK = ReplacedTokens(rate=0.3, generator_layers=1, generator_size=16)
TEXT = "the bridge opened in 1932 it is long the river is old"  # 12 tokens


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return tiny_task_model({}).tokenizer


def test_tokens_of_a_row_are_replaced_by_others_of_its_text(tokenizer: PairTokenizer) -> None:
    row = ReplacedInput(words_in_text(TEXT), is_row=True)
    first, again = (TASK.encode([row], tokenizer, MAX_TOKENS)[0] for _ in range(2))
    ids, whole = first.sequences[0].first, tokenizer.token_ids([TEXT])[0]
    assert ids.tolist() == again.sequences[0].first.tolist()
    assert 1 <= (ids != whole).sum() <= 4  # 0.3 of 12, less those that drew the original
    assert set(ids.tolist()) <= set(whole.tolist())
    assert TASK.target(first, ()).tolist() == [IGNORED, *whole.tolist(), IGNORED]
    answer = TASK.decode(first, [np.zeros((14, 1), dtype=np.float32)])
    assert [each.is_replaced for each in answer.verdicts] == (ids != whole).tolist()
    assert {each.prob for each in answer.verdicts} == {0.5}


def test_a_word_is_as_suspect_as_its_most_suspect_token(tokenizer: PairTokenizer) -> None:
    # [CLS] the r ##o ##m ##e . [SEP]
    logits = np.array([[9], [-9], [-9], [2], [-9], [-9], [0], [9]], dtype=np.float32)
    (encoding,) = TASK.encode([TASK.parse_input("the Rome.")], tokenizer, MAX_TOKENS)
    words = TASK.decode(encoding, [logits]).words
    assert [(each.text, each.start, each.end) for each in words] == [
        ("the", 0, 3),
        ("Rome", 4, 8),
        (".", 8, 9),
    ]
    wanted = [1 / (1 + np.exp(9)), 1 / (1 + np.exp(-2)), 0.5]
    assert [each.prob for each in words] == pytest.approx(wanted)
    (listed,) = TASK.encode([TASK.parse_input(["the", "Rome", "."])], tokenizer, MAX_TOKENS)
    assert [(each.start, each.end) for each in TASK.decode(listed, [logits]).words] == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]


def test_a_text_longer_than_the_window_loses_nothing(tokenizer: PairTokenizer) -> None:
    for is_row in (True, False):
        row = ReplacedInput(words_in_text(TEXT), is_row)
        (encoding,) = TASK.encode([row], tokenizer, 6)
        assert [len(each.first) for each in encoding.sequences] == [4, 4, 4]
        target = TASK.target(encoding, ())
        assert target[target != IGNORED].tolist() == tokenizer.token_ids([TEXT])[0].tolist()
        answer = TASK.decode(encoding, [np.zeros((6, 1), dtype=np.float32)] * 3)
        assert len(answer.words) + len(answer.verdicts) == 12


def test_a_text_without_words_has_none_to_judge(tokenizer: PairTokenizer) -> None:
    for is_row in (True, False):
        (encoding,) = TASK.encode([ReplacedInput(words_in_text(""), is_row)], tokenizer, 64)
        answer = TASK.decode(encoding, [np.zeros((2, 1), dtype=np.float32)])
        assert not answer.words
        assert not answer.verdicts
        assert TASK.error((), answer) == 0


def test_the_head_in_numpy_is_the_trained_one_and_padding_changes_nothing() -> None:
    model = tiny_task_model({"rtd": TASK})
    texts = [TASK.parse_input(text) for text in (TEXT, "it is", "")]
    encodings = TASK.encode(texts, model.tokenizer, MAX_TOKENS)
    head = model.heads["rtd"]
    assert isinstance(head, ReplacedModule)

    def both(batch_of: list[int]) -> tuple[np.ndarray, list[np.ndarray]]:
        batch = token_batch([encodings[number] for number in batch_of], model.tokenizer)
        ids, mask = torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask)
        with torch.inference_mode():
            states = model.states(ids, mask, torch.from_numpy(batch.token_type_ids))
            judgement = head(states, mask, head.draft(ids, mask, torch.zeros_like(ids) == 1))
        own = numpy_head(model, "rtd").read(states.numpy(), batch)
        return judgement.logits.numpy(), list(own)

    trained, own = both([0, 1, 2])
    assert np.concatenate(own)[:, 0] == pytest.approx(trained, abs=1e-5)
    for number, found in enumerate(own):
        assert found == pytest.approx(both([number])[1][0], abs=1e-5)


def test_many_texts_together_are_answered_as_each_alone() -> None:
    predictor = task_predictor(tiny_task_model({"rtd": TASK}), max_tokens=8)
    texts = [TEXT, "it is", "", "Rome and the old bridge, 1932!"]
    together = predictor.predict("rtd", texts)
    for text, found in zip(texts, together, strict=True):
        (alone,) = predictor.predict("rtd", [text])
        assert [each.text for each in found.words] == list(words_in_text(text).words)
        probs = [each.prob for each in found.words]
        assert probs == pytest.approx([each.prob for each in alone.words], abs=1e-5)


def test_figures_count_tokens_called_replaced() -> None:
    found = [
        (TokenVerdict(0.9, True), TokenVerdict(0.6, False), TokenVerdict(0.2, False)),
        (TokenVerdict(0.1, True),),
        (),
    ]
    golds = [(), (), ()]
    # one of two called rightly, one of two replaced was found; two of four judged rightly
    assert task_metric("replaced_precision")(golds, found) == 0.5
    assert task_metric("replaced_recall")(golds, found) == 0.5
    assert task_metric("replaced_f1")(golds, found) == 0.5
    assert task_metric("replaced_accuracy")(golds, found) == 0.5


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="generator_layers must be at least 1, got 0"):
        ReplacedTokens(generator_layers=0)
    with pytest.raises(ConfigError, match="a multiple of its 2 attention heads, got 129"):
        ReplacedTokens(generator_size=129)
    with pytest.raises(ConfigError, match="discriminator_weight must be at least 0, got -1"):
        ReplacedTokens(discriminator_weight=-1)
