"""Systems of other makers beside a concord model: cross-encoders, sentence encoders, generators."""

from concord.workflows.contenders.building import CONTENDERS, build_contender

__all__ = ["CONTENDERS", "build_contender"]
