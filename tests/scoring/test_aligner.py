import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from concord.errors import ArtifactError, ConfigError, InputError
from concord.scoring.aligner import Aligner
from concord.scoring.relevance import Relevance
from concord.scoring.verdicts import Label

HIGH = np.exp(4) / (np.exp(4) + 2)  # 0.965, see WordBackend
LOW = 1 / (np.exp(4) + 2)  # 0.018


def test_predict_says_what_each_head_says(aligner: Aligner) -> None:
    regression, binary, three_way = aligner.predict(["yes", "no", ""], ["a", "a", "a"])
    assert regression.tolist() == [1, 0, 0]
    np.testing.assert_allclose(binary, [1 / (1 + np.exp(-4)), 0.5, 0.5], rtol=1e-6)
    np.testing.assert_allclose(
        three_way, [[HIGH, LOW, LOW], [LOW, LOW, HIGH], [LOW, HIGH, LOW]], rtol=1e-5
    )


def test_predict_cuts_the_context_and_says_so(
    aligner: Aligner, caplog: pytest.LogCaptureFixture
) -> None:
    # 32 tokens less 3 special ones and one of the claim leave 28 for the context.
    fits, too_long = "a " * 27 + "yes", "a " * 28 + "yes"
    with caplog.at_level(logging.WARNING):
        scores = aligner.predict([fits, too_long], ["b", "b"])
    assert scores.regression.tolist() == [1, 0]
    assert aligner.num_truncated == 1
    assert "1 pairs were longer than the window of 32 tokens" in caplog.text


def test_predict_scores_a_claim_longer_than_the_window_without_context(
    aligner: Aligner, backend: Any
) -> None:
    scores = aligner.predict(["yes"], ["b " * 100])
    assert backend.batches[0].input_ids.shape == (1, 32)
    assert scores.regression.tolist() == [0]
    assert aligner.num_truncated == 1


def test_the_count_of_cut_pairs_is_that_of_the_last_call(aligner: Aligner) -> None:
    aligner.predict(["a " * 100], ["b"])
    aligner.predict(["a"], ["b"])
    assert aligner.num_truncated == 0


def test_nothing_to_predict_gives_empty_arrays(aligner: Aligner) -> None:
    scores = aligner.predict([], [])
    assert (scores.regression.shape, scores.three_way.shape) == ((0,), (0, 3))
    assert aligner.score([], []).shape == (0,)
    assert aligner.verify([], []) == []
    assert aligner.rank("a", []) == []


def test_splitting_finds_evidence_at_the_end_of_a_long_context(aligner: Aligner) -> None:
    context = "A b. " * 100 + "Yes."
    whole = aligner.score([context], ["A b."], relevance="none")
    assert whole[0] == pytest.approx(HIGH, abs=1e-6)
    assert aligner.num_truncated == 0
    assert aligner.score([context], ["A b."], split=False)[0] == pytest.approx(LOW, abs=1e-6)
    assert aligner.num_truncated == 1


@pytest.mark.parametrize(
    ("head", "expected"),
    [("three_way", HIGH), ("binary", 1 / (1 + np.exp(-4))), ("regression", 1.0)],
)
def test_score_asks_the_head(aligner: Aligner, head: str, expected: float) -> None:
    scores = aligner.score(["Yes."], ["A."], head=head)
    assert scores.dtype == np.float32
    assert scores[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head": "nli"}, "unknown head 'nli'; choose one of binary, three_way, regression"),
        ({"split": "words"}, "unknown split 'words'"),
        ({"aggregation": "max"}, "unknown aggregation 'max'"),
    ],
)
def test_an_unknown_option_is_named_with_what_would_do(
    aligner: Aligner, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        aligner.score(["a"], ["b"], **options)


def test_verify_gives_each_claim_a_verdict(aligner: Aligner) -> None:
    verdicts = aligner.verify(["Yes.", "No.", "A."], ["B.", "B.", "B."])
    assert [verdict.label for verdict in verdicts] == [
        Label.SUPPORTED,
        Label.CONTRADICTED,
        Label.UNSUPPORTED,
    ]
    assert verdicts[0].score == pytest.approx(HIGH, abs=1e-6)


def test_verify_reads_passages_and_the_best_counts(aligner: Aligner) -> None:
    verdicts = aligner.verify([["A.", "Yes."], ["A."], []], ["B.", "B.", "B."])
    assert [verdict.label for verdict in verdicts] == [
        Label.SUPPORTED,
        Label.UNSUPPORTED,
        Label.UNSUPPORTED,
    ]


def test_verify_takes_the_threshold_it_is_given(aligner: Aligner) -> None:
    [verdict] = aligner.verify(["Yes."], ["B."], threshold=0.99)
    assert verdict.label is Label.UNSUPPORTED
    with pytest.raises(ConfigError, match="between 0 and 1, got 7"):
        aligner.verify(["Yes."], ["B."], threshold=7)


def test_explain_names_the_characters_that_count(aligner: Aligner) -> None:
    # 13 text tokens, less a claim sentence of 3, leave 10: each sentence of 6 is a chunk.
    context = "A b c d maybe. Yes b c d maybe. A b c d maybe. No b c d maybe."
    explanation = aligner.explain(context, "A maybe. C maybe.")
    assert explanation.verdict.label is Label.SUPPORTED
    assert [sentence.text for sentence in explanation.sentences] == [
        "A maybe.",
        "C maybe.",
    ]
    first, second = explanation.sentences
    assert (second.claim_start, second.claim_end) == (9, 17)
    assert first.support.text == "Yes b c d maybe."
    assert first.contradiction.text == "No b c d maybe."
    for evidence in (first.support, first.contradiction):
        assert context[evidence.start : evidence.end] == evidence.text
        assert evidence.probability == pytest.approx(HIGH, abs=1e-6)
    assert first.score == first.support.probability


def test_explain_quotes_the_sentence_of_the_chunk_that_decided(aligner: Aligner) -> None:
    # 13 text tokens, less a claim of 3, leave 10: three sentences of 3 tokens, then one.
    context = "A maybe. Yes maybe. B maybe. No maybe."
    [sentence] = aligner.explain(context, "A maybe.").sentences
    support, contradiction = sentence.support, sentence.contradiction
    assert (support.text, contradiction.text) == ("Yes maybe.", "No maybe.")
    assert (support.start, support.end) == (9, 19)
    assert context[support.chunk_start : support.chunk_end] == "A maybe. Yes maybe. B maybe."
    assert context[contradiction.chunk_start : contradiction.chunk_end] == "No maybe."


def test_explain_says_which_passage(aligner: Aligner) -> None:
    [sentence] = aligner.explain(["A.", "B yes.", "No."], "C.").sentences
    assert (sentence.support.passage, sentence.support.text) == (1, "B yes.")
    assert (sentence.contradiction.passage, sentence.contradiction.text) == (2, "No.")


# 13 text tokens less a claim sentence of 2 or 3 leave 10 or 11; the lines have 9 each.
LONG = "A b. B a. C c.\n" * 39 + "A b. B a. D yes."


def test_of_a_long_context_the_relevant_chunks_are_read(aligner: Aligner) -> None:
    budget = Relevance(max_share=0.1, min_chunks=1)  # 4 of 40 chunks, in rounds up to 1, 2 and 4
    scores = aligner.score([LONG, LONG], ["D.", "C."], relevance=budget)
    np.testing.assert_allclose(scores, [HIGH, LOW], atol=1e-6)
    # "D." is supported by the first chunk it reads; "C." reads all 4 that it may
    assert (aligner.num_passes, aligner.num_spared) == (1 + 4, 39 + 36)


def test_a_number_of_chunks_is_read_whatever_they_say(aligner: Aligner) -> None:
    scores = aligner.score([LONG], ["D."], relevance=3)
    assert scores[0] == pytest.approx(HIGH, abs=1e-6)
    assert (aligner.num_passes, aligner.num_spared) == (3, 37)


def test_a_sentence_is_read_on_until_the_threshold_of_a_verdict(aligner: Aligner) -> None:
    budget = Relevance(max_share=0.1, min_chunks=1, enough=0.5)
    aligner.verify([LONG], ["D."], relevance=budget)
    assert aligner.num_passes == 1  # 0.965 is enough
    aligner.verify([LONG], ["D."], relevance=budget, threshold=0.99)
    assert aligner.num_passes == 4  # 0.965 is not, so the budget is spent


def test_enough_is_judged_by_the_head_that_is_asked(aligner: Aligner) -> None:
    budget = Relevance(max_share=0.1, min_chunks=1, enough=0.97)  # binary 0.982, three-way 0.965
    aligner.score([LONG], ["D."], relevance=budget, head="binary")
    assert aligner.num_passes == 1
    aligner.score([LONG], ["D."], relevance=budget, head="three_way")
    assert aligner.num_passes == 4


def test_the_published_rule_reads_everything_whatever_the_relevance(aligner: Aligner) -> None:
    aligner.score([LONG], ["D."], split="original", relevance=1)
    assert aligner.num_spared == 0


def test_a_short_context_is_read_whole(aligner: Aligner) -> None:
    aligner.score(["A b. B a. C c.\n" * 4], ["D."])  # 4 chunks, as many as are always read
    assert (aligner.num_passes, aligner.num_spared) == (4, 0)


def test_explain_says_how_many_chunks_were_read_for_each_sentence(aligner: Aligner) -> None:
    budget = Relevance(max_share=0.1, min_chunks=1)
    first, second = aligner.explain(LONG, "D maybe. C maybe.", relevance=budget).sentences
    assert (first.num_chunks_read, first.num_chunks) == (1, 40)
    assert (second.num_chunks_read, second.num_chunks) == (4, 40)
    assert first.support.text.endswith("D yes.")
    assert (aligner.num_passes, aligner.num_spared) == (5, 75)  # quotes are not counted


def test_rank_puts_the_best_first_and_keeps_the_order_of_equals(aligner: Aligner) -> None:
    ranked = aligner.rank("a", ["no", "yes", "b", "yes b"], top_k=3)
    assert [hit["corpus_id"] for hit in ranked] == [1, 3, 0]
    assert ranked[0] == {
        "corpus_id": 1,
        "score": pytest.approx(1 / (1 + np.exp(-4)), abs=1e-6),
        "text": "yes",
    }


def test_rank_names_its_own_arguments(aligner: Aligner) -> None:
    with pytest.raises(InputError, match=r"documents\[1\] is 7 \(int\)"):
        aligner.rank("a", ["b", 7])  # type: ignore[list-item]
    with pytest.raises(InputError, match="query is empty"):
        aligner.rank(" ", ["b"])
    with pytest.raises(ConfigError, match="top_k must be at least 1, got 0"):
        aligner.rank("a", ["b"], top_k=0)


def test_equal_pairs_of_a_call_are_scored_once(aligner: Aligner, backend: Any) -> None:
    aligner.predict(["yes", "no", "yes"] * 10, ["a"] * 30)
    assert backend.num_rows == 2


def test_progress_counts_text_pairs(aligner: Aligner) -> None:
    calls: list[tuple[int, int]] = []
    contexts = ["A b c d. " * n for n in range(1, 9)]
    aligner.score(contexts, ["a"] * 8, progress=lambda *numbers: calls.append(numbers))
    assert calls[-1] == (8, 8)
    assert calls == sorted(calls)


def test_an_aligner_that_came_from_no_folder_cannot_be_copied(
    aligner: Aligner, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="was not loaded from a folder"):
        aligner.save_pretrained(tmp_path)
    assert repr(aligner) == "Aligner(unnamed model: words)"


def test_warming_up_asks_for_every_width_of_a_lone_pair(aligner: Aligner, backend: Any) -> None:
    aligner.warm_up()
    assert [batch.input_ids.shape for batch in backend.batches] == [(1, 16)]  # chunks of 16 tokens
