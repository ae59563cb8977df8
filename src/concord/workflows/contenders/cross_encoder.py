"""Any Hugging Face sequence classifier of pairs as a system: NLI models, rankers, regressors."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.artifact import TOKENIZER_CONFIG_FILE, AlignmentSettings
from concord.errors import ArtifactError, ConfigError
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.model_facts import (
    declared_datasets,
    folder_digest,
    folder_name,
    weights_size_mb,
)
from concord.model.encoder import load_pair_tokenizer, max_positions
from concord.scoring import Aligner
from concord.scoring.backends.backend import check_threads
from concord.workflows.contenders.classifier_backend import Classifier, ClassifierBackend
from concord.workflows.contenders.folders import find_folder, read_json, shown_name
from concord.workflows.contenders.labels import LabelOrder, parse_order, read_order
from concord.workflows.contenders.probes import PROBES, settle_order

_logger = logging.getLogger(__name__)

_LARGEST_DEGREE: Final = 1.5  # of a probe: beyond it a regressor's range is not [0, 1]
_LONGEST: Final = 100_000  # a tokenizer without a limit states an astronomical one


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEncoderOptions:
    """How to read another maker's classifier.

    Attributes:
        label_order: What its outputs mean, by index, names separated by commas; read from its
            config unless given.
        claim_first: It reads the claim before the context, as rankers read a query first.
        split: Whether `score` splits long texts as an aligner does; their ends are cut if not.
        chunk_tokens: The window that splitting fills; at most the model's own.
        threads: CPU threads to use, a setting of the whole process; left alone unless given.
    """

    label_order: str | None = None
    claim_first: bool = False
    split: bool = True
    chunk_tokens: int = 256
    threads: int | None = None

    def __post_init__(self) -> None:
        check_threads(self.threads)
        if self.chunk_tokens < 16:
            raise ConfigError(f"chunk_tokens must be at least 16, got {self.chunk_tokens}")


class CrossEncoderSystem:
    """A classifier that answers as an aligner does, in float32.

    Args:
        classifier: Loaded.
        order: What its outputs mean, verified.
        folder: Where its files are.
        options: How it is read.
        is_bounded: Whether a lone output is a degree in [0, 1] as it is.
        name: What to call it; its folder's name unless given.
    """

    kind = "cross_encoder"

    def __init__(
        self,
        classifier: Classifier,
        order: LabelOrder,
        *,
        folder: Path,
        options: CrossEncoderOptions,
        is_bounded: bool = False,
        name: str | None = None,
    ) -> None:
        self.order = order
        self.name = name or folder_name(folder)
        self.parameters = sum(each.numel() for each in classifier.model.parameters())
        self.size_mb = weights_size_mb(folder)
        self.seen = declared_datasets(folder)
        self._options = options
        settings = AlignmentSettings(
            max_tokens=classifier.max_tokens,
            chunk_tokens=min(options.chunk_tokens, classifier.max_tokens),
        )
        backend = ClassifierBackend(classifier, order, is_bounded=is_bounded)
        self._aligner = Aligner(backend, classifier.tokenizer, settings, folder=folder)
        long_texts = "split" if options.split else "cut"
        architecture = type(classifier.model).__name__
        self.description = f"{architecture}: {', '.join(order)}; long texts are {long_texts}."
        self.fingerprint = fingerprint_of(
            "cross_encoder",
            folder_digest(folder),
            order,
            is_bounded,
            options.claim_first,
            options.split,
            settings.max_tokens,
            settings.chunk_tokens,
        )

    @classmethod
    def open(cls, model: str | Path, options: CrossEncoderOptions | None = None) -> Self:
        """Load a classifier and verify on probes what its labels mean.

        Args:
            model: A folder, a hub id "owner/name", or "package:NAME" for an installed package
                that carries a model.
            options: How to read it; the usual unless given.

        Raises:
            ArtifactError: If it cannot be loaded, or its head has no weights.
            ConfigError: If its labels are not known, or are others than its config says.
        """
        options = options or CrossEncoderOptions()
        if options.threads is not None:
            torch.set_num_threads(options.threads)
        folder = find_folder(model)
        name = shown_name(model, folder)
        classifier = load_classifier(folder, claim_first=options.claim_first)
        order = _settle(classifier, name, options)
        is_bounded = len(order) == 1 and _gives_degrees(classifier.model.config)
        if is_bounded:
            _check_degrees(classifier, name)
        return cls(
            classifier, order, folder=folder, options=options, is_bounded=is_bounded, name=name
        )

    def __repr__(self) -> str:
        return repr(self._aligner)

    @property
    def num_truncated(self) -> int:
        """Pairs of the last call that lost their end."""
        return self._aligner.num_truncated

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Score each pair as it is; of an over-long one, the end of the context is not read."""
        return self._aligner.predict(contexts, claims, progress=progress)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Score each claim in [0, 1], long texts split or cut as the options say."""
        split = self._options.split
        return self._aligner.score(contexts, claims, head=head, split=split, progress=progress)


def load_classifier(folder: Path, *, claim_first: bool = False) -> Classifier:
    """Load a sequence classifier in float32.

    Raises:
        ArtifactError: If it cannot be loaded, or its head has no weights.
    """
    try:
        loaded: tuple[PreTrainedModel, dict[str, Any]] = (
            AutoModelForSequenceClassification.from_pretrained(
                folder, dtype=torch.float32, output_loading_info=True
            )
        )
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder} cannot be loaded as a classifier: {error}") from error
    model, info = loaded
    base = f"{model.base_model_prefix}."
    fresh = sorted(name for name in info["missing_keys"] if not name.startswith(base))
    if fresh:
        raise ArtifactError(
            f"{folder} has no weights for {fresh[0]}, so it is no classifier; name a model that "
            "was trained on pairs"
        )
    model.eval()  # type: ignore[no-untyped-call]
    return Classifier(
        model, load_pair_tokenizer(str(folder)), _window(model, folder), claim_first=claim_first
    )


def _window(model: PreTrainedModel, folder: Path) -> int:
    stated = read_json(folder / TOKENIZER_CONFIG_FILE).get("model_max_length")
    limit = int(stated) if isinstance(stated, int | float) and stated < _LONGEST else _LONGEST
    return min(max_positions(model), limit)


def _settle(classifier: Classifier, name: str, options: CrossEncoderOptions) -> LabelOrder:
    id2label = {
        int(index): str(label) for index, label in (classifier.model.config.id2label or {}).items()
    }
    num_labels = len(id2label)
    is_given = options.label_order is not None
    declared = (
        read_order(id2label, source=name)
        if options.label_order is None
        else parse_order(options.label_order, num_labels, source=name)
    )
    order = settle_order(declared, num_labels, classifier.ask, source=name, is_given=is_given)
    _logger.info("%s: labels %s", name, ", ".join(order))
    return order


def _gives_degrees(config: Any) -> bool:
    """Tell a regressor, whose output is a degree, from what gives a logit."""
    return bool(getattr(config, "problem_type", None) == "regression")


def _check_degrees(classifier: Classifier, name: str) -> None:
    largest = float(classifier.ask([pair for pair, _ in PROBES]).max())
    if largest > _LARGEST_DEGREE:
        raise ConfigError(
            f"{name} gives {largest:.2f} for a probe, and a degree lies in [0, 1]; train it on "
            "labels in [0, 1]"
        )
