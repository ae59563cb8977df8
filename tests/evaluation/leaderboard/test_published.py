"""The file of published figures, and what may not stand in one."""

from pathlib import Path

import pytest

from concord.errors import DataError
from concord.evaluation.leaderboard.published import read_published


def test_every_figure_that_concord_brings_names_its_source() -> None:
    figures = read_published()
    assert len({(each.set, each.system, each.metric) for each in figures}) == len(figures)
    assert all(each.source for each in figures)
    assert all(0.4 < each.value < 1 for each in figures)  # shares, not percents


def test_the_figures_of_the_consistency_benchmarks_are_there() -> None:
    found = {(each.set, each.system): each.value for each in read_published()}
    assert found["summac", "AlignScore-large (355 M)"] == 0.886
    assert found["true", "AlignScore-base (125 M)"] == 0.825
    assert found["summac", "ROUGE-2"] == 0.781


FIGURE = 'set = "a"\nsystem = "b"\nmetric = "auc"\nvalue = {value}\nsource = "c"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[figure]]\n" + FIGURE.format(value=88.6), "figure 1: value 88.6 is no share"),
        ("[[figure]]\n" + FIGURE.format(value='"x"'), "figure 1: value 'x' is no share"),
        ('[[figure]]\nset = "a"\n', "figure 1: it lacks 'system'"),
        ("[[figure]]\n" + FIGURE.format(value=1) + "page = 3\n", "has an unknown 'page'"),
        ("[[figure", "cannot be read as TOML"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "figures.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=problem):
        read_published(path)


def test_a_file_of_one_s_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "figures.toml"
    path.write_text("[[figure]]\n" + FIGURE.format(value=0.5), encoding="utf-8")
    (figure,) = read_published(path)
    assert (figure.set, figure.system, figure.value, figure.note) == ("a", "b", 0.5, "")
