"""Where the time of a run's steps goes: a trace for TensorBoard and a table to read.

PyTorch's profiler records a few steps after the first ones, which prepare kernels and are not like
the others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch.profiler import ProfilerActivity, profile, schedule, tensorboard_trace_handler

from concord.errors import ConfigError

PROFILE_FOLDER: Final = "profile"
SUMMARY_NAME: Final = "summary.txt"
_TOP: Final = 12
_STEP: Final = "ProfilerStep"
_COPIES: Final = ("Memcpy", "Memset", "aten::copy_", "aten::_to_copy", "aten::clone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """Which steps of a run are recorded.

    Attributes:
        wait: Steps that pass unseen, counted from where the run starts or goes on.
        warmup: Steps that are watched and thrown away, as watching starts slowly; at least 1.
        steps: Steps that are recorded.
    """

    wait: int = 2
    warmup: int = 1
    steps: int = 3

    def __post_init__(self) -> None:
        for name, least in (("wait", 0), ("warmup", 1), ("steps", 1)):
            value = getattr(self, name)
            if value < least:
                raise ConfigError(f"trainer.profile.{name} must be at least {least}, got {value}")


@dataclass(frozen=True, slots=True)
class OperatorTime:
    """An operator's own time in the recorded steps, that of operators inside of it left out."""

    name: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSummary:
    """Where the recorded steps' time went, in seconds.

    On a GPU, kernels run while the processor is at other work, so that the parts may add up to
    more than the time that passed; on a CPU they add up to it.

    Attributes:
        steps: Steps recorded.
        elapsed: Time that passed in them.
        kernels: On the device, computing.
        copies: Copies and casts of tensors, on the device and on the CPU.
        operators: The other operators on the CPU.
        other: The rest: Python, preparing batches, waiting.
        top: The operators that took most, longest first.
    """

    steps: int
    elapsed: float
    kernels: float
    copies: float
    operators: float
    other: float
    top: tuple[OperatorTime, ...]

    def __str__(self) -> str:
        parts = {
            "kernels": self.kernels,
            "copies": self.copies,
            "CPU operators": self.operators,
            "other": self.other,
        }
        lines = [f"{self.steps} steps in {self.elapsed:.3f} s"]
        lines += [_line(name, seconds, self.elapsed) for name, seconds in parts.items()]
        lines += ["", "of these, the operators that took most:"]
        lines += [
            f"{_line(each.name, each.seconds, self.elapsed)} {each.calls:8,} calls"
            for each in self.top
        ]
        return "\n".join(lines)


def _line(name: str, seconds: float, elapsed: float) -> str:
    return f"{name[:48]:48} {seconds:9.3f} s {100 * seconds / max(elapsed, 1e-12):5.1f} %"


class StepProfiler:
    """Watches the steps that `options` name, and leaves a trace and a summary in a folder.

    Args:
        folder: Of the run; the files go into its folder "profile".
        options: Which steps.
    """

    def __init__(self, folder: Path, options: ProfileOptions) -> None:
        self._folder = folder / PROFILE_FOLDER
        self._last = options.wait + options.warmup + options.steps
        self._done = 0
        self.summary: ProfileSummary | None = None
        activities = [ProfilerActivity.CPU]
        if torch.cuda.is_available():
            activities.append(ProfilerActivity.CUDA)
        self._profile = profile(
            activities=activities,
            schedule=schedule(
                wait=options.wait, warmup=options.warmup, active=options.steps, repeat=1
            ),
            on_trace_ready=self._keep,
        )

    def start(self) -> None:
        """Begin before the first step."""
        self._profile.start()

    def step(self) -> None:
        """Take note that a step is over."""
        self._done += 1
        if self._done <= self._last:
            self._profile.step()
        if self._done == self._last:
            self._profile.stop()

    def stop(self) -> None:
        """End with the run, which may have had fewer steps than were to be recorded."""
        if self._done < self._last:
            self._profile.stop()

    def _keep(self, found: Any) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        tensorboard_trace_handler(str(self._folder))(found)
        self.summary = summarize_events(found.events())
        temporary = self._folder / f".{SUMMARY_NAME}.partial"
        temporary.write_text(f"{self.summary}\n", encoding="utf-8")
        temporary.rename(self._folder / SUMMARY_NAME)


def summarize_events(events: Iterable[Any]) -> ProfileSummary:
    """Add up a profiler's events.

    Args:
        events: Those of `torch.profiler.profile.events()`; times are in microseconds.
    """
    steps: list[float] = []
    kernels = copies = operators = device_copies = 0.0
    totals: dict[str, list[float]] = {}
    for event in events:
        if event.name.startswith(_STEP):
            if event.device_type.name == "CPU":
                steps.append(event.cpu_time_total / 1e6)
            continue
        is_copy = event.name.startswith(_COPIES)
        on_device = event.device_type.name != "CPU"
        seconds = (event.self_device_time_total if on_device else event.self_cpu_time_total) / 1e6
        if on_device and is_copy:
            device_copies += seconds
        elif on_device:
            kernels += seconds
        elif is_copy:
            copies += seconds
        else:
            operators += seconds
        total = totals.setdefault(event.name, [0, 0.0])
        total[0] += 1
        total[1] += seconds
    elapsed = sum(steps)
    return ProfileSummary(
        steps=len(steps),
        elapsed=elapsed,
        kernels=kernels,
        copies=copies + device_copies,
        operators=operators,
        other=max(elapsed - copies - operators, 0.0),
        top=_top(totals),
    )


def _top(totals: dict[str, list[float]]) -> tuple[OperatorTime, ...]:
    found: Sequence[OperatorTime] = [
        OperatorTime(name, int(calls), seconds) for name, (calls, seconds) in totals.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.seconds, each.name))[:_TOP])
