"""Which files a saved model has, what concord keeps in its `config.json`, and where it is found.

A model folder follows the ecosystem's layout: the encoder's own `config.json` with one added
section, `model.safetensors`, the tokenizer's files, a model card, and the graph that scoring
without torch runs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from concord.alignment import Head
from concord.errors import ArtifactError

CONFIG_FILE: Final = "config.json"
WEIGHTS_FILE: Final = "model.safetensors"
TOKENIZER_FILE: Final = "tokenizer.json"
TOKENIZER_CONFIG_FILE: Final = "tokenizer_config.json"
CARD_FILE: Final = "README.md"
GRAPH_FILE: Final = "openvino_model.xml"
CALIBRATION_FILE: Final = "calibration.json"
TASKS_FOLDER: Final = "tasks"
ADAPTER_CONFIG_FILE: Final = "adapter_config.json"
ADAPTER_WEIGHTS_FILE: Final = "adapter_model.safetensors"

ADDED_PREFIX: Final = "adaptation."
"""What the names of weights begin with that an adaptation added to an encoder."""

SECTION: Final = "concord"
FORMAT_VERSION: Final = 1
BUNDLED_MODEL: Final = "concord-mini"
BUNDLED_FOLDER: Final = Path(__file__).parent / "pretrained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Int8Gate:
    """What a model loses when it scores in int8, measured on labelled rows against float32.

    Attributes:
        losses: By recipe, the points of its metric that were lost; negative where some were won.
        bound: How many may be lost.
        group: The input channels that share a scale.
        probes: What int8 said of the probes that are asked whenever a model is opened, so that a
            processor on which int8 goes wrong is noticed; a list of probabilities for each.
    """

    losses: Mapping[str, float]
    bound: float = 0.3
    group: int = 64
    probes: Sequence[Sequence[float]] = ()

    @property
    def is_passed(self) -> bool:
        """Whether no recipe lost more than the bound."""
        return bool(self.losses) and max(self.losses.values()) <= self.bound

    @property
    def summary(self) -> str:
        """The largest loss, in words."""
        worst = max(self.losses, key=lambda name: self.losses[name])
        return f"int8 lost at most {self.losses[worst]:.2f} points ({worst})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentSettings:
    """What scoring must know of a model besides its weights: the `concord` section.

    Attributes:
        max_tokens: The encoder's window for a pair, special tokens included.
        chunk_tokens: The window that splitting fills; at most `max_tokens`.
        overlap_tokens: Bound on what a chunk repeats of the one before it; below `chunk_tokens`.
        has_pooler: Whether the encoder brings its own pooled vector.
        thresholds: By head name, the score from which a claim counts as supported.
        int8: What int8 costs, where it was measured; only then does "fast" choose it.
        version: The version of this layout.
    """

    max_tokens: int = 512
    chunk_tokens: int = 256
    overlap_tokens: int = 0
    has_pooler: bool = True
    thresholds: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(Head, 0.5))
    int8: Int8Gate | None = None
    version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if not 16 <= self.chunk_tokens <= self.max_tokens:
            raise ArtifactError(
                f"chunk_tokens must lie between 16 and max_tokens ({self.max_tokens}), "
                f"got {self.chunk_tokens}"
            )
        if not 0 <= self.overlap_tokens < self.chunk_tokens:
            raise ArtifactError(
                f"overlap_tokens must lie between 0 and chunk_tokens ({self.chunk_tokens}), "
                f"got {self.overlap_tokens}"
            )

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, source: str) -> Self:
        """Read the section from a loaded `config.json`.

        Args:
            config: The parsed file.
            source: What to call the file in an error.

        Raises:
            ArtifactError: If the section is absent, or was written by a later concord.
        """
        section = config.get(SECTION)
        if not isinstance(section, dict):
            raise ArtifactError(
                f"{source} has no '{SECTION}' section, so this is not an alignment model; "
                "train one from it with `concord train`"
            )
        if "num_layers" in section:
            raise ArtifactError(
                f"{source} describes a model of several tasks, not an alignment model; predict "
                "with `concord predict` or `concord.TaskPredictor`"
            )
        if section.get("version", 0) > FORMAT_VERSION:
            raise ArtifactError(
                f"{source} was written by a later concord (layout {section['version']}, "
                f"this one reads {FORMAT_VERSION}); upgrade concord"
            )
        known = {entry.name for entry in fields(cls)}
        values = {name: value for name, value in section.items() if name in known}
        if values.get("int8") is not None:
            values["int8"] = Int8Gate(**values["int8"])
        return cls(**values)

    def to_section(self) -> dict[str, Any]:
        """Return the section as it stands in `config.json`, with the heads' label names."""
        heads = {head.value: list(head.label_names) for head in Head}
        section = {**asdict(self), "thresholds": dict(self.thresholds), "heads": heads}
        if self.int8 is None:
            del section["int8"]
        return section


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksSettings:
    """What prediction must know of a model of several tasks besides their heads.

    Attributes:
        max_tokens: The encoder's window, special tokens included.
        num_layers: The encoder's last layers that its graph gives, side by side.
        hidden_size: The width of one layer's states.
        adaptation: How the encoder differs from a plain one, as a configuration says it; None
            where it does not.
        version: The version of this layout.
    """

    max_tokens: int
    num_layers: int
    hidden_size: int
    adaptation: Mapping[str, Any] | None = None
    version: int = FORMAT_VERSION

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, source: str) -> Self:
        """Read the section from a loaded `config.json`.

        Args:
            config: The parsed file.
            source: What to call the file in an error.

        Raises:
            ArtifactError: If this is no model of tasks, or was written by a later concord.
        """
        section = config.get(SECTION)
        if not isinstance(section, dict) or "num_layers" not in section:
            raise ArtifactError(
                f"{source} describes no model of tasks; make one with `concord finetune`"
            )
        if section.get("version", 0) > FORMAT_VERSION:
            raise ArtifactError(
                f"{source} was written by a later concord (layout {section['version']}, "
                f"this one reads {FORMAT_VERSION}); upgrade concord"
            )
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in section.items() if name in known})

    @property
    def spacy_model(self) -> str | None:
        """The pipeline of spaCy whose tags the encoder reads; None where it reads none."""
        return None if self.adaptation is None else self.adaptation.get("spacy_model")

    def to_section(self) -> dict[str, Any]:
        """Return the section as it stands in `config.json`."""
        section = asdict(self)
        if self.adaptation is None:
            del section["adaptation"]
        return section


def is_alignment_model(folder: Path) -> bool:
    """Tell an alignment model's folder from that of a model of tasks.

    Raises:
        ArtifactError: If it has no readable `config.json`.
    """
    section = load_config(folder).get(SECTION)
    return isinstance(section, dict) and "num_layers" not in section


def load_config(folder: Path) -> dict[str, Any]:
    """Read a model folder's `config.json`.

    Raises:
        ArtifactError: If there is no such folder or file, or it is not a JSON object.
    """
    path = folder / CONFIG_FILE
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"{path} does not exist; a model folder has one") from None
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(config, dict):
        raise ArtifactError(f"{path} holds a {type(config).__name__} where an object should be")
    return config


def find_model(
    model: str | Path | None = None,
    *,
    revision: str | None = None,
    token: str | None = None,
    local_files_only: bool = False,
) -> Path:
    """Return the folder of a model: the bundled one, a local folder, or one from the hub.

    Args:
        model: None or "concord-mini" for the bundled model, a folder, or a hub id "owner/name".
        revision: Branch, tag or commit on the hub.
        token: Access token for the hub.
        local_files_only: Look only at what was downloaded before.

    Raises:
        ArtifactError: If there is no such folder and the hub does not have it either.
    """
    if model is None or str(model) == BUNDLED_MODEL:
        return BUNDLED_FOLDER / BUNDLED_MODEL
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if isinstance(model, Path) or model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ArtifactError(
            f"there is no model folder {str(model)!r}; name a folder, a hub id such as "
            f"'owner/name', or leave it out for the bundled {BUNDLED_MODEL}"
        )
    from huggingface_hub import snapshot_download  # heavy, and seldom needed

    try:
        path = snapshot_download(
            model, revision=revision, token=token, local_files_only=local_files_only
        )
    except Exception as error:  # the client raises many kinds; all mean "not to be had"
        raise ArtifactError(
            f"{model!r} is neither a folder nor to be had from the hub: {error}"
        ) from error
    return Path(path)


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, reading it piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_digest(folder: Path) -> str:
    """Return a digest of all of a model's files that its scores may depend on."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != CARD_FILE and not path.name.startswith("."):
            found.update(f"{path.name}\0{sha256_of_file(path)}\n".encode())
    return found.hexdigest()
