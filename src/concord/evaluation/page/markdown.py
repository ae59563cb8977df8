"""A board as Markdown: the tables that fit, with command, seed, hashes and intervals."""

from collections.abc import Iterable, Iterator, Sequence

from concord.evaluation.board import Board, SetCard, SuiteCard
from concord.evaluation.page import wording
from concord.evaluation.page.view import BoardView, Row
from concord.evaluation.page.wording import Verdict


def to_markdown(board: Board) -> str:
    """Return the results of a board as Markdown, for `docs/results/`.

    Figures are percents, and correlations likewise times 100. Only the main system's figures on
    single sets have their intervals here; the page and `results.json` have all of them.
    """
    view = BoardView.of(board)
    parts = [
        [f"# Evaluation of {_cell(view.main)}, {board.created}"],
        _method(board),
        _averages(view),
        _differences(view),
        *(_suite(view, suite) for suite in view.suites),
        *(_findings(view, suite) for suite in view.finding_suites),
        _contamination(board),
        _published(board),
        _systems(board),
        _hashes(view),
    ]
    return "\n".join("\n".join([*part, ""]) for part in parts if part)


def _method(board: Board) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in board.versions.items())
    return [
        "```sh",
        board.command,
        "```",
        "",
        f"Seed {board.seed}; {board.machine}; {versions}. Figures are percents, correlations "
        "likewise times 100; intervals are 95 % bootstrap percentile intervals.",
    ]


def _averages(view: BoardView) -> list[str]:
    if not view.suites:
        return []
    head = ["system", *(suite.title for suite in view.suites), "pairs/s", "MB"]
    rows = []
    for each in view.headline():
        cost = each.system.cost
        speed = wording.number(cost.pairs_per_second if cost else None)
        cells = [_figure(cell, is_interval_shown=True) for cell in each.cells]
        rows.append([each.system.name, *cells, speed, wording.number(each.system.size_mb)])
    return ["## Averages by suite", "", *_table(head, rows), "", "The best of a column is bold."]


def _differences(view: BoardView) -> list[str]:
    if not view.board.comparisons or not view.suites:
        return []
    head = [f"{view.main} less", *(suite.title for suite in view.suites)]
    rows = [
        [each.system.name, *(_difference(cell) for cell in each.cells)]
        for each in view.headline()
        if each.system.name != view.main
    ]
    note = (
        f"{Verdict.BETTER.sign} better, {Verdict.WORSE.sign} worse, {Verdict.NOISE.sign} the "
        "interval holds 0; rows are drawn in pairs."
    )
    return ["## Is it noise?", "", *_table(head, rows), "", note]


def _suite(view: BoardView, suite: SuiteCard) -> list[str]:
    main, *others = view.board.systems
    head = ["set", "metric", "pairs", main.name, *(system.name for system in others)]
    rows = [
        [
            card.title,
            wording.metric(card.metric),
            f"{card.examples:,}",
            *_figures(view, suite, card),
        ]
        for card in suite.sets
    ]
    return [f"## {_cell(suite.title)}", "", suite.purpose, "", *_table(head, rows)]


def _figures(view: BoardView, suite: SuiteCard, card: SetCard) -> Iterator[str]:
    for row in view.by_system(view.set_rows(suite, card)):
        if row is None:
            yield wording.MISSING
        else:
            yield _figure(row, is_interval_shown=row.is_main)


def _findings(view: BoardView, suite: SuiteCard) -> list[str]:
    head = ["group", "test", "kind", "cases", *view.finding_systems(suite)]
    rows = []
    for group, members in view.finding_groups(suite):
        for row in members:
            rates = (row.by_system.get(name) for name in view.finding_systems(suite))
            shown = [wording.with_interval(rate.rate if rate else None) for rate in rates]
            rows.append([group, row.name, row.kind, f"{row.first.cases:,}", *shown])
    title = f"## {_cell(suite.title)}: failure rates"
    return [title, "", *_table(head, rows, words=3)]


def _contamination(board: Board) -> list[str]:
    head = ["set", "where", "rows", "word for word", "nearly so"]
    rows = [
        [each.set, "; ".join(filter(None, (each.source, each.note)))]
        + [f"{count:,}" for count in (each.rows, each.exact, each.near)]
        for each in board.contamination
    ]
    return ["## Contamination", "", *_table(head, rows, words=2)] if rows else []


def _published(board: Board) -> list[str]:
    head = ["set", "system", "metric", "source", "figure"]
    rows = [
        [
            each.set,
            each.system,
            wording.metric(each.metric),
            "; ".join(filter(None, (each.source, each.note))),
            wording.percent(each.value),
        ]
        for each in board.published
    ]
    return ["## Published figures", "", *_table(head, rows, words=4)] if rows else []


def _systems(board: Board) -> list[str]:
    head = ["system", "kind", "what it does", "fingerprint", "parameters"]
    rows = [
        [
            system.name,
            wording.kind(system.kind),
            system.description,
            f"`{system.fingerprint}`",
            wording.parameters(system.parameters),
        ]
        for system in board.systems
    ]
    return ["## Systems", "", *_table(head, rows, words=4)] if rows else []


def _hashes(view: BoardView) -> list[str]:
    head = ["suite", "set", "split", "licence class", "data hash"]
    rows = [
        [suite.title, card.title, card.split, card.licence_class, f"`{card.data_hash}`"]
        for suite in view.suites
        for card in suite.sets
    ]
    return ["## Data", "", *_table(head, rows, words=5)] if rows else []


def _figure(row: Row, *, is_interval_shown: bool) -> str:
    words = wording.percent(row.figure.value)
    if words == wording.MISSING:
        return words
    shown = f"**{words}**" if row.is_best else words
    if is_interval_shown:
        shown = f"{shown} ({wording.interval(row.figure)})"
    return f"{shown} [{row.part}]" if row.part else shown


def _difference(row: Row) -> str:
    difference = row.difference
    if difference is None:
        return wording.MISSING
    shown = f"{wording.signed_percent(difference.value)} ({wording.signed_interval(difference)})"
    return f"{row.verdict.sign} {shown}".lstrip()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> list[str]:
    """Return a table whose first columns are words, set left, and the others numbers."""
    rules = ["---"] * words + ["--:"] * (len(head) - words)
    return [_line(head), _line(rules), *(_line(row) for row in rows)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    """Return a text on one line that neither ends its cell nor becomes an element."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return " ".join(escaped.split())
