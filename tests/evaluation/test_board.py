import json
import math
from pathlib import Path

import pytest

from concord.errors import DataError
from concord.evaluation.board import (
    Board,
    Comparison,
    Confusion,
    Cost,
    Finding,
    FindingExample,
    Overlap,
    PublishedFigure,
    ReliabilityBin,
    SetCard,
    SetResult,
    SuiteAverage,
    SuiteCard,
    SystemCard,
    WorstRow,
    load_board,
    save_board,
)
from concord.evaluation.metrics import Estimate


def _board() -> Board:
    figure = Estimate(0.75, 0.5, 1.0)
    cost = Cost(
        load_seconds=1.5,
        pairs_per_second=20.0,
        tokens_per_second=4_000.0,
        peak_memory_mb=300.0,
        core_hours=0.25,
        threads=2,
    )
    system = SystemCard(
        name="mini",
        kind="model",
        description="A small model.",
        fingerprint="0123456789abcdef",
        parameters=33_000_000,
        size_mb=133.5,
        seen=("mnli",),
        cost=cost,
    )
    card = SetCard(
        name="qags_cnndm",
        title="QAGS",
        split="test",
        metric="auc",
        head="three_way",
        licence_class="unknown",
        examples=4,
        data_hash="fedcba9876543210",
        is_split=True,
    )
    result = SetResult(
        system="mini",
        suite="consistency",
        set="qags_cnndm",
        metric="auc",
        figure=figure,
        secondary={"balanced_accuracy": 0.5},
        examples=4,
        truncated=0,
        seconds=0.2,
        threshold=0.4,
        threshold_source="shipped",
        reliability=(
            ReliabilityBin(low=0.0, high=0.1, mean_score=0.05, share_aligned=0.0, count=2),
        ),
        ece=0.05,
        roc=((0.0, 0.0), (0.5, 1.0), (1.0, 1.0)),
        confusion=Confusion(labels=("no", "yes"), counts=((1, 1), (0, 2))),
        worst=(WorstRow(row=1, context="a", claim="b", label="no", prediction="yes", score=0.9),),
        predictions="predictions/mini/qags_cnndm.jsonl.gz",
    )
    finding = Finding(
        system="mini",
        suite="behaviour",
        name="negation",
        group="logic",
        kind="MFT",
        description="A negated claim is not aligned.",
        cases=4,
        failures=1,
        rate=Estimate(0.25, 0.0, 0.75),
        figures={"before": 0.5},
        change=Estimate(-0.1, -0.2, 0.0),
        examples=(FindingExample(context="a", claim="b", expected="no", got="yes"),),
    )
    return Board(
        command="concord evaluate mini --suite all",
        seed=0,
        created="2026-11-23",
        versions={"python": "3.12.1"},
        machine="2 cores",
        systems=(system,),
        suites=(
            SuiteCard(name="consistency", title="Consistency", purpose="Is it so?", sets=(card,)),
        ),
        results=(result,),
        averages=(SuiteAverage(system="mini", suite="consistency", figure=figure, sets=1),),
        comparisons=(
            Comparison(
                system="mini",
                other="majority",
                suite="consistency",
                set="",
                difference=Estimate(0.25, 0.0, 0.5),
                p_value=0.04,
            ),
        ),
        findings=(finding,),
        contamination=(
            Overlap(set="qags_cnndm", rows=4, exact=0, near=1, source="the training mixture"),
        ),
        published=(
            PublishedFigure(
                set="qags_cnndm", system="ALIGN", metric="auc", value=0.8, source="Zha 2023"
            ),
        ),
    )


def test_a_board_is_the_same_after_being_written_and_read(tmp_path: Path) -> None:
    board = _board()
    path = save_board(board, tmp_path)
    assert path == tmp_path / "results.json"
    assert load_board(tmp_path) == board
    assert load_board(path) == board


def test_an_undefined_figure_is_null_in_the_file_and_nan_when_read() -> None:
    average = SuiteAverage(
        system="m", suite="s", figure=Estimate(math.nan, math.nan, math.nan), sets=0
    )
    board = Board(command="", seed=0, created="", versions={}, machine="", averages=(average,))
    plain = json.loads(json.dumps(board.to_mapping(), allow_nan=False))
    assert plain["averages"][0]["figure"] == {"value": None, "low": None, "high": None}
    assert math.isnan(Board.from_mapping(plain).averages[0].figure.value)


def test_what_may_be_absent_stays_none() -> None:
    card = SystemCard(name="m", kind="baseline", description="", fingerprint="")
    board = Board(command="", seed=0, created="", versions={}, machine="", systems=(card,))
    assert Board.from_mapping(board.to_mapping()).systems[0].cost is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"seed": "zero"}, "results.seed holds 'zero' where an integer should be"),
        ({"colour": 1}, "unknown 'colour'"),
        ({"averages": [{"system": "m"}]}, r"results.averages\[0\] is incomplete"),
        ({"results": {}}, "results.results holds {} where a list should be"),
    ],
)
def test_a_damaged_board_says_where(change: dict[str, object], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        Board.from_mapping(_board().to_mapping() | change)


def test_a_missing_file_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="concord evaluate --suite all"):
        load_board(tmp_path)
