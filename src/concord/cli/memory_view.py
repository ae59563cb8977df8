"""What a run's memory looks like: the estimate in a line, and beside it what was measured."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concord.training.memory_estimate import MemoryEstimate


def described_memory(estimate: "MemoryEstimate") -> str:
    """Return the estimate and its parts, in a sentence."""
    parts = ", ".join(f"{name} {size:,.0f}" for name, size in estimate.parts_mb().items() if size)
    place = "" if estimate.device == "cpu" else f" on {estimate.device}"
    return (
        f"memory: about {estimate.peak_mb:,.0f} MB{place} ({parts}); "
        f"{estimate.bytes_per_parameter:.1f} bytes for each parameter that learns"
    )


def compared_memory(estimate: "MemoryEstimate", measured_mb: float) -> str:
    """Return what was measured beside the estimate, in a sentence."""
    if not measured_mb:
        return f"memory: {estimate.peak_mb:,.0f} MB estimated; the peak cannot be measured here"
    share = 100 * (estimate.peak_mb / measured_mb - 1)
    return (
        f"memory: {measured_mb:,.0f} MB at its peak, {estimate.peak_mb:,.0f} estimated "
        f"({share:+.0f} %)"
    )
