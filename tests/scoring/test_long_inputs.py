import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from concord.errors import ConfigError
from concord.scoring.long_inputs import PackedSplitter, Splitting, WholePairs, build_splitter
from concord.scoring.original_splitting import (
    OriginalSplitter,
    find_original_sentences,
    original_chunks,
    sentence_texts,
)
from concord.scoring.split_plans import Context, SplitPlan, fit_pair, passages_of
from concord.text import PairTokenizer

UNKNOWN = "[UNK]"


def character_tokenizer() -> PairTokenizer:
    """One token for each character but blanks; three special tokens around a pair."""
    specials = {"[PAD]": 0, UNKNOWN: 1, "[CLS]": 2, "[SEP]": 3}
    letters = {chr(code): code for code in range(33, 127)}
    tokenizer = Tokenizer(models.WordLevel({**specials, **letters}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("", "isolated")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PairTokenizer(tokenizer)


TOKENIZER = character_tokenizer()


def packed(context: Context, claim: str, *, window_tokens: int) -> SplitPlan:
    [plan] = PackedSplitter(TOKENIZER, window_tokens=window_tokens).plan([context], [claim])
    return plan


def spans(plan: SplitPlan) -> list[tuple[int, int, int]]:
    return [(chunk.passage, chunk.start, chunk.end) for chunk in plan.chunks]


def test_a_short_pair_is_one_chunk_and_one_sentence() -> None:
    plan = packed("Ab cd.", "Ef.", window_tokens=32)
    assert plan.shape == (1, 1)
    assert plan.num_pairs == 1
    assert spans(plan) == [(0, 0, 6)]


def test_chunks_get_what_the_longest_claim_sentence_leaves() -> None:
    # capacity 13 - 3 = 10; the claim's sentences have 3 and 5 tokens, so chunks hold 5
    plan = packed("Ab. Cd. Efghi.", "Xy. Wxyz.", window_tokens=13)
    assert [len(sentence.ids) for sentence in plan.sentences] == [3, 5]
    # "Ab." and "Cd." are 3 each, so 6 together; "Efghi." has 6, of which 5 fit
    assert spans(plan) == [(0, 0, 3), (0, 4, 7), (0, 8, 13), (0, 13, 14)]


def test_a_claim_sentence_longer_than_half_the_window_counts_as_several() -> None:
    # capacity 8, so pieces of at most 4 tokens, cut in front of a word
    plan = packed("Ok.", "abc def gh.", window_tokens=11)
    assert [(piece.start, piece.end) for piece in plan.sentences] == [(0, 3), (4, 7), (8, 11)]


def plan_by_contexts(context: Context, claim: str, *, window_tokens: int) -> SplitPlan:
    splitter = build_splitter(
        Splitting.CONTEXTS, TOKENIZER, max_tokens=99, chunk_tokens=window_tokens
    )
    [plan] = splitter.plan([context], [claim])
    return plan


def test_a_claim_of_two_sentences_stays_whole_where_only_contexts_are_split() -> None:
    # capacity 18 - 3 = 15; the claim has 7 tokens, so chunks hold 8: "Ab. Cd." has 6, "Efgh." 5
    plan = plan_by_contexts("Ab. Cd. Efgh.", "Xy? Uvw.", window_tokens=18)
    assert [(piece.start, piece.end) for piece in plan.sentences] == [(0, 8)]
    assert spans(plan) == [(0, 0, 7), (0, 8, 13)]


def test_a_whole_claim_longer_than_half_the_window_still_counts_as_several() -> None:
    # capacity 8, so pieces of at most 4 tokens, cut in front of a word
    plan = plan_by_contexts("Ok.", "Abc. Def.", window_tokens=11)
    assert [(piece.start, piece.end) for piece in plan.sentences] == [(0, 4), (5, 9)]


def test_each_passage_is_chunked_on_its_own() -> None:
    plan = packed(["Ab.", "", "Cd."], "Ef.", window_tokens=32)
    assert spans(plan) == [(0, 0, 3), (1, 0, 0), (2, 0, 3)]


@pytest.mark.parametrize("context", ["", "  ", []])
def test_an_empty_context_is_scored_as_the_empty_text(context: Context) -> None:
    [(chunk, claim)] = packed(context, "Ef.", window_tokens=32).token_pairs()
    assert (len(chunk), len(claim)) == (0, 3)


def test_pairs_and_matrix_put_the_sentences_of_a_chunk_side_by_side() -> None:
    plan = packed(["A.", "B."], "Xa. Ya. Za.", window_tokens=32)
    firsts = [(chr(chunk[0]), chr(claim[0])) for chunk, claim in plan.token_pairs()]
    assert firsts == [("A", "X"), ("A", "Y"), ("A", "Z"), ("B", "X"), ("B", "Y"), ("B", "Z")]
    logits = np.arange(12, dtype=np.float32).reshape(6, 2)  # two outputs for each pair
    assert plan.matrix(logits).shape == (2, 3, 2)
    assert plan.matrix(logits[:, 0]).tolist() == [[0, 2, 4], [6, 8, 10]]


_TEXTS = st.text(st.sampled_from("aB .\n\x00\ud800"), max_size=60)


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=5), st.integers(5, 24))
def test_packing_drops_no_token_and_never_exceeds_the_window(
    pairs: list[tuple[str, str]], window_tokens: int
) -> None:
    contexts, claims = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    plans = PackedSplitter(TOKENIZER, window_tokens=window_tokens).plan(contexts, claims)
    for context, claim, plan in zip(contexts, claims, plans, strict=True):
        [context_ids, claim_ids] = TOKENIZER.token_ids([context, claim])
        chunks = np.concatenate([chunk.ids for chunk in plan.chunks])
        sentences = np.concatenate([sentence.ids for sentence in plan.sentences])
        assert chunks.tolist() == context_ids.tolist()
        assert sentences.tolist() == claim_ids.tolist()
        assert all(len(a) + len(b) + 3 <= window_tokens for a, b in plan.token_pairs())
        assert plan.num_truncated == 0


def test_a_plan_does_not_depend_on_the_other_pairs() -> None:
    contexts, claims = ["Ab. Cd. Efghi.", "Ab. Cd. Efghi.", "Z."], ["Xy. Wxyz.", "Q.", "Q."]
    plans = PackedSplitter(TOKENIZER, window_tokens=13).plan(contexts, claims)
    for context, claim, plan in zip(contexts, claims, plans, strict=True):
        alone = packed(context, claim, window_tokens=13)
        assert spans(plan) == spans(alone)
        assert [a.tolist() + b.tolist() for a, b in plan.token_pairs()] == [
            a.tolist() + b.tolist() for a, b in alone.token_pairs()
        ]


def test_without_splitting_an_over_long_pair_loses_the_end_of_its_context() -> None:
    [plan] = WholePairs(TOKENIZER, window_tokens=11).plan(["abcdefgh"], ["xyz"])
    [(context, claim)] = plan.token_pairs()  # 8 text tokens fit: 3 of the claim, 5 of the context
    assert "".join(map(chr, context)) == "abcde"
    assert "".join(map(chr, claim)) == "xyz"
    assert plan.num_truncated == 1


def test_a_claim_longer_than_the_window_stands_alone_and_loses_its_end() -> None:
    context, claim = np.arange(4, dtype=np.int32), np.arange(9, dtype=np.int32)
    kept_context, kept_claim = fit_pair(context, claim, capacity=6)
    assert (len(kept_context), len(kept_claim)) == (0, 6)


def test_the_original_rule_makes_equal_runs_of_sentences() -> None:
    sentences = [f"{'w ' * 99}w." for _ in range(8)]  # 8 sentences of 100 words
    chunks = original_chunks(" ".join(sentences), lambda _: sentences)
    # 800 // 350 + 1 = 3 wanted, 8 // 3 = 2 sentences in each: 4 chunks
    assert chunks == [" ".join(sentences[i : i + 2]) for i in (0, 2, 4, 6)]


def test_the_original_rule_scores_an_empty_context_as_the_empty_text() -> None:
    assert original_chunks(" ", lambda _: []) == [""]


def test_the_original_rule_joins_sentences_with_one_blank_and_drops_what_exceeds() -> None:
    splitter = OriginalSplitter(TOKENIZER, window_tokens=9, sentences=lambda text: text.split("|"))
    [plan] = splitter.plan(["abc|def"], ["x|yz"])
    assert plan.shape == (1, 2)
    # capacity 6: beside "x" 5 of the 6 characters fit, beside "yz" 4
    assert [len(chunk) for chunk, _ in plan.token_pairs()] == [5, 4]
    assert plan.num_truncated == 2


@pytest.fixture
def fresh_look_for_punkt() -> Iterator[None]:
    find_original_sentences.cache_clear()
    yield
    find_original_sentences.cache_clear()


@pytest.mark.usefixtures("fresh_look_for_punkt")
def test_the_original_sentences_are_ours_where_punkt_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nltk.tokenize", None)
    assert find_original_sentences() is sentence_texts
    assert sentence_texts("It rained. We left.") == ["It rained.", "We left."]


@pytest.mark.usefixtures("fresh_look_for_punkt")
@pytest.mark.parametrize("has_data", [True, False])
def test_the_original_sentences_are_those_of_punkt_where_its_data_is_installed(
    monkeypatch: pytest.MonkeyPatch, has_data: bool
) -> None:
    def punkt(text: str) -> list[str]:
        if not has_data:
            raise LookupError("Resource punkt_tab not found.")
        return [text]

    nltk, tokenize = ModuleType("nltk"), ModuleType("nltk.tokenize")
    tokenize.sent_tokenize = punkt  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nltk", nltk)
    monkeypatch.setitem(sys.modules, "nltk.tokenize", tokenize)
    assert (find_original_sentences() is punkt) == has_data


@pytest.mark.parametrize(
    ("split", "splitting"),
    [
        (True, Splitting.PACKED),
        (False, Splitting.NONE),
        ("packed", Splitting.PACKED),
        ("original", Splitting.ORIGINAL),
    ],
)
def test_a_split_argument_is_a_flag_or_a_name(split: bool | str, splitting: Splitting) -> None:
    assert Splitting.parse(split) is splitting


def test_an_unknown_split_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        ConfigError, match="'words'; use True, False or one of none, packed, contexts, orig"
    ):
        Splitting.parse("words")


@pytest.mark.parametrize("splitting", Splitting)
def test_every_strategy_is_built_by_name(splitting: Splitting) -> None:
    splitter = build_splitter(splitting, TOKENIZER, max_tokens=64, chunk_tokens=32)
    [plan] = splitter.plan(["A cat sat."], ["A cat."])
    assert plan.shape == (1, 1)


def test_a_window_without_room_for_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="room for 2 text tokens, got 4"):
        PackedSplitter(TOKENIZER, window_tokens=4)


def test_passages_of_a_text_are_the_text() -> None:
    assert passages_of("ab") == ["ab"]
    assert passages_of(["a", "b"]) == ["a", "b"]
