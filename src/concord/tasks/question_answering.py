"""Extractive question answering: the words of a context that answer a question, if any do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec
from concord.tasks.tagging import softmax
from concord.tasks.task import Encoding, Fields, Task, text_of, value_of
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput
from concord.text.tokenizer import TokenIds, TokenizedText

_STARTS = ("start", "answer_start")
_WORD: Final = re.compile(r"\w{3,}")


class QuestionInput(NamedTuple):
    """A question and the text that may answer it."""

    context: str
    question: str


class AnswerSpan(NamedTuple):
    """A right answer: its text and the first character of it in the context."""

    text: str
    start: int


Answers: TypeAlias = tuple[AnswerSpan, ...]
"""All that are right; none where the context has no answer."""


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """What was found.

    Attributes:
        text: Part of the context; empty if it has no answer.
        start: Its first character.
        end: The character past its last.
        score: The probability of its start times that of its end, within its window; of no
            answer, `no_answer_prob`.
        no_answer_prob: How sure it is that there is no answer: the logistic function of what the
            scores for none are above those of the best span.
    """

    text: str
    start: int
    end: int
    score: float
    no_answer_prob: float


@dataclass(frozen=True, slots=True)
class _Window:
    """Where a part of a context stands.

    Attributes:
        first_token: Its first token among the context's.
        offset: The position of that in the sequence.
        num_tokens: How many tokens of the context it has.
    """

    first_token: int
    offset: int
    num_tokens: int


@dataclass(frozen=True, slots=True)
class ContextWindows:
    """What decoding knows of an input: the context, its tokens' characters and its windows."""

    context: str
    offsets: NDArray[np.int32]
    windows: tuple[_Window, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """The best span of a window, by its tokens among the context's."""

    logit: float
    first_token: int
    last_token: int
    prob: float


@dataclass(frozen=True, kw_only=True)
class QuestionAnswering(Task[QuestionInput, Answers, SpanAnswer]):
    """Answers that are parts of a context, or none (Rajpurkar et al., 2018).

    The question stands first and the context second, in windows that overlap if it is long. The
    first token, special to most encoders, stands for "no answer here".

    Attributes:
        context: The column of the text.
        question: The column of the question.
        answers: The column of the right answers: a list of tables with text and start, or a
            table of two lists, text and answer_start. The first one is learned.
        is_impossible: The column that tells where there is no answer, if there is such a column.
        stride: Tokens that two windows over a context share.
        max_question_tokens: A longer question loses its end.
        max_answer_tokens: A longer span is no answer.
        no_answer_threshold: There is no answer where the scores for none are above those of the
            best span by more than this; `concord tasks fit-threshold` finds it.
        unanswerable_share: For this share of the questions with an answer, training also asks
            the question of the neighbouring context that has most of its words but not the
            answer; for data with few or no questions that have none.
        num_layers: The encoder's last layers that are read.
        hidden_sizes: Widths of layers before the last.
        dropout: Before each layer, in training.
    """

    context: str = "context"
    question: str = "question"
    answers: str = "answers"
    is_impossible: str = "is_impossible"
    stride: int = 64
    max_question_tokens: int = 64
    max_answer_tokens: int = 30
    no_answer_threshold: float = 0.0
    unanswerable_share: float = 0.0
    num_layers: int = 1
    hidden_sizes: tuple[int, ...] = ()
    dropout: float = 0.1

    kind: ClassVar[str] = "question_answering"
    metrics: ClassVar[tuple[str, ...]] = (
        "answer_f1",
        "answer_exact",
        "answerable_f1",
        "answerable_exact",
        "unanswerable_exact",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stride < 0:
            raise ConfigError(f"stride must be at least 0, got {self.stride}")
        if not 0 <= self.unanswerable_share <= 1:
            raise ConfigError(
                f"unanswerable_share lies between 0 and 1, got {self.unanswerable_share}"
            )
        for name in ("max_question_tokens", "max_answer_tokens"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, got {getattr(self, name)}")

    @property
    def loss(self) -> str:
        """The mean of two cross-entropies: of the first and of the last token."""
        return "span_cross_entropy"

    @property
    def head(self) -> HeadSpec:
        """One output for a start and one for an end."""
        return HeadSpec(
            kind=HeadKind.SPANS,
            num_outputs=2,
            num_layers=self.num_layers,
            hidden_sizes=self.hidden_sizes,
            dropout=self.dropout,
        )

    def read_input(self, row: Fields) -> QuestionInput:
        """Return the context and the question of a row."""
        return QuestionInput(text_of(row, self.context), text_of(row, self.question))

    def parse_input(self, value: object) -> QuestionInput:
        """Return the two texts of a mapping, or of a pair in the order of context, question."""
        if isinstance(value, Mapping):
            value = value.get("context"), value.get("question")
        if isinstance(value, list | tuple) and len(value) == 2:
            context, question = value
            if isinstance(context, str) and isinstance(question, str):
                return QuestionInput(context, question)
        raise InputError(
            f"the task reads a pair (context, question), or a table of the two, found {value!r:.60}"
        )

    def read_gold(self, row: Fields) -> Answers | None:
        """Return the right answers of a row; None where it does not tell any."""
        if row.get(self.is_impossible):
            return ()
        value = value_of(row, self.answers)
        if value is None:
            return None
        answers = tuple(self._answers_of(value))
        if not answers and row.get(self.is_impossible) is not None:
            raise InputError(
                f"column '{self.answers}' has no answer, but column '{self.is_impossible}' says "
                "that there is one"
            )
        context = text_of(row, self.context)
        for text, start in answers:
            if not text or start < 0 or context[start : start + len(text)] != text:
                found = context[max(start, 0) : max(start, 0) + max(len(text), 10)]
                raise InputError(
                    f"column '{self.answers}': the answer {text!r:.40} does not stand at its "
                    f"start {start} in the context, where {found!r:.40} does"
                )
        return answers

    def training_examples(
        self, inputs: Sequence[QuestionInput], golds: Sequence[Answers]
    ) -> tuple[Sequence[QuestionInput], Sequence[Answers]]:
        """Return the rows, and questions put to contexts that do not answer them."""
        contexts = {each.context: _words_of(each.context) for each in inputs}
        asked = [place for place, gold in enumerate(golds) if gold]
        share = self.unanswerable_share
        chosen = [at for n, at in enumerate(asked) if int((n + 1) * share) > int(n * share)]
        misleading = [_misleading_context(inputs[at], golds[at], contexts) for at in chosen]
        made = [
            QuestionInput(context, inputs[at].question)
            for at, context in zip(chosen, misleading, strict=True)
            if context is not None
        ]
        return [*inputs, *made], [*golds, *[()] * len(made)]

    def encode(
        self, inputs: Sequence[QuestionInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return a sequence for each window over each context; only questions lose tokens."""
        contexts = tokenizer.tokenize([each.context for each in inputs])
        questions = tokenizer.token_ids([each.question for each in inputs])
        return [
            self._encode(each.context, context, question, tokenizer, max_tokens)
            for each, context, question in zip(inputs, contexts, questions, strict=True)
        ]

    def target(self, encoding: Encoding, gold: Answers) -> FloatArray:
        """Return the positions of first and last token for each window; 0, 0 where it has none."""
        detail: ContextWindows = encoding.detail
        target = np.zeros((len(detail.windows), 2), dtype=np.float32)
        tokens = _tokens_of(gold[0], detail.offsets) if gold else None
        if tokens is None:
            return target.ravel()
        for row, window in zip(target, detail.windows, strict=True):
            first, last = (token - window.first_token for token in tokens)
            if first >= 0 and last < window.num_tokens:
                row[:] = window.offset + first, window.offset + last
        return target.ravel()

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> SpanAnswer:
        """Return the best span of all windows, or none.

        A span's logits are those of its start and its end together; for none they are the first
        token's, in the window where they are lowest.
        """
        detail: ContextWindows = encoding.detail
        spans = [
            span
            for window, logits in zip(detail.windows, outputs, strict=True)
            for span in self._best_spans(window, logits)
        ]
        if not spans:  # a context without a token
            return SpanAnswer("", 0, 0, 1.0, 1.0)
        best = max(spans, key=lambda span: span.logit)
        margin = min(float(logits[0].sum()) for logits in outputs) - best.logit
        no_answer_prob = float(np.exp(-np.logaddexp(0.0, -margin)))
        if margin > self.no_answer_threshold:
            return SpanAnswer("", 0, 0, no_answer_prob, no_answer_prob)
        start = int(detail.offsets[best.first_token, 0])
        end = int(detail.offsets[best.last_token, 1])
        return SpanAnswer(detail.context[start:end], start, end, best.prob, no_answer_prob)

    def prediction(self, answer: SpanAnswer) -> Answers:
        """Return the answer's text and place; nothing for no answer."""
        return (AnswerSpan(answer.text, answer.start),) if answer.text else ()

    def trivial(self, golds: Sequence[Answers]) -> Answers:
        """Return that there is no answer, whatever the question."""
        del golds
        return ()

    def error(self, gold: Answers, answer: SpanAnswer) -> float:
        """Return 0 for one of the right texts, or rightly none, else 1."""
        texts = {each.text for each in gold} or {""}
        return float(answer.text not in texts)

    def _answers_of(self, value: Any) -> Iterator[AnswerSpan]:
        if isinstance(value, Mapping):
            starts = next((value[name] for name in _STARTS if name in value), None)
            value = _rows_of_lists(value.get("text"), starts)
        if not isinstance(value, list | tuple | np.ndarray):
            raise InputError(f"column '{self.answers}' holds {value!r:.40}, no list of answers")
        for each in value:
            table = each if isinstance(each, Mapping) else {}
            start = next((table[name] for name in _STARTS if name in table), None)
            text = table.get("text")
            if not isinstance(text, str) or not isinstance(start, int | np.integer):
                raise InputError(
                    f"column '{self.answers}' holds {each!r:.60}, not an answer's text and start"
                )
            yield AnswerSpan(text, int(start))

    def _encode(
        self,
        text: str,
        context: TokenizedText,
        question: TokenIds,
        tokenizer: PairTokenizer,
        max_tokens: int,
    ) -> Encoding:
        template = tokenizer.template
        room = max(max_tokens - template.num_special_tokens, 2)
        kept = question[: min(self.max_question_tokens, room // 2)]
        capacity = room - len(kept)
        step = capacity - min(self.stride, capacity // 2)
        # the last window begins where the ones before have not reached the end
        starts = range(0, max(len(context.ids) - capacity, 0) + step, step)
        sequences = [EncoderInput(kept, context.ids[at : at + capacity]) for at in starts]
        windows = tuple(
            _Window(at, sequence.second_start(template), len(context.ids[at : at + capacity]))
            for at, sequence in zip(starts, sequences, strict=True)
        )
        detail = ContextWindows(text, context.offsets, windows)
        return Encoding(tuple(sequences), detail, num_lost=len(question) - len(kept))

    def _best_spans(self, window: _Window, logits: FloatArray) -> Iterator[_Span]:
        """Yield the best span of each length that a window has room for."""
        own = slice(window.offset, window.offset + window.num_tokens)
        starts, ends = logits[own].T.astype(np.float64)
        probs = softmax(logits.T)[:, own]
        for length in range(min(self.max_answer_tokens, window.num_tokens)):
            totals = starts[: len(starts) - length] + ends[length:]
            first = int(totals.argmax())
            last = first + length
            yield _Span(
                float(totals[first]),
                window.first_token + first,
                window.first_token + last,
                float(probs[0, first] * probs[1, last]),
            )


def _misleading_context(
    asked: QuestionInput, answers: Answers, contexts: Mapping[str, frozenset[str]]
) -> str | None:
    """Return the context with most of a question's words and none of its answers, if any."""
    wanted = _words_of(asked.question)
    best = max(
        (context for context in contexts if context != asked.context),
        key=lambda context: (
            not any(answer.text.lower() in context.lower() for answer in answers),
            len(wanted & contexts[context]),
        ),
        default=None,
    )
    if best is None or any(answer.text.lower() in best.lower() for answer in answers):
        return None
    return best


def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _tokens_of(answer: AnswerSpan, offsets: NDArray[np.int32]) -> tuple[int, int] | None:
    """Return the first and the last token that an answer has characters of; None for none."""
    end = answer.start + len(answer.text)
    inside = np.flatnonzero((offsets[:, 1] > answer.start) & (offsets[:, 0] < end))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def _rows_of_lists(texts: Any, starts: Any) -> Any:
    """Return SQuAD's table of two lists as a list of tables; as it is if it is none."""
    if not all(isinstance(side, list | tuple | np.ndarray) for side in (texts, starts)):
        return {"text": texts, "answer_start": starts}
    if len(texts) != len(starts):
        return {"text": texts, "answer_start": starts}
    return [{"text": text, "start": start} for text, start in zip(texts, starts, strict=True)]
