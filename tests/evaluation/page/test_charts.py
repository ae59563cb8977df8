"""Charts: where marks stand, and that texts in them are escaped."""

import itertools
import math
import re

import pytest

from concord.evaluation.board import ReliabilityBin
from concord.evaluation.metrics import Estimate
from concord.evaluation.page import charts
from concord.evaluation.page.charts import Curve, Mark, Spot, Strip
from concord.evaluation.page.svg import element, text

NAN = Estimate(math.nan, math.nan, math.nan)


def numbers(pattern: str, svg: str) -> list[float]:
    return [float(each) for each in re.findall(pattern, svg)]


def test_texts_and_attributes_are_escaped() -> None:
    assert text("<b> & c", 1, 2.04) == '<text x="1" y="2">&lt;b&gt; &amp; c</text>'
    assert element("g", class_='"x"') == '<g class="&quot;x&quot;"/>'


def test_a_bar_is_as_long_as_its_figure_with_its_interval_upon_it() -> None:
    svg = charts.bar(Estimate(0.5, 0.25, 0.75))
    assert numbers(r'width="([\d.]+)" height="10"', svg) == [80]  # half of 160
    assert numbers(r' d="M([\d.]+) ', svg) == [40]  # a quarter of 160
    assert "H120.0" in svg  # three quarters


def test_a_bar_of_a_negative_correlation_goes_left_from_the_middle() -> None:
    svg = charts.bar(Estimate(-0.5, -0.6, -0.4), low=-1.0)
    assert '<rect y="3" x="40" width="40"' in svg  # from -0.5 to 0 of -1 to 1 on 160


def test_an_undefined_figure_has_no_bar() -> None:
    assert charts.bar(NAN) == ""


def test_strips_draw_the_main_system_above_the_others_and_leave_out_the_undefined() -> None:
    marks = [
        Mark(label="ours", kind="model", estimate=Estimate(0.8, 0.7, 0.9), is_main=True),
        Mark(label="other", kind="baseline", estimate=Estimate(0.6, 0.5, 0.7)),
        Mark(label="none", kind="baseline", estimate=NAN),
    ]
    svg = charts.strips([Strip(label="A <set>", marks=marks)], title="t", description="d", name="n")
    assert svg.index("other: 60.0") < svg.index("ours: 80.0 (70.0 to 90.0)")
    assert "none" not in svg
    assert "A &lt;set&gt;" in svg


def test_scatter_is_logarithmic() -> None:
    spots = [
        Spot(label=str(x), kind="model", x=x, y=Estimate(0.7, math.nan, math.nan))
        for x in (1.0, 10.0, 100.0)
    ]
    svg = charts.scatter(spots, title="t", description="d", x_label="x", y_label="y", name="n")
    first, second, third = sorted(numbers(r'<circle cx="([\d.]+)"', svg))
    assert second - first == pytest.approx(third - second, abs=0.2)


def test_scatter_of_nothing_is_nothing() -> None:
    spots = [Spot(label="a", kind="model", x=0.0, y=NAN)]
    assert charts.scatter(spots, title="", description="", x_label="", y_label="", name="n") == ""


def test_names_in_a_scatter_do_not_lie_upon_each_other() -> None:
    spots = [
        Spot(label=f"system {place}", kind="model", x=100.0, y=Estimate(0.7, 0.6, 0.8))
        for place in range(5)
    ]
    svg = charts.scatter(spots, title="t", description="d", x_label="x", y_label="y", name="n")
    heights = sorted(numbers(r'y="([\d.]+)" text-anchor="start">system', svg))
    assert len(heights) == 5
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 12


def test_a_straight_curve_is_drawn_by_its_ends_and_a_corner_is_kept() -> None:
    line = [(step / 100, step / 100) for step in range(101)]
    corner = [*((0.0, step / 50) for step in range(51)), *((step / 50, 1.0) for step in range(51))]
    svg = charts.roc(
        [Curve(label="line", points=line), Curve(label="corner", points=corner)],
        title="t",
        description="d",
        name="n",
    )
    found = {len(each.split()) for each in re.findall(r'points="([^"]+)"', svg)}
    assert found == {2, 3}


def test_the_area_under_the_diagonal_is_a_half() -> None:
    assert charts.area([(0.0, 0.0), (0.2, 0.2), (1.0, 1.0)]) == pytest.approx(0.5)


def test_reliability_leaves_out_empty_bins() -> None:
    bins = [
        ReliabilityBin(low=0.0, high=0.5, mean_score=0.2, share_aligned=0.1, count=3),
        ReliabilityBin(low=0.5, high=1.0, mean_score=math.nan, share_aligned=math.nan, count=0),
    ]
    assert charts.reliability_points(bins) == [(0.2, 0.1)]
