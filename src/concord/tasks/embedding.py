"""Sentence embeddings: one vector for each text, learned from texts that belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple

import numpy as np

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec, Pooling
from concord.tasks.numbers import read_number
from concord.tasks.several_inputs import encode_apart
from concord.tasks.task import Encoding, Fields, Task, text_of, value_of
from concord.text import PairTokenizer


class Objective(StrEnum):
    """What the vectors are asked for: losses of sentence-transformers, with its defaults."""

    MULTIPLE_NEGATIVES_RANKING = "multiple_negatives_ranking"
    """An anchor is nearest to its positive, among all positives and negatives of the batch."""
    TRIPLET = "triplet"
    """An anchor is farther from its negative than from its positive, by a margin."""
    COSINE_SIMILARITY = "cosine_similarity"
    """The cosine is the score."""
    COSENT = "cosent"
    """The cosines of a batch's pairs are in the order of their scores."""

    @classmethod
    def _missing_(cls, value: object) -> "Objective":
        raise ConfigError(f"unknown objective {value!r}; choose one of {', '.join(cls)}")


class EmbeddingInput(NamedTuple):
    """One text, or those of an example: anchor, positive and, if there is one, negative."""

    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Embedding(Task[EmbeddingInput, float, FloatArray]):
    """A vector for each text, so that texts that mean the same lie near each other.

    It learns from pairs (anchor, positive), from triplets with a negative, or from pairs with a
    score. The answer to a text is its vector; to several texts, a row for each.

    Attributes:
        anchor: The column of the first text.
        positive: The column of the second text.
        negative: The column of a text that is unlike the first; None for none.
        score: The column of how alike the two are; None where all belong together.
        objective: What is asked for; unless given, "cosent" with a score, else
            "multiple_negatives_ranking".
        scale: The score of texts that mean the same, for "cosine_similarity".
        pooling: How states become one vector.
        num_layers: The encoder's last layers whose vectors stand side by side.
        normalize: Whether vectors have length 1.
    """

    anchor: str = "anchor"
    positive: str = "positive"
    negative: str | None = None
    score: str | None = None
    objective: Objective | None = None
    scale: float = 1.0
    pooling: Pooling = Pooling.MEAN
    num_layers: int = 1
    normalize: bool = False

    kind: ClassVar[str] = "embedding"
    metrics: ClassVar[tuple[str, ...]] = ("mean_reciprocal_rank", "retrieval_accuracy")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "pooling", Pooling(self.pooling))  # Python users write its name
        if self.score is not None and self.negative is not None:
            raise ConfigError("an embedding learns from scores or from negatives; name one of them")
        usual = Objective.MULTIPLE_NEGATIVES_RANKING if self.score is None else Objective.COSENT
        object.__setattr__(self, "objective", Objective(self.objective or usual))
        needs_score = self.objective in {Objective.COSINE_SIMILARITY, Objective.COSENT}
        if needs_score != (self.score is not None):
            remedy = "needs the column of a score" if needs_score else "takes no score"
            raise ConfigError(f"objective {str(self.objective)!r} {remedy}, got {self.score!r}")
        if self.objective is Objective.TRIPLET and self.negative is None:
            raise ConfigError("objective 'triplet' needs the column of a negative, got none")
        if self.scale <= 0:
            raise ConfigError(f"scale must be above 0, got {self.scale:g}")
        if self.score is not None:
            object.__setattr__(self, "metrics", ("embedding_spearman",))
        elif self.negative is not None:
            object.__setattr__(self, "metrics", ("triplet_accuracy", *self.metrics))

    @property
    def loss(self) -> str:
        """The objective's."""
        return str(self.objective)

    @property
    def head(self) -> HeadSpec:
        """A vector as wide as the layers that are read."""
        return HeadSpec(
            kind=HeadKind.VECTOR,
            pooling=self.pooling,
            num_layers=self.num_layers,
            is_normalized=self.normalize,
        )

    def read_input(self, row: Fields) -> EmbeddingInput:
        """Return the texts of a row."""
        return EmbeddingInput(tuple(text_of(row, column) for column in self._columns()))

    def parse_input(self, value: object) -> EmbeddingInput:
        """Return a text, or several that belong to one example."""
        texts = (value,) if isinstance(value, str) else value
        if (
            isinstance(texts, list | tuple)
            and texts
            and all(isinstance(text, str) for text in texts)
        ):
            return EmbeddingInput(tuple(texts))
        raise InputError(f"the task reads a text, or a list of texts, found {value!r:.60}")

    def read_gold(self, row: Fields) -> float | None:
        """Return the score, 1 where none is named; None where it or a text is missing."""
        texts = [value_of(row, column) for column in self._columns()]
        if None in texts or "" in texts:
            return None
        if self.score is None:
            return 1.0
        score = read_number(row, self.score)
        is_cosine = self.objective is Objective.COSINE_SIMILARITY
        if score is not None and is_cosine and abs(score) > self.scale:
            raise InputError(
                f"column '{self.score}' holds {score:g}, beyond the scale {self.scale:g} of a "
                "cosine; set the task's scale"
            )
        return score

    def encode(
        self, inputs: Sequence[EmbeddingInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each text of each input."""
        return encode_apart([each.texts for each in inputs], tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: float) -> FloatArray:
        """Return the score as a cosine."""
        del encoding
        return np.array([gold / self.scale], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> FloatArray:
        """Return a text's vector, ``(width,)``; of several texts a row each."""
        del encoding
        vectors = np.stack(list(outputs))
        return vectors[0] if len(vectors) == 1 else vectors

    def prediction(self, answer: FloatArray) -> FloatArray:  # type: ignore[override]
        """Return the vectors, which the metrics compare."""
        return answer

    def error(self, gold: float, answer: FloatArray) -> float:
        """Return how far a cosine is from its score, or by how much the negative is too near."""
        units = answer / np.maximum(np.linalg.norm(answer, axis=1, keepdims=True), 1e-12)
        cosines = units[1:] @ units[0]
        if len(cosines) == 2:
            return float(max(cosines[1] - cosines[0], 0))
        return float(abs(gold / self.scale - cosines[0]))

    def _columns(self) -> tuple[str, ...]:
        columns = (self.anchor, self.positive)
        return columns if self.negative is None else (*columns, self.negative)
