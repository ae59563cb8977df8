"""The front door: texts in, scores and verdicts out."""

import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from concord.alignment import AlignmentScores, Head, compute_scores
from concord.alignment.scores import NUM_LOGITS, FloatArray
from concord.artifact import (
    CALIBRATION_FILE,
    CARD_FILE,
    CONFIG_FILE,
    GRAPH_FILE,
    TOKENIZER_CONFIG_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    AlignmentSettings,
    find_model,
    load_config,
)
from concord.errors import ArtifactError, ConfigError
from concord.scoring.backends import Backend, BackendName, Precision
from concord.scoring.batching import WIDTH_STEP, Progress
from concord.scoring.calibration import Calibration, find_calibration
from concord.scoring.decision_basis import DecisionBasis, probability_map
from concord.scoring.explanation import build_explanation
from concord.scoring.inputs import check_claim, check_context, check_contexts, check_pairs
from concord.scoring.long_inputs import Splitting
from concord.scoring.opening import open_suitable
from concord.scoring.pair_scorer import PairScorer, ScoredPair
from concord.scoring.relevance import Relevance, RelevanceLike, budget_reaching
from concord.scoring.score_rules import ScoreRule
from concord.scoring.split_plans import Context
from concord.scoring.verdicts import Explanation, Verdict, judge_claim, with_probabilities
from concord.scoring.word_vectors import WordVectors
from concord.text import PairTokenizer, build_token_batch

_logger = logging.getLogger(__name__)
_FILES = (
    CONFIG_FILE,
    WEIGHTS_FILE,
    GRAPH_FILE,
    TOKENIZER_FILE,
    TOKENIZER_CONFIG_FILE,
    CARD_FILE,
)


class Aligner:
    """Scores whether contexts support claims; one thread at a time may use it.

    Most users want `Aligner.from_pretrained`.

    Args:
        backend: What computes logits.
        tokenizer: The model's tokenizer.
        settings: The model's window and thresholds.
        folder: Where the model came from.
        max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
        calibration: What turns its scores into probabilities, and gives thresholds.

    Attributes:
        num_truncated: How many token pairs of the last call exceeded the window and lost tokens:
            the end of the context, and of the claim only where the claim alone fills the window.
            Always 0 with the default splitting.
        choice: In one line, what computes in which precision, and why.
        num_passes: How many token pairs of the last call were scored.
        num_spared: How many more there were, of claim sentences with chunks that were not
            relevant enough to be read.
    """

    def __init__(
        self,
        backend: Backend,
        tokenizer: PairTokenizer,
        settings: AlignmentSettings,
        *,
        folder: Path | None = None,
        max_batch_tokens: int = 1024,
        calibration: Calibration | None = None,
    ) -> None:
        self.backend = backend
        self.tokenizer = tokenizer
        self.settings = settings
        self.folder = folder
        self.calibration = calibration
        self.num_truncated = 0
        self.choice = repr(backend)
        self.num_passes = 0
        self.num_spared = 0
        self._scorer = PairScorer(
            backend,
            tokenizer,
            settings,
            max_batch_tokens=max_batch_tokens,
            vectors=WordVectors.load(folder),
        )

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path | None = None,
        *,
        backend: str = "auto",
        precision: str = "auto",
        device: str = "cpu",
        threads: int | None = None,
        max_batch_tokens: int = 1024,
        calibration: str | Path | None = None,
        revision: str | None = None,
        token: str | None = None,
        local_files_only: bool = False,
    ) -> Self:
        """Load the bundled model, a model folder, or one from the hub.

        Args:
            model: None for the bundled model, a folder, or a hub id "owner/name".
            backend: "openvino", "torch", or "auto": openvino on the CPU for an exported model.
            precision: "auto": bf16 where the processor has it natively, else f32. "fast": int8
                where the processor is fast at it and the model was found to lose next to nothing,
                else auto. Or one of "f32", "bf16" and "int8".
            device: "cpu", or a torch device such as "cuda".
            threads: CPU threads to use; all cores unless given.
            max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
            calibration: A file that `concord calibrate` wrote for this model; the model folder's
                `calibration.json`, where it has one, unless given.
            revision: Branch, tag or commit on the hub.
            token: Access token for the hub.
            local_files_only: Look only at what was downloaded before.
        """
        folder = find_model(
            model, revision=revision, token=token, local_files_only=local_files_only
        )
        settings = AlignmentSettings.from_config(
            load_config(folder), source=str(folder / CONFIG_FILE)
        )
        tokenizer = PairTokenizer.load(folder / TOKENIZER_FILE)
        opened = open_suitable(
            folder,
            BackendName(backend),
            tokenizer,
            settings.int8,
            precision=Precision(precision),
            device=device,
            threads=threads,
        )
        aligner = cls(
            opened.backend,
            tokenizer,
            settings,
            folder=folder,
            max_batch_tokens=max_batch_tokens,
            calibration=find_calibration(folder, calibration),
        )
        aligner.choice = f"{opened.backend!r} ({opened.reason})"
        _logger.info("%s: %s", folder.name, aligner.choice)
        return aligner

    def __repr__(self) -> str:
        name = self.folder.name if self.folder else "unnamed model"
        return f"Aligner({name}: {self.backend!r})"

    def warm_up(self) -> None:
        """Prepare for lone pairs of every width up to a chunk, so that no first request waits.

        Takes some tenths of a second. Without it, each width is prepared when it first occurs.
        """
        for width in range(WIDTH_STEP, self.settings.chunk_tokens + 1, WIDTH_STEP):
            special = self.tokenizer.template.num_special_tokens
            filler = np.full(width - special, self.tokenizer.mask_id, dtype=np.int32)
            batch = build_token_batch(
                [(filler[:-1], filler[-1:])], self.tokenizer.template, self.tokenizer.pad_id
            )
            for _ in self.backend.logits([batch] * self.backend.num_streams):
                pass

    def save_pretrained(self, folder: Path | str) -> None:
        """Copy the model's files to a folder that `from_pretrained` loads.

        Raises:
            ArtifactError: If this aligner was not loaded from a folder.
        """
        if self.folder is None:
            raise ArtifactError("this aligner was not loaded from a folder; there is none to copy")
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        if target.samefile(self.folder):
            return
        for name in _FILES:
            if (self.folder / name).is_file():
                shutil.copyfile(self.folder / name, target / name)
        if self.calibration is not None:
            (target / CALIBRATION_FILE).write_text(self.calibration.to_json(), encoding="utf-8")

    def predict(
        self, contexts: Iterable[str], claims: Iterable[str], *, progress: Progress | None = None
    ) -> AlignmentScores:
        """Return what each head says of each pair, without splitting.

        An over-long pair loses the end of its context; a claim longer than the window stands
        alone and loses its end too. `num_truncated` counts these pairs, and a warning is logged.

        Args:
            contexts: One text for each claim.
            claims: None of them empty.
            progress: Called with the number of pairs done and of all.
        """
        context_list, claim_list = check_pairs(contexts, claims, allow_passages=False)
        rows = self._pairs(context_list, claim_list, Splitting.NONE, progress)
        logits = np.empty((len(claim_list), NUM_LOGITS), dtype=np.float32)
        for index, scored in enumerate(rows):
            logits[index] = scored.logits[0]  # unsplit, so one token pair
        return compute_scores(logits)

    def score(
        self,
        contexts: Iterable[Context],
        claims: Iterable[str],
        *,
        head: str = "three_way",
        split: bool | str = True,
        aggregation: str | None = None,
        top_chunks: int | None = None,
        count_contradictions: bool | None = None,
        relevance: RelevanceLike = "auto",
        calibrated: bool = False,
        domain: str | None = None,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Return how well each claim is supported, in [0, 1], float32 of shape ``(N,)``.

        Of a long context, only the chunks most relevant to each claim sentence are read;
        `num_passes` and `num_spared` say how many were and were not.

        Args:
            contexts: One text, or one list of passages, for each claim.
            claims: None of them empty.
            head: The head to ask: "three_way", "binary" or "regression".
            split: True or "packed": each claim sentence takes its best chunk of the context, and
                nothing is dropped. "contexts": so too, but a claim stays whole where it fits.
                "original": the published rule. False: pairs as they are.
            aggregation: How sentence scores are joined: "mean" (unless given), "min", "product"
                or "soft_min".
            top_chunks: A sentence's score is the mean of so many of its best chunks; 1 unless
                given.
            count_contradictions: Multiply what a chunk says by one minus its probability of
                contradiction; not unless given.
            relevance: How much of a packed context is read: "auto", a `Relevance`, a number of
                chunks, or "none" for all of it.
            calibrated: Return how often claims with such scores are supported, as the calibration
                says. Scores are then joined as it was fitted, where nothing else is given.
            domain: The calibration's domain to go by; what was fitted on all of them unless given.
            progress: Called with the number of pairs done and of all.

        Raises:
            ConfigError: If calibrated scores are asked for without a calibration, or with other
                settings than it was fitted on.
        """
        asked = self._basis.calibration_asked(calibrated=calibrated, domain=domain)
        base = ScoreRule() if asked is None else asked.rule
        rule = replace(base, head=_parse_head(head), split=Splitting.parse(split)).with_joining(
            aggregation, top_chunks, count_contradictions
        )
        to_probability = probability_map(asked, rule, domain)
        context_list, claim_list = check_pairs(contexts, claims)
        pairs = self._pairs(
            context_list,
            claim_list,
            rule.split,
            progress,
            relevance=Relevance.parse(relevance),
            head=rule.head,
        )
        scores = np.fromiter(map(rule.score, pairs), dtype=np.float32, count=len(claim_list))
        return scores if to_probability is None else to_probability.probabilities(scores)

    def verify(
        self,
        contexts: Iterable[Context],
        claims: Iterable[str],
        *,
        threshold: float | None = None,
        aggregation: str | None = None,
        top_chunks: int | None = None,
        count_contradictions: bool | None = None,
        relevance: RelevanceLike = "auto",
        calibrated: bool = False,
        domain: str | None = None,
        progress: Progress | None = None,
    ) -> list[Verdict]:
        """Decide for each claim whether it is supported, unsupported or contradicted.

        It is supported if its score reaches the threshold; else contradicted if one of its
        sentences is, by some chunk with a probability above 0.5; else unsupported.

        Args:
            contexts: One text, or one list of passages, for each claim.
            claims: None of them empty.
            threshold: The score from which a claim is supported. Unless given, the calibration's
                if it was fitted on scores made like these, else the model's own.
            aggregation: How sentence scores are joined: "mean", "min", "product" or "soft_min";
                as the calibration was fitted unless given, and without one by "min".
            top_chunks: As in `score`.
            count_contradictions: As in `score`.
            relevance: How much of a long context is read: "auto", a `Relevance`, a number of
                chunks, or "none" for all of it.
            calibrated: Give the probability that the claim is supported as the verdict's score;
                the verdict itself stays the same.
            domain: The calibration's domain to go by; what was fitted on all of them unless given.
            progress: Called with the number of pairs done and of all.

        Raises:
            ConfigError: If a domain or calibrated scores are asked for without a calibration, or
                with other settings than it was fitted on.
        """
        basis = self._basis
        asked = basis.calibration_asked(calibrated=calibrated or domain is not None, domain=domain)
        rule = basis.verdict_rule.with_joining(aggregation, top_chunks, count_contradictions)
        to_probability = probability_map(asked, rule, domain)
        least = basis.threshold(threshold, rule, domain)
        budget = budget_reaching(relevance, least)
        context_list, claim_list = check_pairs(contexts, claims)
        pairs = self._pairs(context_list, claim_list, rule.split, progress, relevance=budget)
        verdicts = [judge_claim(scored.three_way, threshold=least, rule=rule) for scored in pairs]
        if calibrated and to_probability is not None:
            return with_probabilities(verdicts, to_probability)
        return verdicts

    def explain(
        self,
        context: Context,
        claim: str,
        *,
        threshold: float | None = None,
        relevance: RelevanceLike = "auto",
    ) -> Explanation:
        """Return the verdict on each sentence of a claim, and what in the context it rests on.

        Args:
            context: A text, or a list of passages.
            claim: Not empty.
            threshold: The score from which a sentence is supported; the model's own unless given.
            relevance: How much of a long context is read: "auto", a `Relevance`, a number of
                chunks, or "none" for all of it. The explanation says how much was.
        """
        check_context(context, "context")
        check_claim(claim, "claim")
        least = self._basis.threshold(threshold)
        budget = budget_reaching(relevance, least)
        (scored,) = self._pairs([context], [claim], Splitting.PACKED, None, relevance=budget)
        return build_explanation(
            context,
            claim,
            scored.plan,
            scored.three_way,
            threshold=least,
            score_pairs=self._quote_scores,
        )

    def rank(
        self,
        query: str,
        documents: Iterable[str],
        *,
        top_k: int | None = None,
        head: str = "binary",
    ) -> list[dict[str, Any]]:
        """Order documents by how well they align with a query, best first.

        Args:
            query: Taken as the claim; not empty.
            documents: Taken as contexts; long ones are split.
            top_k: How many to return; all unless given.
            head: The head to ask.

        Returns:
            One mapping per document with `corpus_id` (its index), `score` and `text`, as the
            `rank` of a sentence-transformers CrossEncoder has it.

        Raises:
            ConfigError: If `top_k` is below 1.
        """
        if top_k is not None and top_k < 1:
            raise ConfigError(f"top_k must be at least 1, got {top_k}")
        check_claim(query, "query")
        texts = check_contexts(documents, "documents", allow_passages=False)
        scores = self.score(texts, [query] * len(texts), head=head)
        best = np.argsort(-scores, kind="stable")[:top_k].tolist()
        return [{"corpus_id": i, "score": float(scores[i]), "text": texts[i]} for i in best]

    @property
    def _basis(self) -> DecisionBasis:
        return DecisionBasis(self.settings, self.calibration, repr(self))

    def _pairs(
        self,
        contexts: Sequence[Context],
        claims: Sequence[str],
        splitting: Splitting,
        progress: Progress | None,
        *,
        relevance: Relevance | None = None,
        head: Head = Head.THREE_WAY,
    ) -> Iterator[ScoredPair]:
        """Yield each pair's plan and logits; afterwards, say how many pairs lost tokens."""
        self.num_truncated = self.num_passes = self.num_spared = 0
        for scored in self._scorer.score(
            contexts, claims, splitting, progress, relevance=relevance, head=head
        ):
            self.num_truncated += scored.plan.num_truncated
            num_passes = scored.num_passes
            self.num_passes += num_passes
            self.num_spared += scored.plan.num_pairs - num_passes
            yield scored
        if self.num_truncated:
            _logger.warning(
                "%d pairs were longer than the window of %d tokens and lost their end",
                self.num_truncated,
                self.settings.max_tokens,
            )

    def _quote_scores(self, quotes: Sequence[str], claims: Sequence[str]) -> FloatArray:
        """Return three-way probabilities of single sentences, beside what the call counts."""
        rows = [scored.logits[0] for scored in self._scorer.score(quotes, claims, Splitting.NONE)]
        return compute_scores(np.stack(rows)).three_way


def _parse_head(head: str) -> Head:
    if head not in set(Head):
        raise ConfigError(f"unknown head {head!r}; choose one of {', '.join(Head)}")
    return Head(head)
