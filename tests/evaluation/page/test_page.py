"""The page of a board: what is on it, and that nothing of the data can act in it."""

import itertools
import math
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.board_fixture import HOSTILE, make_board

from concord.evaluation.board import Board, SetCard, SuiteAverage
from concord.evaluation.metrics import Estimate
from concord.evaluation.page import render_page, write_page

_VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})
NAN = Estimate(math.nan, math.nan, math.nan)


class Page(HTMLParser):
    """What a browser would find in a page: elements, ids, links; and whether it is well formed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.text += data

    def values(self, attribute: str) -> list[str]:
        """Return all values of an attribute."""
        return [each for _, attrs in self.elements if (each := attrs.get(attribute)) is not None]

    def tags(self) -> Counter[str]:
        """Return how often each element occurs."""
        return Counter(tag for tag, _ in self.elements)


@pytest.fixture(scope="module")
def board() -> Board:
    return make_board(systems=4)


@pytest.fixture(scope="module")
def html(board: Board) -> str:
    return render_page(board)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_regions_have_names_of_their_own_where_two_suites_share_a_title(board: Board) -> None:
    first, second, *others = board.suites
    namesake = replace(second.sets[0], title=first.sets[0].title, metric=first.sets[0].metric)
    shared = replace(second, sets=(namesake, *second.sets[1:]))
    page = Page(render_page(replace(board, suites=(first, shared, *others))))
    names = [attrs["aria-label"] for _, attrs in page.elements if attrs.get("role") == "region"]
    assert len(names) > 20
    assert len(set(names)) == len(names)


def test_means_are_over_the_suites_that_the_main_system_has_whole(board: Board, page: Page) -> None:
    count = sum(1 for suite in board.suites if suite.sets)
    assert f"Mean of {count} suites" in page.text
    first = board.suites[0].name
    part = {each: replace(each, sets=1) for each in board.averages if each.suite == first}
    fewer = tuple(part.get(each, each) for each in board.averages)
    text = Page(render_page(replace(board, averages=fewer))).text
    assert f"Mean of {count - 1} suites" in text
    assert "has not every set" in text
    none = tuple(replace(each, sets=1) for each in board.averages)
    text = Page(render_page(replace(board, averages=none))).text
    assert re.search(r"Mean of \d", text) is None
    assert "No system has both a cost and an average on whole suites." in text


def test_each_suite_set_and_system_is_on_the_page(board: Board, page: Page) -> None:
    for suite in board.suites:
        assert suite.title in page.text
        assert all(card.title in page.text for card in suite.sets)
        assert all(card.data_hash in page.text for card in suite.sets)
    for system in board.systems:
        assert system.name in page.text
        assert system.fingerprint in page.text
    assert board.command in page.text


def test_ids_are_unique_and_links_lead_to_them(page: Page) -> None:
    ids = Counter(page.values("id"))
    assert max(ids.values()) == 1
    links = {each.removeprefix("#") for each in page.values("href") if each.startswith("#")}
    assert links <= set(ids)
    labels = {name for each in page.values("aria-labelledby") for name in each.split()}
    assert labels <= set(ids)


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_picture_has_a_title_and_every_other_drawing_is_hidden(page: Page) -> None:
    drawings = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert drawings
    for attrs in drawings:
        is_named = attrs.get("role") == "img" and attrs.get("aria-labelledby")
        assert is_named or attrs.get("aria-hidden") == "true"


def test_texts_of_the_data_stay_texts(html: str, page: Page) -> None:
    assert HOSTILE not in html
    assert page.text.count(HOSTILE) >= 1  # a claim is shown as it stands
    assert page.tags()["script"] == 1  # ours
    assert page.tags()["img"] == 0
    assert page.tags()["style"] == 1


def test_hostile_names_and_titles_stay_texts_and_keep_ids_apart(board: Board) -> None:
    system = replace(board.systems[0], name=HOSTILE, description=HOSTILE, seen=(HOSTILE,))
    cards = tuple(replace(card, title=HOSTILE) for card in board.suites[0].sets)
    suite = replace(board.suites[0], title=HOSTILE, purpose=HOSTILE, sets=cards)
    results = tuple(
        replace(each, system=HOSTILE) if each.system == board.systems[0].name else each
        for each in board.results
    )
    hostile = replace(
        board,
        command=HOSTILE,
        machine=HOSTILE,
        versions={HOSTILE: HOSTILE},
        systems=(system, *board.systems[1:]),
        suites=(suite, *board.suites[1:]),
        results=results,
    )
    page = Page(render_page(hostile))
    assert page.tags()["script"] == 1
    assert page.tags()["img"] == 0
    assert max(Counter(page.values("id")).values()) == 1


def test_nothing_is_loaded_from_elsewhere(html: str, page: Page) -> None:
    assert not page.values("src")
    assert {each for each in page.values("href") if not each.startswith("#")} == {"data:,"}
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html.replace("// ", ""))
    (policy,) = [each for each in page.values("content") if "default-src" in each]
    assert policy.startswith("default-src 'none'")


def test_the_best_of_a_table_is_marked_and_so_is_the_page_s_own_system(html: str) -> None:
    assert 'class="best"' in html
    assert '<tr class="main">' in html


def test_undefined_figures_are_dashes(board: Board) -> None:
    results = tuple(
        replace(each, figure=NAN, secondary={"auc": math.nan}, ece=None, threshold=None)
        for each in board.results
    )
    averages = tuple(replace(each, figure=NAN) for each in board.averages)
    comparisons = tuple(replace(e, difference=NAN, p_value=math.nan) for e in board.comparisons)
    systems = tuple(replace(each, cost=None) for each in board.systems)
    page = Page(
        render_page(
            replace(
                board,
                results=results,
                averages=averages,
                comparisons=comparisons,
                systems=systems,
            )
        )
    )
    assert "nan" not in page.text.split()
    assert "None" not in page.text.split()
    assert "\N{EN DASH}" in page.text
    assert "No system has both a cost and an average on whole suites." in page.text


def test_a_system_alone_without_findings_and_comparisons_has_its_page() -> None:
    board = replace(make_board(systems=1), findings=(), contamination=(), published=())
    html = render_page(board)
    page = Page(html)
    assert "Is it noise?" not in page.text
    assert "Contamination" not in page.text
    assert 'class="best"' not in html  # nothing to be better than


def test_an_empty_board_has_a_page_that_says_so() -> None:
    board = Board(command="concord evaluate", seed=0, created="2026-11-23", versions={}, machine="")
    assert "No suite of test sets was run." in Page(render_page(board)).text


def test_an_average_of_some_sets_is_marked_and_never_the_best() -> None:
    full = make_board(systems=2)
    suite = full.suites[0]
    partial = tuple(
        replace(each, figure=Estimate(0.99, 0.98, 1.0), sets=2)
        if (each.system, each.suite) == (full.systems[1].name, suite.name)
        else each
        for each in full.averages
    )
    html = render_page(replace(full, averages=partial))
    assert f"2 of {len(suite.sets)} sets" in html
    assert '<span class="best">99.0</span>' not in html


def test_a_hundred_sets_and_ten_systems_stay_below_three_megabytes(tmp_path: Path) -> None:
    path = write_page(make_board(systems=10, sets=100), tmp_path / "page.html")
    assert path.stat().st_size < 3_000_000
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_board_gives_the_same_page(board: Board, html: str) -> None:
    assert render_page(board) == html


def test_a_figure_and_its_interval_are_those_of_the_board() -> None:
    card = SetCard(
        name="a",
        title="A",
        split="test",
        metric="f1",
        head="binary",
        licence_class="open",
        examples=10,
        data_hash="0" * 16,
    )
    base = make_board(systems=2)
    suite = replace(base.suites[0], name="only", title="Only", sets=(card,))
    averages = tuple(
        SuiteAverage(system=system.name, suite="only", figure=figure, sets=1)
        for system, figure in zip(
            base.systems, (Estimate(0.7, 0.65, 0.75), Estimate(0.6, 0.5, 0.7)), strict=True
        )
    )
    board = replace(
        base, suites=(suite,), averages=averages, results=(), comparisons=(), findings=()
    )
    text = " ".join(Page(render_page(board)).text.split())
    assert f"{base.systems[0].name} averages 70.0 (65.0 to 75.0) over 1 set, the best" in text
