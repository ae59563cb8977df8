"""Scores text pairs: splitting, batching, aggregation and verdicts, without torch."""

from concord.scoring.aggregation import Aggregation
from concord.scoring.aligner import Aligner
from concord.scoring.backends import Backend, BackendName, Precision
from concord.scoring.details import UnsupportedDetail
from concord.scoring.long_inputs import Splitting
from concord.scoring.relevance import Relevance
from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence, Verdict

__all__ = [
    "Aggregation",
    "Aligner",
    "Backend",
    "BackendName",
    "Evidence",
    "Explanation",
    "Label",
    "Precision",
    "Relevance",
    "SentenceEvidence",
    "Splitting",
    "UnsupportedDetail",
    "Verdict",
]
