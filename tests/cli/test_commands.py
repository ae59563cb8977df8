"""Commands from their words to their exit code."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.cli.conftest import FakeAligner

from concord.data.readers import read_rows
from concord.data.writers import write_rows
from concord.scoring.verdicts import Explanation

Run: TypeAlias = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.usefixtures("fake_aligner")


def test_score_writes_a_score_for_each_row(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pairs.csv"
    source.write_text("context,claim\na,b\n", encoding="utf-8")
    code, _, error = run("score", str(source), "-o", str(tmp_path / "out.csv"))
    assert (code, error) == (0, "")
    assert (tmp_path / "out.csv").read_text() == "context,claim,score,error\na,b,0.5,\n"


def test_score_without_an_output_prints_json_lines(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pairs.jsonl"
    source.write_text('{"q": "a", "answer": "b"}\n', encoding="utf-8")
    code, output, _ = run("score", str(source), "--context-column", "q", "--claim-column", "answer")
    assert code == 0
    assert json.loads(output) == {"q": "a", "answer": "b", "score": 0.5}


def test_how_the_model_is_run_can_be_chosen(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_aligner: object
) -> None:
    asked: list[dict[str, object]] = []

    def load(_model: str, **options: object) -> object:
        asked.append(options)
        return fake_aligner

    monkeypatch.setattr("concord.cli.score.load_aligner", load)
    source = tmp_path / "pairs.jsonl"
    source.write_text('{"context": "a", "claim": "b"}\n', encoding="utf-8")
    code, _, _ = run("score", str(source), "--precision", "f32", "--threads", "1")
    assert code == 0
    assert asked == [
        {
            "backend": "auto",
            "precision": "f32",
            "device": "cpu",
            "threads": 1,
            "calibration": None,
        }
    ]
    assert run("score", str(source), "--precision", "f64")[0] == 2


def test_score_goes_from_parquet_to_parquet(run: Run, tmp_path: Path) -> None:
    rows = [{"context": "a", "claim": "b", "n": number} for number in range(3)]
    source, output = tmp_path / "in.parquet", tmp_path / "out.parquet"
    write_rows(rows, source)
    code, _, error = run("score", str(source), "-o", str(output))
    assert (code, error) == (0, "")
    assert [row.fields for row in read_rows(output)] == [
        row | {"score": 0.5, "error": None} for row in rows
    ]


def test_score_reads_the_files_of_a_glob(run: Run, tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.json"):
        write_rows([{"context": name, "claim": "x"}], tmp_path / name)
    code, output, _ = run("score", f"{tmp_path}/*.json*")
    assert code == 0
    assert [json.loads(line)["context"] for line in output.splitlines()] == ["a.json", "b.jsonl"]


def test_score_takes_the_formats_that_it_is_told(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "pairs.txt", tmp_path / "scores.txt"
    source.write_text("context\tclaim\na\tb\n", encoding="utf-8")
    code, _, _ = run(
        "score", str(source), "-o", str(output), "--input-format", "tsv", "--format", "json"
    )
    assert code == 0
    assert json.loads(output.read_text()) == [{"context": "a", "claim": "b", "score": 0.5}]


def test_score_writes_a_folder_of_files(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pairs.jsonl"
    write_rows([{"context": "a", "claim": "b"}] * 3, source)
    code, _, _ = run("score", str(source), "-o", f"{tmp_path}/out/", "--partition-rows", "2")
    assert code == 0
    names = {path.name: len(path.read_text().splitlines()) for path in (tmp_path / "out").iterdir()}
    assert names == {"part-00000.jsonl": 2, "part-00001.jsonl": 1}


def test_an_interrupted_score_says_how_to_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("concord.cli.score.load_aligner", interrupt)
    source = tmp_path / "pairs.jsonl"
    write_rows([{"context": "a", "claim": "b"}], source)
    code, _, error = run("score", str(source), "-o", str(tmp_path / "out.jsonl"))
    assert (code, error) == (130, "concord: interrupted; run the same command again to go on\n")
    assert run("score", str(source))[2] == "concord: interrupted\n"


def test_the_help_of_score_names_the_formats(run: Run) -> None:
    _, output, _ = run("score", "--help")
    words = " ".join(output.replace("│", " ").split())
    assert "JSON lines, JSON, CSV, TSV, Parquet, SQuAD or CoNLL" in words
    assert "hf://OWNER/NAME:SPLIT" in words


def test_rows_that_could_not_be_scored_make_exit_code_three(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pairs.jsonl"
    source.write_text('{"context": "a", "claim": "b"}\n{"context": "a"}\n', encoding="utf-8")
    code, output, error = run("score", str(source))
    assert code == 3
    assert len(output.splitlines()) == 2
    assert error.startswith("concord: 1 of 2 rows could not be scored; the first: ")


def test_stop_makes_exit_code_two_and_one_sentence(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "pairs.jsonl"
    source.write_text('{"context": "a"}\n', encoding="utf-8")
    code, _, error = run("score", str(source), "--on-error", "stop")
    assert code == 2
    assert error.count("\n") == 1
    assert "pairs.jsonl, row 1" in error


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "absent.jsonl"),
        ("score", "absent/*.parquet"),
        ("score", "hf://./absent"),
        ("evaluate", "--data-dir", "absent"),
        ("evaluate", "one", "two", "--data-dir", "."),
        ("evaluate", "--suite", "all", "--data-dir", "."),
        ("evaluate", "--suite", "consistence", "--data-dir", ".", "-o", "run"),
        ("compare-results", "absent", "absent"),
        ("explain", "-", "-"),
        ("train", "absent.toml"),
        ("synthesize", "absent.jsonl"),
        ("synthesize", "absent.jsonl", "--family", "nothing"),
        ("export", "absent-model"),
        ("import-align", "absent.ckpt", "out"),
    ],
)
def test_what_is_refused_is_one_line_and_exit_code_two(
    run: Run, arguments: tuple[str, ...]
) -> None:
    code, _, error = run(*arguments)
    assert code == 2
    assert error.startswith("concord: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_explain_marks_each_sentence_with_a_sign_and_a_word(run: Run) -> None:
    code, output, _ = run("explain", "The bridge reopened on Monday.", "The bridge is closed.")
    assert code == 0
    assert "contradicted  score 0.05" in output
    assert "The bridge is closed until May 2019." in output
    assert "not borne out: May 2019 (date)  " in output
    assert "contradicted by (0.93" in output


def test_explain_says_apart_what_only_another_part_of_the_context_says(
    run: Run, explanation: Explanation, fake_aligner: FakeAligner
) -> None:
    [sentence] = explanation.sentences
    [detail] = sentence.unsupported_details
    moved = replace(sentence, unsupported_details=(replace(detail, is_elsewhere=True),))
    fake_aligner.answer = replace(explanation, sentences=(moved,))
    _, output, _ = run("explain", "a context", "a claim")
    assert "said only elsewhere in the context: May 2019 (date)" in output
    assert "not borne out" not in output


def test_explain_prints_json_on_request(run: Run) -> None:
    code, output, _ = run("explain", "a context", "a claim", "--json")
    assert code == 0
    found = json.loads(output)
    assert found["verdict"]["label"] == "contradicted"
    [sentence] = found["sentences"]
    assert sentence["contradiction"]["probability"] == 0.93
    assert sentence["unsupported_details"] == [
        {"kind": "date", "text": "May 2019", "start": 27, "end": 35, "is_elsewhere": False}
    ]


def test_explain_says_how_much_was_read_where_that_is_not_all(
    run: Run, fake_aligner: FakeAligner
) -> None:
    code, output, _ = run("explain", "a context", "a claim", "--relevance", "8")
    assert code == 0
    assert fake_aligner.options["relevance"] == "8"
    assert "chunks read" not in output
    [sentence] = fake_aligner.answer.sentences
    partly = replace(sentence, num_chunks_read=8, num_chunks=31)
    fake_aligner.answer = replace(fake_aligner.answer, sentences=(partly,))
    _, output, _ = run("explain", "a context", "a claim")
    assert "8 of 31 chunks read" in output


@pytest.mark.parametrize(("asked", "relevance"), [((), "auto"), (("--relevance", "none"), "none")])
def test_score_passes_on_how_much_is_to_be_read(
    run: Run, fake_aligner: FakeAligner, tmp_path: Path, asked: tuple[str, ...], relevance: str
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"context": "a", "claim": "b"}\n', encoding="utf-8")
    run("score", str(pairs), *asked)
    assert fake_aligner.options["relevance"] == relevance


def test_demo_shows_six_pairs_within_eighty_columns(run: Run) -> None:
    code, output, _ = run("demo")
    assert code == 0
    assert output.count("Planted:") == 6
    assert max(len(line) for line in output.splitlines()) <= 80


def test_evaluate_prints_a_table_and_keeps_the_figures(run: Run, tmp_path: Path) -> None:
    (tmp_path / "snli").mkdir()
    row = json.dumps({"text_a": "a", "text_b": "b", "label": "entailment"})
    (tmp_path / "snli" / "dev.jsonl").write_text(row + "\n", encoding="utf-8")
    results = tmp_path / "results.json"
    code, output, _ = run(
        "evaluate", "my-model", "--data-dir", str(tmp_path), "--recipe", "snli", "-o", str(results)
    )
    assert code == 0
    assert "100.0 to 100.0" in output
    assert max(len(line) for line in output.splitlines()) <= 80
    assert json.loads(results.read_text(encoding="utf-8"))["model"] == "my-model"


def test_an_unknown_recipe_is_answered_with_its_neighbour(run: Run, tmp_path: Path) -> None:
    code, _, error = run("evaluate", "--data-dir", str(tmp_path), "--recipe", "snly")
    assert code == 2
    assert "did you mean 'snli'" in error


def test_import_align_says_what_it_took_and_where_it_put_it(run: Run, tmp_path: Path) -> None:
    checkpoints = pytest.importorskip("tests.original_checkpoints")
    original = checkpoints.build_original("roberta", tmp_path / "encoder")
    # as a published checkpoint: it names an encoder that is not at hand
    path = original.save(tmp_path / "a.ckpt", hyper_parameters={"model": "roberta-base"})
    encoder, target = str(tmp_path / "encoder"), tmp_path / "model"
    code, output, error = run("import-align", str(path), str(target), "--encoder", encoder)
    assert (code, error) == (0, "")
    assert "left out: mlm_head" in output
    assert f"wrote {target}" in output
    assert (target / "openvino_model.xml").is_file()


def test_import_align_without_torch_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code, _, error = run("import-align", "a.ckpt", "out")
    assert code == 2
    assert error == "concord: importing needs the 'torch' package: pip install 'concord[export]'\n"


def test_synthesize_writes_examples_and_closes_with_a_table(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "claims.jsonl"
    rows = [
        {"context": "It has 300 lamps and 420 bolts.", "claim": "It has 300 lamps."},
        {"context": "It rained.", "claim": "It rained."},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    made = tmp_path / "made.jsonl"
    code, output, error = run("synthesize", str(source), "-o", str(made), "-f", "number_swap")
    assert (code, error) == (0, "")
    assert json.loads(made.read_text(encoding="utf-8"))["provenance"] == "number_swap: 300 -> 420"
    # one example, of one row; the other fits not, which is half
    assert output.splitlines()[1].split() == ["number_swap", "1", "1", "1", "50.0%"]
    assert "2 rows: 2 used, 1 of them without any example" in output


def test_synthesize_keeps_its_table_out_of_a_pipe(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "claims.jsonl"
    source.write_text('{"context": "a"}\n', encoding="utf-8")
    code, output, error = run("synthesize", str(source))
    assert (code, output) == (3, "")
    assert "1 of 1 rows could not be used" in error
