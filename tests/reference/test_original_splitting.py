"""The `original` strategy against a plain reading of the published rule, one pair at a time."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from concord.alignment import Head
from concord.scoring.aggregation import Aggregation, aggregate
from concord.scoring.aligner import Aligner
from concord.scoring.original_splitting import (
    OriginalSplitter,
    find_original_sentences,
    sentence_texts,
)
from concord.text import PairTokenizer, TokenIds

TOLERANCE = 1e-5
WINDOW_TOKENS = 512
UNKNOWN = "[UNK]"

DOCUMENTS = [
    "",
    "The ferry sank.",
    "The ferry sank off the coast on Monday. All 42 passengers were saved. " * 3,
    # 120 sentences of 6 words: 720 // 350 + 1 = 3 chunks of 40 sentences
    " ".join(f"Boat {number} left the harbour early." for number in range(120)),
    # 2,100 words in 7 sentences: each is longer than the window and loses its end
    " ".join(f"Crew {number} " + "rowed on and " * 99 + "slept." for number in range(7)),
    "One endless line without any stop " * 200,
]
CLAIMS = [
    "The ferry sank.",
    "All were saved. Boat 7 left early! Did Crew 3 sleep?",
    "Rowed on and on " * 250,  # longer than the window
]


def score_by_the_six_lines(
    context: str,
    claim: str,
    sentences: Callable[[str], list[str]],
    score_pair: Callable[[str, str], float],
) -> float:
    """Score one pair as the specification says, given P(aligned | chunk, sentence)."""
    parts = sentences(context) or [""]
    k = len(context.strip().split()) // 350 + 1
    n = max(len(parts) // k, 1)
    chunks = [" ".join(parts[i : i + n]) for i in range(0, len(parts), n)]
    best = [max(score_pair(chunk, part) for chunk in chunks) for part in sentences(claim)]
    return sum(best) / len(best)


def word_tokenizer() -> PairTokenizer:
    """Every ASCII character is a token; a word that has another one is unknown."""
    specials = {"[PAD]": 0, UNKNOWN: 1, "[CLS]": 2, "[SEP]": 3}
    pieces = {chr(code): code for code in range(33, 127)}
    continued = {f"##{piece}": code + 100 for piece, code in pieces.items()}
    tokenizer = Tokenizer(models.WordPiece({**specials, **pieces, **continued}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PairTokenizer(tokenizer)


def probability(context: TokenIds, claim: TokenIds) -> float:
    """A stand-in for the model: a number in [0, 1) that any change of the tokens changes."""
    return crc32(context.tobytes() + b"|" + claim.tobytes()) / 2**32


def reference_scores(
    contexts: Sequence[str], claims: Sequence[str], tokenizer: PairTokenizer
) -> list[float]:
    def score_pair(chunk: str, sentence: str) -> float:
        [chunk_ids, sentence_ids] = tokenizer.token_ids([chunk, sentence])
        room = WINDOW_TOKENS - 3  # the special tokens
        kept = chunk_ids[: max(room - len(sentence_ids), 0)]
        return probability(kept, sentence_ids[:room])

    return [
        score_by_the_six_lines(context, claim, sentence_texts, score_pair)
        for context, claim in zip(contexts, claims, strict=True)
    ]


def batched_scores(
    contexts: Sequence[str], claims: Sequence[str], tokenizer: PairTokenizer
) -> list[float]:
    splitter = OriginalSplitter(tokenizer, window_tokens=WINDOW_TOKENS, sentences=sentence_texts)
    plans = splitter.plan(contexts, claims)
    flat = np.array([probability(*pair) for plan in plans for pair in plan.token_pairs()])
    bounds = np.cumsum([plan.num_pairs for plan in plans])[:-1]
    return [
        aggregate(plan.matrix(scores.astype(np.float32)), Aggregation.MEAN)
        for plan, scores in zip(plans, np.split(flat, bounds), strict=True)
    ]


def test_original_splitting_equals_the_published_rule_on_documents_of_every_size() -> None:
    tokenizer = word_tokenizer()
    contexts = [document for document in DOCUMENTS for _ in CLAIMS]
    claims = CLAIMS * len(DOCUMENTS)
    expected = reference_scores(contexts, claims, tokenizer)
    assert batched_scores(contexts, claims, tokenizer) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.real_data
@pytest.mark.parametrize("source", ["qags_cnndm", "summedits"])
def test_original_splitting_equals_the_published_rule_on_real_documents(
    source: str, data_dir: Path
) -> None:
    contexts, claims = read_pairs(data_dir / source / "test.jsonl.gz", limit=200)
    tokenizer = word_tokenizer()
    expected = reference_scores(contexts, claims, tokenizer)
    assert len(expected) == 200
    assert batched_scores(contexts, claims, tokenizer) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.real_data
def test_the_bundled_model_scores_real_documents_as_the_published_rule_does(
    data_dir: Path,
) -> None:
    contexts, claims = read_pairs(data_dir / "qags_cnndm" / "test.jsonl.gz", limit=200)
    aligner = Aligner.from_pretrained(precision="f32")

    def score_pair(chunk: str, sentence: str) -> float:
        return float(aligner.predict([chunk], [sentence]).aligned(Head.THREE_WAY)[0])

    expected = [
        score_by_the_six_lines(context, claim, find_original_sentences(), score_pair)
        for context, claim in zip(contexts, claims, strict=True)
    ]
    scores = aligner.score(contexts, claims, split="original")
    assert scores.tolist() == pytest.approx(expected, abs=TOLERANCE)


def read_pairs(path: Path, *, limit: int) -> tuple[list[str], list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(limit), lines, strict=False)]
    return [row["text_a"] for row in rows], [row["text_b"] for row in rows]
