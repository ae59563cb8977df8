"""An embedding task in the form that the evaluators of sentence-transformers ask."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from concord.errors import ConfigError
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.embedding import Embedding
from concord.tasks.heads import FloatArray


class SentenceEncoder:
    """Gives the vectors of one task to evaluators that read NumPy arrays.

    `EmbeddingSimilarityEvaluator(firsts, seconds, scores)(SentenceEncoder(predictor, "sentence"))`
    returns its figures; `TripletEvaluator` does so too.

    Args:
        predictor: Of a model with that task.
        task: The name of an embedding task.

    Raises:
        ConfigError: If the model has no such task, or it is of another family.
    """

    similarity_fn_name = "cosine"

    def __init__(self, predictor: TaskPredictor, task: str) -> None:
        if not isinstance(predictor.task(task), Embedding):
            raise ConfigError(
                f"task {task!r} is of kind {predictor.task(task).kind!r}; name an embedding task"
            )
        self.figures: Mapping[str, float] = {}
        """What the last evaluator found."""
        self._predictor = predictor
        self._task = task

    def encode(self, sentences: Sequence[str], **options: Any) -> FloatArray:
        """Return a row for each text; how to compute is the predictor's, so options are left."""
        del options
        return np.stack(self._predictor.predict(self._task, list(sentences)))

    encode_query = encode
    encode_document = encode

    @property
    def model_card_data(self) -> "SentenceEncoder":
        """What evaluators tell their figures."""
        return self

    def set_evaluation_metrics(
        self, evaluator: object, metrics: Mapping[str, float], *_: object
    ) -> None:
        """Keep an evaluator's figures."""
        del evaluator
        self.figures = dict(metrics)
