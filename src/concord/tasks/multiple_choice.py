"""Multiple choice: the right one of a question's options, with or without a context."""

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from concord.errors import InputError
from concord.tasks.heads import FloatArray, HeadSpec, softmax
from concord.tasks.pooled_task import PooledTask
from concord.tasks.several_inputs import joined_encodings
from concord.tasks.task import Encoding, Fields, text_of, value_of
from concord.tasks.with_context import encode_with_contexts
from concord.text import PairTokenizer


class ChoiceInput(NamedTuple):
    """A question with its options.

    Attributes:
        question: What is asked, or a text to go on with.
        choices: Two options or more.
        context: What the answer should follow from; empty for none.
    """

    question: str
    choices: tuple[str, ...]
    context: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceAnswer:
    """Which option is right.

    Attributes:
        index: Its place among the options, counted from 0.
        choice: The option itself.
        probs: Each option's probability, in their order; they add up to 1.
    """

    index: int
    choice: str
    probs: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(PooledTask[ChoiceInput, int, ChoiceAnswer]):
    """The right one of several options; questions may differ in how many they have.

    The encoder reads each option for itself: the context beside question and option, or without a
    context the question beside the option. An over-long sequence loses the end of its first text.

    Attributes:
        question: The column of the question.
        choices: The column with the list of options (a list, JSON of one, or a mapping with a
            list `text`), or several columns with an option each.
        context: The column of the context; None for none.
        label: The column of the right option: its index counted from 0, its letter, or its text.
    """

    question: str = "question"
    choices: str | tuple[str, ...] = "choices"
    context: str | None = None
    label: str = "label"

    kind: ClassVar[str] = "multiple_choice"
    metrics: ClassVar[tuple[str, ...]] = ("option_accuracy",)

    @property
    def loss(self) -> str:
        """Cross-entropy over a question's options."""
        return "option_cross_entropy"

    @property
    def head(self) -> HeadSpec:
        """One output for each option."""
        return self.pooled_head(1)

    def read_input(self, row: Fields) -> ChoiceInput:
        """Return the question of a row, with its options."""
        choices = self._choices(row)
        context = None if self.context is None else value_of(row, self.context)
        if context is not None and not isinstance(context, str):
            raise InputError(
                f"column '{self.context}' holds {context!r:.40} where a text should be"
            )
        return ChoiceInput(text_of(row, self.question), choices, context or "")

    def parse_input(self, value: object) -> ChoiceInput:
        """Return (question, options) or (question, options, context), or a mapping of these.

        Raises:
            InputError: If it is neither.
        """
        if isinstance(value, Mapping) and set(value) <= {"question", "choices", "context"}:
            value = tuple(value.get(name, "") for name in ChoiceInput._fields)
        if isinstance(value, list | tuple) and 2 <= len(value) <= 3:
            question, choices, context = (*value, "")[:3]
            if (
                isinstance(question, str)
                and isinstance(context, str)
                and isinstance(choices, list | tuple)
                and len(choices) >= 2
                and all(isinstance(choice, str) for choice in choices)
            ):
                return ChoiceInput(question, tuple(choices), context)
        raise InputError(
            "the task reads (question, options) or (question, options, context) with 2 options "
            f"or more, found {value!r:.60}"
        )

    def read_gold(self, row: Fields) -> int | None:
        """Return the right option's index; None where there is none."""
        value = value_of(row, self.label)
        if value is None or value == "":
            return None
        choices = self._choices(row)
        found = _place_of(value, choices)
        if found is None:
            raise InputError(
                f"column '{self.label}' holds {value!r:.40}, which is none of the "
                f"{len(choices)} options; give an index from 0, a letter from A, or the "
                "option's text"
            )
        return found

    def encode(
        self, inputs: Sequence[ChoiceInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each option of each input."""
        pairs = [
            (each.context, f"{each.question} {choice}".strip())
            if each.context
            else (each.question, choice)
            for each in inputs
            for choice in each.choices
        ]
        every = iter(encode_with_contexts(pairs, tokenizer, max_tokens, keeps_end=True))
        encodings = []
        for each in inputs:
            joined = joined_encodings([next(every) for _ in each.choices])
            encodings.append(Encoding(joined.sequences, each.choices, joined.num_lost))
        return encodings

    def target(self, encoding: Encoding, gold: int) -> FloatArray:
        """Return the right option's index."""
        del encoding
        return np.array([gold], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> ChoiceAnswer:
        """Return the options' probabilities and the most probable one."""
        probs = softmax(np.concatenate(list(outputs)))
        best = int(probs.argmax())
        return ChoiceAnswer(best, encoding.detail[best], tuple(probs.tolist()))

    def prediction(self, answer: ChoiceAnswer) -> int:
        """Return the index of the most probable option."""
        return answer.index

    def _choices(self, row: Fields) -> tuple[str, ...]:
        if isinstance(self.choices, str):
            found = _listed(value_of(row, self.choices))
            column = self.choices
        else:  # a row may leave the last ones empty
            values = [value_of(row, name) for name in self.choices]
            found = [value for value in values if value is not None and value != ""]
            column = "', '".join(self.choices)
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) < 2:
            raise InputError(f"column '{column}' holds {found!r:.40} where 2 options should be")
        texts = [str(each) if isinstance(each, int | float) else each for each in found]
        if not all(isinstance(text, str) for text in texts):
            raise InputError(f"column '{column}' holds {found!r:.40} where texts should be")
        return tuple(texts)


def _listed(value: object) -> Any:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return value.get("text")
    return value.tolist() if hasattr(value, "tolist") else value


def _place_of(value: object, choices: Sequence[str]) -> int | None:
    """Return the index that a label means: of an equal text first, then by letter or number."""
    if isinstance(value, str):
        text = value.strip()
        if choices.count(text) == 1:
            return choices.index(text)
        if len(text) == 1 and text.upper() in string.ascii_uppercase:
            value = string.ascii_uppercase.index(text.upper())
        elif text.isascii() and text.isdigit():
            value = int(text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < len(choices) else None
