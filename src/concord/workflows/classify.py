"""Classifies the rows of files without training: `score_file` does it with these options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from concord.alignment import Head, TextPair
from concord.data.readers import FileFormat, Row
from concord.data.writers import AddedColumns
from concord.scoring.aligner import Aligner
from concord.scoring.batching import Progress as PairProgress
from concord.scoring.zero_label import TEMPLATE, ChosenLabel, classify, label_claims
from concord.workflows.bulk.options import Answers, OnError, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyOptions:
    """How rows are classified.

    Attributes:
        labels: The labels, none of them twice.
        template: The claim, with "{}" in place of the label.
        multi_label: Several labels may apply to a text.
        text_column: The column that holds the texts.
        head: The head that is asked.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be classified.
        limit: Classify only so many rows.
        file_format: Layout of the output, as for `ScoreOptions`.
        input_format: Layout of the input, by its ending unless given.
    """

    labels: tuple[str, ...]
    template: str = TEMPLATE
    multi_label: bool = False
    text_column: str = "text"
    head: Head = Head.THREE_WAY
    prefix: str = ""
    on_error: OnError = OnError.SKIP
    limit: int | None = None
    file_format: FileFormat | None = None
    input_format: FileFormat | None = None
    _claims: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_claims", label_claims(self.labels, self.template))

    @property
    def added_columns(self) -> AddedColumns:
        """The columns that a row may get, in their order."""
        by_label = {f"p_{label}": float for label in self.labels}
        columns: AddedColumns = {"label": str, "probability": float, **by_label, "error": str}
        return {self.prefix + name: kind for name, kind in columns.items()}

    def read_pair(self, row: Row) -> TextPair:
        """Return the text of a row, as a context without a claim."""
        return TextPair(row.text(self.text_column), "")

    def answers(
        self, pairs: Sequence[TextPair], scorer: Aligner, progress: PairProgress | None = None
    ) -> Answers:
        """Return the label of each text, its probability, and each label's own."""
        found = classify(
            [pair.context for pair in pairs],
            self._claims,
            multi_label=self.multi_label,
            head=self.head,
            aligner=scorer,
            progress=progress,
        )
        return {
            "label": [_label(each, several=self.multi_label) for each in found],
            "probability": [rounded(each.probability) for each in found],
            **{
                f"p_{label}": [rounded(each.probabilities[label]) for each in found]
                for label in self.labels
            },
        }


def _label(found: ChosenLabel, *, several: bool) -> str:
    return ",".join(found.labels) if several else found.label
