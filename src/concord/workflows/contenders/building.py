"""Systems by name, those that need torch included."""

from typing import Final

from concord.errors import MissingExtraError
from concord.evaluation.systems import (
    BUILDERS,
    System,
    SystemBuilder,
    SystemOptions,
    build_system,
)
from concord.registry import Registry

CONTENDERS: Final = Registry(
    "system",
    SystemBuilder,
    {
        **BUILDERS,
        "cosine": f"{__name__}:COSINE",
        "cross_encoder": f"{__name__}:CROSS_ENCODER",
        "prompted": f"{__name__}:PROMPTED",
    },
)


def build_contender(written: str, options: SystemOptions | None = None) -> System:
    """Build any system as a user writes it; those that need torch load it then.

    Args:
        written: What `build_system` takes, and "cosine:MODEL", "cross_encoder:MODEL" or
            "prompted:MODEL" with any Hugging Face model: a folder, a hub id, or "package:NAME"
            for an installed package that carries one.
        options: What else was said; the usual unless given.

    Raises:
        ConfigError: If the name is not known, or its model is missing or does not do.
        ArtifactError: If a model cannot be opened.
        MissingExtraError: If torch is needed and not installed.
    """
    return build_system(written, options, registry=CONTENDERS)


def _build_cosine(model: str | None, options: SystemOptions) -> System:
    _require_torch("the cosine of any encoder's vectors")
    from concord.workflows.contenders.sentence_encoders import open_cosine

    return open_cosine(model or "", threads=options.threads)


def _build_cross_encoder(model: str | None, options: SystemOptions) -> System:
    _require_torch("a cross-encoder")
    from concord.workflows.contenders.cross_encoder import CrossEncoderOptions, CrossEncoderSystem

    return CrossEncoderSystem.open(
        model or "",
        CrossEncoderOptions(
            label_order=options.label_order,
            claim_first=options.claim_first,
            split=options.split,
            threads=options.threads,
        ),
    )


def _build_prompted(model: str | None, options: SystemOptions) -> System:
    _require_torch("a prompted generator")
    from concord.workflows.contenders.prompted import PromptedSystem, PromptOptions

    return PromptedSystem.open(
        model or "", PromptOptions(max_rows=options.max_rows, threads=options.threads)
    )


def _require_torch(feature: str) -> None:
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingExtraError.needing(feature, "torch", "train") from error


COSINE: Final = SystemBuilder(_build_cosine, needs_model=True, takes_model=True)
CROSS_ENCODER: Final = SystemBuilder(_build_cross_encoder, needs_model=True, takes_model=True)
PROMPTED: Final = SystemBuilder(_build_prompted, needs_model=True, takes_model=True)
