"""Everything that decides what number a pair gets, as one value that can be compared and kept."""

from dataclasses import dataclass, replace
from typing import Final

from concord.alignment import CONTRADICTED, Head
from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.scoring.aggregation import Aggregation, aggregate
from concord.scoring.long_inputs import Splitting
from concord.scoring.pair_scorer import ScoredPair


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """How a claim's score is made of what one head says of each chunk and sentence.

    Attributes:
        head: The head that is asked.
        split: How long texts are split.
        aggregation: How the sentences of a claim are joined.
        top_chunks: A sentence's score is the mean of so many of its best chunks.
        count_contradictions: Multiply what a chunk says by one minus its probability of
            contradiction.
    """

    head: Head = Head.THREE_WAY
    split: Splitting = Splitting.PACKED
    aggregation: Aggregation = Aggregation.MEAN
    top_chunks: int = 1
    count_contradictions: bool = False

    def __post_init__(self) -> None:
        if self.top_chunks < 1:
            raise ConfigError(f"top_chunks must be at least 1, got {self.top_chunks}")
        if self.count_contradictions and self.head is not Head.THREE_WAY:
            raise ConfigError(
                f"only the three_way head tells contradictions, got head {self.head.value!r}; "
                "leave out count_contradictions"
            )

    def score(self, pair: ScoredPair) -> float:
        """Return the claim's score in [0, 1]; higher is better supported."""
        contradicted = pair.three_way[:, :, CONTRADICTED] if self.count_contradictions else None
        return self.join(pair.aligned(self.head), contradicted)

    def join(self, aligned: FloatArray, contradicted: FloatArray | None) -> float:
        """Return the claim's score of probabilities, each of shape ``(chunks, sentences)``.

        Args:
            aligned: How likely each chunk supports each sentence; NaN where it was not scored.
            contradicted: How likely it contradicts it; only read if contradictions count.
        """
        return aggregate(
            aligned,
            self.aggregation,
            top_chunks=self.top_chunks,
            contradicted=contradicted if self.count_contradictions else None,
        )

    def with_joining(
        self, aggregation: str | None, top_chunks: int | None, count_contradictions: bool | None
    ) -> "ScoreRule":
        """Return the rule with what is given, and its own where that is None."""
        return replace(
            self,
            aggregation=self.aggregation if aggregation is None else Aggregation(aggregation),
            top_chunks=self.top_chunks if top_chunks is None else top_chunks,
            count_contradictions=(
                self.count_contradictions if count_contradictions is None else count_contradictions
            ),
        )


VERDICT_RULE: Final = ScoreRule(aggregation=Aggregation.MIN)
"""How `verify` and `explain` score unless told otherwise."""
