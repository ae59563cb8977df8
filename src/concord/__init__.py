"""Scores whether a claim is supported by a context, fast on a CPU.

>>> from concord import Aligner
>>> aligner = Aligner.from_pretrained()
>>> aligner.verify(["The bridge opened in 1932."], ["The bridge opened in 1923."])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from concord.alignment import AlignmentExample, AlignmentScores, Head, TextPair
    from concord.errors import (
        ArtifactError,
        ConcordError,
        ConfigError,
        DataError,
        InputError,
        MissingExtraError,
    )
    from concord.scoring.aggregation import Aggregation
    from concord.scoring.aligner import Aligner
    from concord.scoring.answer_checking import (
        AnswerVerdict,
        Choice,
        choose_options,
        verify_answers,
    )
    from concord.scoring.details import UnsupportedDetail
    from concord.scoring.ranking import (
        BestCandidate,
        RankedPassage,
        best_of,
        rank_for_queries,
        rank_passages,
    )
    from concord.scoring.relevance import Relevance
    from concord.scoring.task_predictor import TaskPredictor
    from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence, Verdict
    from concord.scoring.zero_label import ChosenLabel, classify
    from concord.tasks.alignment import Alignment
    from concord.tasks.classification import Classification
    from concord.tasks.embedding import Embedding
    from concord.tasks.entities import Entities
    from concord.tasks.masked_language import MaskedLanguage
    from concord.tasks.multiple_choice import MultipleChoice
    from concord.tasks.paraphrase import Paraphrase
    from concord.tasks.preference import Preference
    from concord.tasks.question_answering import QuestionAnswering
    from concord.tasks.regression import Regression
    from concord.tasks.replaced_tokens import ReplacedTokens
    from concord.tasks.similarity import Similarity
    from concord.workflows.finetuned import finetune
    from concord.workflows.score_rows import score_rows, score_stream

    __version__: str

__all__ = [
    "Aggregation",
    "Aligner",
    "Alignment",
    "AlignmentExample",
    "AlignmentScores",
    "AnswerVerdict",
    "ArtifactError",
    "BestCandidate",
    "Choice",
    "ChosenLabel",
    "Classification",
    "ConcordError",
    "ConfigError",
    "DataError",
    "Embedding",
    "Entities",
    "Evidence",
    "Explanation",
    "Head",
    "InputError",
    "Label",
    "MaskedLanguage",
    "MissingExtraError",
    "MultipleChoice",
    "Paraphrase",
    "Preference",
    "QuestionAnswering",
    "RankedPassage",
    "Regression",
    "Relevance",
    "ReplacedTokens",
    "SentenceEvidence",
    "Similarity",
    "TaskPredictor",
    "TextPair",
    "UnsupportedDetail",
    "Verdict",
    "__version__",
    "best_of",
    "choose_options",
    "classify",
    "finetune",
    "rank_for_queries",
    "rank_passages",
    "score_rows",
    "score_stream",
    "verify_answers",
]

_HOMES: Final = {
    "concord.alignment": ("AlignmentExample", "AlignmentScores", "Head", "TextPair"),
    "concord.errors": (
        "ArtifactError",
        "ConcordError",
        "ConfigError",
        "DataError",
        "InputError",
        "MissingExtraError",
    ),
    "concord.scoring.aggregation": ("Aggregation",),
    "concord.scoring.aligner": ("Aligner",),
    "concord.scoring.answer_checking": (
        "AnswerVerdict",
        "Choice",
        "choose_options",
        "verify_answers",
    ),
    "concord.scoring.ranking": (
        "BestCandidate",
        "RankedPassage",
        "best_of",
        "rank_for_queries",
        "rank_passages",
    ),
    "concord.scoring.relevance": ("Relevance",),
    "concord.scoring.task_predictor": ("TaskPredictor",),
    "concord.tasks.alignment": ("Alignment",),
    "concord.tasks.classification": ("Classification",),
    "concord.tasks.embedding": ("Embedding",),
    "concord.tasks.entities": ("Entities",),
    "concord.tasks.masked_language": ("MaskedLanguage",),
    "concord.tasks.multiple_choice": ("MultipleChoice",),
    "concord.tasks.paraphrase": ("Paraphrase",),
    "concord.tasks.preference": ("Preference",),
    "concord.tasks.question_answering": ("QuestionAnswering",),
    "concord.tasks.regression": ("Regression",),
    "concord.tasks.replaced_tokens": ("ReplacedTokens",),
    "concord.tasks.similarity": ("Similarity",),
    "concord.workflows.finetuned": ("finetune",),
    "concord.scoring.details": ("UnsupportedDetail",),
    "concord.scoring.verdicts": ("Evidence", "Explanation", "Label", "SentenceEvidence", "Verdict"),
    "concord.scoring.zero_label": ("ChosenLabel", "classify"),
    "concord.workflows.score_rows": ("score_rows", "score_stream"),
}
_HOME_OF: Final = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _find_version()
    if name not in _HOME_OF:
        raise AttributeError(f"module 'concord' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _find_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow, and seldom asked for

    try:
        return version("concord")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0+source"
