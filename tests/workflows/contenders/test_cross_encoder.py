"""Another maker's classifiers, their labels verified on probes."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_classifiers import MAX_TOKENS, save_as, save_classifier

from concord.alignment import AlignmentScores
from concord.errors import ArtifactError, ConfigError
from concord.workflows.contenders import build_contender
from concord.workflows.contenders.cross_encoder import CrossEncoderOptions, CrossEncoderSystem
from concord.workflows.contenders.labels import Meaning
from concord.workflows.contenders.probes import PROBES

A, N, C, NOT = Meaning.ALIGNED, Meaning.NEUTRAL, Meaning.CONTRADICTED, Meaning.NOT_ALIGNED
CONTEXTS = [pair.context for pair, _ in PROBES]
CLAIMS = [pair.claim for pair, _ in PROBES]
NLI = ("contradiction", "entailment", "neutral")


def _share_right(scores: AlignmentScores) -> float:
    wanted = [(A, N, C).index(meaning) for _, meaning in PROBES]
    return float(np.mean(scores.three_way.argmax(axis=1) == wanted))


def _same(first: AlignmentScores, second: AlignmentScores) -> bool:
    return all(np.allclose(one, other, atol=1e-6) for one, other in zip(first, second, strict=True))


@pytest.fixture(scope="module")
def nli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_as(tmp_path_factory.mktemp("nli") / "their-nli", NLI, (C, A, N))


def test_a_classifier_answers_by_the_names_of_its_labels(nli: Path) -> None:
    system = CrossEncoderSystem.open(nli)
    assert (system.name, system.kind, system.order) == ("their-nli", "cross_encoder", (C, A, N))
    assert _share_right(system.predict(CONTEXTS, CLAIMS)) > 0.8


def test_names_in_another_order_than_the_weights_are_detected(tmp_path: Path) -> None:
    wrong = save_as(tmp_path / "wrong", NLI, (A, N, C))
    with pytest.raises(ConfigError) as caught:
        CrossEncoderSystem.open(wrong)
    message = str(caught.value)
    assert "the labels of wrong are declared as contradicted, aligned, neutral" in message
    assert "its answers fit aligned, neutral, contradicted" in message
    assert "say --label-order aligned,neutral,contradicted" in message


def test_the_order_that_the_error_names_mends_it(tmp_path: Path, nli: Path) -> None:
    wrong = save_as(tmp_path / "wrong", NLI, (A, N, C))
    options = CrossEncoderOptions(label_order="aligned,neutral,contradicted")
    mended = CrossEncoderSystem.open(wrong, options).predict(CONTEXTS, CLAIMS)
    assert _same(mended, CrossEncoderSystem.open(nli).predict(CONTEXTS, CLAIMS))


def test_an_order_that_the_user_insists_on_only_warns(
    nli: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = CrossEncoderOptions(label_order="aligned,neutral,contradicted")
    with caplog.at_level(logging.WARNING):
        system = CrossEncoderSystem.open(nli, options)
    assert system.order == (A, N, C)
    assert "are given as aligned, neutral, contradicted" in caplog.text


def test_two_labels_the_wrong_way_round_are_detected(tmp_path: Path) -> None:
    names = ("entailment", "not_entailment")
    right = CrossEncoderSystem.open(save_as(tmp_path / "right", names, (A, NOT)))
    # aligned above 0.5 for the third of the probes that are
    is_aligned = right.predict(CONTEXTS, CLAIMS).binary > 0.5
    assert np.mean(is_aligned == [meaning is A for _, meaning in PROBES]) > 0.8
    with pytest.raises(ConfigError, match="say --label-order not_aligned,aligned,"):
        CrossEncoderSystem.open(save_as(tmp_path / "wrong", names, (NOT, A)))


def test_labels_without_names_are_told_by_the_probes(
    tmp_path: Path, nli: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = ("LABEL_0", "LABEL_1", "LABEL_2")
    with caplog.at_level(logging.WARNING):
        system = CrossEncoderSystem.open(save_as(tmp_path / "unnamed", names, (N, C, A)))
    assert system.order == (N, C, A)
    assert "names its labels by number alone; by its answers to probes they are" in caplog.text
    expected = CrossEncoderSystem.open(nli).predict(CONTEXTS, CLAIMS)
    assert _same(system.predict(CONTEXTS, CLAIMS), expected)


def test_labels_without_names_and_without_a_clear_answer_are_refused(tmp_path: Path) -> None:
    # every output the same sum: the first label wins each time, whatever the order
    same = [{A: 1.0}] * 2
    vague = save_classifier(tmp_path / "vague", ("LABEL_0", "LABEL_1"), same)
    with pytest.raises(ConfigError, match="its answers to probes do not tell them"):
        CrossEncoderSystem.open(vague)


def test_a_classifier_that_tells_nothing_is_not_accused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # the first label wins each time: right of a third of the probes, whatever the order
    folder = save_classifier(tmp_path / "constant", NLI, [{}] * 3)
    with caplog.at_level(logging.WARNING):
        assert CrossEncoderSystem.open(folder).order == (C, A, N)
    assert "answers few of the probes rightly" in caplog.text


def test_a_lone_logit_rises_with_alignment_or_is_detected(tmp_path: Path) -> None:
    rising, falling = {A: 1.0}, {A: -1.0}
    ranker = save_classifier(tmp_path / "ranker", ["LABEL_0"], [rising])
    system = CrossEncoderSystem.open(ranker)
    assert (
        np.mean(
            (system.predict(CONTEXTS, CLAIMS).binary > 0.5)
            == [meaning is A for _, meaning in PROBES]
        )
        > 0.8
    )
    with pytest.raises(ConfigError, match="say --label-order not_aligned,"):
        CrossEncoderSystem.open(save_classifier(tmp_path / "upside", ["LABEL_0"], [falling]))
    honest = save_classifier(tmp_path / "honest", ["hallucination"], [falling])
    turned = CrossEncoderSystem.open(honest).predict(CONTEXTS, CLAIMS)
    assert _same(turned, system.predict(CONTEXTS, CLAIMS))


def test_a_regressor_whose_degrees_exceed_one_is_refused(tmp_path: Path) -> None:
    steep = [{A: 5.0}]
    folder = save_classifier(tmp_path / "sts", ["similarity"], steep, problem_type="regression")
    with pytest.raises(ConfigError, match=r"for a probe, and a degree lies in \[0, 1\]"):
        CrossEncoderSystem.open(folder)


def test_a_ranker_reads_the_claim_first(tmp_path: Path) -> None:
    rising = [{A: 1.0}]
    folder = save_classifier(tmp_path / "ranker", ["LABEL_0"], rising, claim_first=True)
    system = CrossEncoderSystem.open(folder, CrossEncoderOptions(claim_first=True))
    is_aligned = system.predict(CONTEXTS, CLAIMS).binary > 0.5
    assert np.mean(is_aligned == [meaning is A for _, meaning in PROBES]) > 0.8
    as_is = CrossEncoderSystem.open(folder)
    assert not _same(system.predict(CONTEXTS, CLAIMS), as_is.predict(CONTEXTS, CLAIMS))
    assert system.fingerprint != as_is.fingerprint


def test_pairs_together_are_answered_as_one_by_one(nli: Path) -> None:
    system = CrossEncoderSystem.open(nli)
    together = system.predict(CONTEXTS, CLAIMS)
    for row, (context, claim) in enumerate(zip(CONTEXTS[:8], CLAIMS[:8], strict=True)):
        alone = system.predict([context], [claim])
        assert alone.three_way[0] == pytest.approx(together.three_way[row], abs=1e-6)


def test_long_contexts_are_split_so_that_evidence_at_their_end_is_read(nli: Path) -> None:
    context, claim = CONTEXTS[0], CLAIMS[0]
    padded = " ".join([*CONTEXTS[3::3], context])  # the evidence comes last, beyond the window
    split = CrossEncoderSystem.open(nli, CrossEncoderOptions(chunk_tokens=32))
    cut = CrossEncoderSystem.open(nli, CrossEncoderOptions(split=False))
    (read,) = split.score([padded], [claim], head="binary")
    assert split.num_truncated == 0
    (unread,) = cut.score([padded], [claim], head="binary")
    assert cut.num_truncated == 1
    assert read > unread
    assert cut.predict([padded], [claim]).binary[0] == unread
    assert split.fingerprint != cut.fingerprint


def test_a_stated_window_below_the_positions_is_kept_to(tmp_path: Path) -> None:
    folder = save_as(tmp_path / "short", NLI, (C, A, N))
    stated = {"model_max_length": MAX_TOKENS // 2}
    (folder / "tokenizer_config.json").write_text(json.dumps(stated), encoding="utf-8")
    system = CrossEncoderSystem.open(folder)
    system.predict([" ".join(CONTEXTS[:9:3])], [CLAIMS[0]])  # three sentences: over 32 tokens
    assert system.num_truncated == 1


def test_other_weights_have_another_fingerprint(tmp_path: Path, nli: Path) -> None:
    other = save_as(tmp_path / "other", ("entailment", "neutral", "contradiction"), (A, N, C))
    prints = [CrossEncoderSystem.open(folder).fingerprint for folder in (nli, nli, other)]
    assert prints[0] == prints[1] != prints[2]
    assert len(prints[0]) == 16


def test_an_encoder_without_a_trained_head_is_refused(tmp_path: Path, nli: Path) -> None:
    from transformers import BertForSequenceClassification

    encoder = BertForSequenceClassification.from_pretrained(nli).bert
    encoder.save_pretrained(tmp_path / "encoder")
    (tmp_path / "encoder" / "tokenizer.json").write_bytes((nli / "tokenizer.json").read_bytes())
    with pytest.raises(ArtifactError, match="has no weights for classifier"):
        CrossEncoderSystem.open(tmp_path / "encoder")


def test_a_contender_is_built_by_its_name_and_folder(nli: Path) -> None:
    system = build_contender(f"cross_encoder:{nli}")
    assert (system.name, system.kind) == ("their-nli", "cross_encoder")
    assert system.parameters is not None
    assert system.size_mb == pytest.approx(system.parameters * 4e-6, rel=0.02)  # float32


@pytest.mark.parametrize("options", [{"chunk_tokens": 8}, {"threads": 0}])
def test_options_that_cannot_work_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        CrossEncoderOptions(**options)  # type: ignore[arg-type]
