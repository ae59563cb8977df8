"""The page's charts: plain SVG drawn by short functions, coloured by the page's style sheet.

Each shows what a table beside it says in numbers. Lines differ in dashes and points in shape, so
that none is told by its colour alone.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from concord.evaluation.board import ReliabilityBin
from concord.evaluation.metrics import Estimate
from concord.evaluation.page import wording
from concord.evaluation.page.svg import element, picture, text, titled

_BAR_WIDTH: Final = 160
_ROW: Final = 24
_SQUARE: Final = 300
_LEFT, _BOTTOM = 40, 36
_LINE_WIDTH: Final = 0.003  # of a unit square's side
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One system in a row of `strips`."""

    label: str
    kind: str
    estimate: Estimate
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A row of `strips`: what it is of, and where each system stands."""

    label: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line of `roc` or `reliability`: points in the unit square."""

    label: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point of `scatter`; its kind decides its shape."""

    label: str
    kind: str
    x: float
    y: Estimate
    is_main: bool = False


def bar(estimate: Estimate, *, is_main: bool = False, low: float = 0.0, high: float = 1.0) -> str:
    """Return a bar with its interval, for a table's cell; the cells beside it say the numbers.

    Args:
        estimate: The figure; nothing is drawn where it is undefined.
        is_main: Whether it is the system that the page is about.
        low: The figure at the left edge; where it is negative, bars start at 0.
        high: The figure at the right edge.
    """
    if not wording.is_known(estimate.value):
        return ""

    def at(value: float) -> float:
        return _BAR_WIDTH * (min(max(value, low), high) - low) / (high - low)

    zero, end = at(max(low, 0.0)), at(estimate.value)
    parts = [
        element("rect", y=3, x=min(zero, end), width=abs(end - zero), height=10, class_="bar"),
        *_whisker(at, estimate, y=8),
    ]
    if low < 0:
        parts.append(element("line", x1=zero, x2=zero, y1=0, y2=16, class_="axis"))
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {_BAR_WIDTH} 16",
        width=_BAR_WIDTH,
        height=16,
        aria_hidden="true",
        class_="inbar main" if is_main else "inbar",
    )


def strips(rows: Sequence[Strip], *, title: str, description: str, name: str) -> str:
    """Return rows of points on one scale: the main system filled with its interval, others open."""
    left, right, top = 190, 640, 26
    height = top + _ROW * len(rows) + 8
    values = [m.estimate.value for row in rows for m in row.marks if _has_value(m.estimate)]
    low = math.floor(min([*values, 0.5]) * 10) / 10

    def at(value: float) -> float:
        return left + (right - left - 12) * (max(value, low) - low) / (1 - low)

    parts = []
    for tick in _tenths(low):
        parts.append(
            element("line", x1=at(tick), x2=at(tick), y1=top - 4, y2=height - 8, class_="grid")
        )
        parts.append(
            text(wording.percent(tick, 0), at(tick), 14, text_anchor="middle", class_="tick")
        )
    for place, row in enumerate(rows):
        y = top + _ROW * (place + 0.5)
        parts.append(text(_shortened(row.label, 27), left - 12, y + 4, text_anchor="end"))
        shown = [mark for mark in row.marks if _has_value(mark.estimate)]
        shown.sort(key=lambda mark: mark.is_main)
        parts += [_strip_mark(mark, at, y) for mark in shown]
    return picture(
        *parts, width=right, height=height, title=title, description=description, name=name
    )


def scatter(
    spots: Sequence[Spot], *, title: str, description: str, x_label: str, y_label: str, name: str
) -> str:
    """Return points on a logarithmic x axis, with their names beside them."""
    width, height, top = 680, 410, 28
    shown = [spot for spot in spots if spot.x > 0 and _has_value(spot.y)]
    if not shown:
        return ""
    low_x = math.floor(math.log10(min(spot.x for spot in shown)))
    high_x = max(math.ceil(math.log10(max(spot.x for spot in shown))), low_x + 1)
    low_y = math.floor(min(spot.y.value for spot in shown) * 10 - 0.3) / 10
    high_y = math.ceil(max(spot.y.value for spot in shown) * 10 + 0.3) / 10

    def x_at(value: float) -> float:
        share = (math.log10(value) - low_x) / (high_x - low_x)
        return _LEFT + 8 + share * (width - _LEFT - 40)

    def y_at(value: float) -> float:
        return top + (height - top - _BOTTOM - 12) * (high_y - value) / (high_y - low_y)

    bottom = height - _BOTTOM - 12
    parts = [
        text(x_label, width - 32, height - 6, text_anchor="end", class_="label"),
        text(y_label, 0, 11, class_="label"),
    ]
    for power in range(low_x, high_x + 1):
        x = x_at(10.0**power)
        parts.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        parts.append(
            text(_power_of_ten(power), x, bottom + 18, text_anchor="middle", class_="tick")
        )
    for step in range(round(low_y * 10), round(high_y * 10) + 1):
        y = y_at(step / 10)
        parts.append(element("line", x1=_LEFT, x2=width - 32, y1=y, y2=y, class_="grid"))
        parts.append(text(str(step * 10), _LEFT - 8, y + 4, text_anchor="end", class_="tick"))
    placed = [(x_at(spot.x) - 5, x_at(spot.x) + 5, y_at(spot.y.value)) for spot in shown]
    shown.sort(key=lambda spot: (not spot.is_main, -spot.y.value))
    parts += [_spot(spot, x_at(spot.x), y_at, placed, width) for spot in shown]
    return picture(
        *parts, width=width, height=height, title=title, description=description, name=name
    )


def roc(curves: Sequence[Curve], *, title: str, description: str, name: str) -> str:
    """Return true positive against false positive rates of every threshold."""
    return _unit_square(
        curves, title, description, name, "false positive rate", "true positive rate"
    )


def reliability(curves: Sequence[Curve], *, title: str, description: str, name: str) -> str:
    """Return how often claims are supported against how sure scores are; the diagonal is ideal."""
    return _unit_square(curves, title, description, name, "mean score", "share supported")


def reliability_points(bins: Sequence[ReliabilityBin]) -> list[tuple[float, float]]:
    """Return the points of a reliability curve: bins that hold claims."""
    return [
        (each.mean_score, each.share_aligned)
        for each in bins
        if each.count and wording.is_known(each.mean_score) and wording.is_known(each.share_aligned)
    ]


def area(points: Sequence[tuple[float, float]]) -> float:
    """Return the area under a curve whose points stand from left to right."""
    steps = itertools.pairwise(points)
    return sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in steps)


def line_sample(place: int) -> str:
    """Return a piece of the line of a chart's n-th curve, for a legend."""
    line = element("line", x1=0, x2=28, y1=5, y2=5, class_=f"curve c{place}")
    return element(
        "svg", line, viewBox="0 0 28 10", width=28, height=10, aria_hidden="true", class_="sample"
    )


def point_sample(kind: str, *, is_main: bool) -> str:
    """Return the shape that stands for a kind of system in `scatter`, for a legend."""
    shape = _shape(kind, 7, 7)
    return element(
        "svg",
        shape,
        viewBox="0 0 14 14",
        width=14,
        height=14,
        aria_hidden="true",
        class_="sample main" if is_main else "sample",
    )


def _unit_square(
    curves: Sequence[Curve], title: str, description: str, name: str, x_label: str, y_label: str
) -> str:
    top, right = 20, 14
    side = _SQUARE - _LEFT - right

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + side * point[0], top + side * (1 - point[1])

    height = top + side + _BOTTOM
    parts = [
        text(x_label, _SQUARE - right, height - 4, text_anchor="end", class_="label"),
        text(y_label, 0, 11, class_="label"),
    ]
    for tick in _TICKS:
        x, y = at((tick, tick))
        parts.append(element("line", x1=x, x2=x, y1=top, y2=top + side, class_="grid"))
        parts.append(element("line", x1=_LEFT, x2=_LEFT + side, y1=y, y2=y, class_="grid"))
        words = wording.percent(tick, 0)
        parts.append(text(words, x, top + side + 15, text_anchor="middle", class_="tick"))
        parts.append(text(words, _LEFT - 6, y + 4, text_anchor="end", class_="tick"))
    (x1, y1), (x2, y2) = at((0, 0)), at((1, 1))
    parts.append(element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="ideal"))
    for place, curve in reversed(list(enumerate(curves))):
        points = " ".join(f"{x:.0f},{y:.0f}" for x, y in map(at, _thinned(curve.points)))
        parts.append(titled("polyline", curve.label, points=points, class_=f"curve c{place}"))
    return picture(
        *parts, width=_SQUARE, height=height, title=title, description=description, name=name
    )


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out points that a line through the others meets (Douglas and Peucker, 1973)."""
    if len(points) < 3:
        return list(points)
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    gaps = [abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / length for x, y in points]
    farthest = max(range(len(points)), key=gaps.__getitem__)
    if gaps[farthest] < _LINE_WIDTH:
        return [points[0], points[-1]]
    return [*_thinned(points[: farthest + 1])[:-1], *_thinned(points[farthest:])]


def _whisker(at: Callable[[float], float], estimate: Estimate, y: float) -> list[str]:
    if not (wording.is_known(estimate.low) and wording.is_known(estimate.high)):
        return []
    low, high = at(estimate.low), at(estimate.high)
    ends = f"M{low:.1f} {y - 3:.1f}v6M{low:.1f} {y:.1f}H{high:.1f}M{high:.1f} {y - 3:.1f}v6"
    return [element("path", d=ends, class_="whisker")]


def _strip_mark(mark: Mark, at: Callable[[float], float], y: float) -> str:
    words = f"{mark.label}: {wording.with_interval(mark.estimate)}"
    x = at(mark.estimate.value)
    point = _shape(mark.kind, x, y)
    if not mark.is_main:
        return titled("g", words, point)
    return titled("g", words, *_whisker(at, mark.estimate, y), point, class_="main")


def _spot(
    spot: Spot,
    x: float,
    y_at: Callable[[float], float],
    placed: list[tuple[float, float, float]],
    width: float,
) -> str:
    """Return a point with its name, moved down or up to where no other name stands.

    Args:
        spot: The point.
        x: Where it stands.
        y_at: From figures to places.
        placed: Left and right end and height of points and names; the new name is added.
        width: Of the chart: a name that would leave it stands on the point's left.
    """
    y = y_at(spot.y.value)
    words = _shortened(spot.label, 30)
    length = 6.6 * len(words)
    is_left = x + 10 + length > width - 30
    start = x - 10 - length if is_left else x + 10
    steps = sorted(range(-6, 7), key=abs)
    label_y = next(
        (y + 6 * step for step in steps if _is_free(placed, start, start + length, y + 6 * step)), y
    )
    placed.append((start, start + length, label_y))
    anchor, name_x = ("end", x - 10) if is_left else ("start", x + 10)
    name = text(words, name_x, label_y + 4, text_anchor=anchor)
    spread = ""
    if wording.is_known(spot.y.low) and wording.is_known(spot.y.high):
        ends = f"M{x:.1f} {y_at(spot.y.low):.1f}V{y_at(spot.y.high):.1f}"
        spread = element("path", d=ends, class_="whisker")
    title = f"{spot.label}: {wording.with_interval(spot.y)}, {wording.number(spot.x)} pairs/s"
    point = titled("g", title, _shape(spot.kind, x, y))
    return element("g", spread, point, name, class_="spot main" if spot.is_main else "spot")


def _is_free(
    placed: Sequence[tuple[float, float, float]], start: float, end: float, y: float
) -> bool:
    return all(end < left or right < start or abs(y - other) >= 13 for left, right, other in placed)


def _shape(kind: str, x: float, y: float) -> str:
    """Return a circle for models, a square for baselines, a diamond for cross-encoders."""
    if kind == "model":
        return element("circle", cx=x, cy=y, r=5, class_="dot")
    if kind == "baseline":
        return element("rect", x=x - 4, y=y - 4, width=8, height=8, class_="dot")
    size = 6 if kind == "cross_encoder" else 5
    shape = f"M{x:.1f} {y - size:.1f}l{size} {size}l{-size} {size}l{-size} {-size}z"
    if kind != "cross_encoder":
        shape = f"M{x:.1f} {y - size:.1f}l{size} {2 * size}h{-2 * size}z"
    return element("path", d=shape, class_="dot")


def _power_of_ten(power: int) -> str:
    if power >= 6:
        return f"{10 ** (power - 6):,} M"
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"


def _tenths(low: float) -> list[float]:
    return [step / 10 for step in range(round(low * 10), 11)]


def _has_value(estimate: Estimate) -> bool:
    return wording.is_known(estimate.value)


def _shortened(words: str, length: int) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
