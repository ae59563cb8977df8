"""A board as Markdown."""

import re
from dataclasses import replace

from tests.board_fixture import HOSTILE, make_board

from concord.evaluation.board import Board
from concord.evaluation.page import to_markdown


def test_it_has_command_seed_hashes_and_intervals() -> None:
    board = make_board(systems=3)
    text = to_markdown(board)
    assert board.command in text
    assert f"Seed {board.seed};" in text
    assert all(card.data_hash in text for suite in board.suites for card in suite.sets)
    average = board.averages[0].figure
    assert f"({average.low * 100:.1f} to {average.high * 100:.1f})" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    board = make_board(systems=3)
    named = replace(board.systems[1], description=f"a | b {HOSTILE}\nand more")
    text = to_markdown(replace(board, systems=(board.systems[0], named, board.systems[2])))
    assert "<script" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_an_empty_board_is_a_title_and_its_command() -> None:
    board = Board(command="concord evaluate", seed=0, created="2026-11-23", versions={}, machine="")
    assert "concord evaluate" in to_markdown(board)
    assert "|" not in to_markdown(board)
