import numpy as np
import pytest

from concord.errors import InputError
from concord.evaluation.calibration.fitting import (
    LabelledScores,
    fit_domains,
    hold_out,
    row_weights,
    threshold_interval,
)
from concord.evaluation.calibration.operating_points import Want
from concord.evaluation.calibration.score_maps import Method, expected_calibration_error


def two_domains(rows: int, *, seed: int = 0) -> LabelledScores:
    """Scores that mean what they say in "news", and half of it in "chat"."""
    rng = np.random.default_rng(seed)
    scores, is_chat = rng.random(rows), rng.random(rows) < 0.5
    targets = (rng.random(rows) < np.where(is_chat, scores / 2, scores)).astype(float)
    domains = np.where(is_chat, "chat", "news")
    return LabelledScores(scores, targets, domains, np.arange(rows))


def test_each_domain_gets_what_its_own_rows_say() -> None:
    fitted = fit_domains(two_domains(2000), Method.ISOTONIC, Want())
    half = np.array([0.5], dtype=np.float32)
    chat, news = (fitted.on(name).map.probabilities(half)[0] for name in ("chat", "news"))
    assert chat == pytest.approx(0.25, abs=0.12)
    assert news == pytest.approx(0.5, abs=0.12)
    assert chat < fitted.pooled.map.probabilities(half)[0] < news


def test_a_domain_with_few_rows_gets_what_all_rows_say() -> None:
    sample = two_domains(80)
    assert row_weights(sample, "chat") == pytest.approx(np.ones(80))
    fitted = fit_domains(sample, Method.PLATT, Want())
    assert fitted.on("chat").map == fitted.pooled.map
    assert fitted.on("chat").rows == (sample.domains == "chat").sum()
    assert fitted.on("never seen") is fitted.pooled


def test_all_rows_together_weigh_as_much_as_a_hundred_of_the_domain() -> None:
    sample = two_domains(400)
    is_chat = sample.domains == "chat"
    weights = row_weights(sample, "chat")
    assert weights[is_chat] == pytest.approx(1.25)  # 1 and 100 / 400
    assert weights[~is_chat] == pytest.approx(0.25)


def test_held_out_rows_show_what_calibration_is_worth() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(1000)
    targets = (rng.random(1000) < scores**3).astype(float)
    sample = LabelledScores(scores, targets, np.full(1000, ""), np.arange(1000))
    held_out = hold_out(sample, Method.PLATT, Want())
    # scores are 0.5 on average and a quarter is supported, so 0.25 too high at least
    assert expected_calibration_error(scores, targets) > 0.2
    assert expected_calibration_error(held_out.probs, targets) < 0.06
    assert set(held_out.decisions.tolist()) == {0.0, 1.0}


def test_labels_that_have_nothing_to_do_with_scores_are_found_out() -> None:
    rng = np.random.default_rng(0)
    targets = (np.arange(200) % 2).astype(float)
    sample = LabelledScores(rng.random(200), targets, np.full(200, ""), np.arange(200) // 4)
    decisions = hold_out(sample, Method.ISOTONIC, Want()).decisions
    assert (decisions == targets).mean() == pytest.approx(0.5, abs=0.1)  # no better than chance


def test_the_threshold_is_less_certain_on_a_smaller_sample() -> None:
    widths = []
    for rows in (40, 2000):
        low, high = threshold_interval(two_domains(rows), Want())
        widths.append(high - low)
    assert widths[0] > widths[1] > 0


@pytest.mark.parametrize("targets", [[1.0] * 30, [1.0] * 10 + [0.0] * 5, [1.0] * 4 + [0.0] * 40])
def test_a_sample_that_is_too_small_is_refused(targets: list[float]) -> None:
    rows = len(targets)
    sample = LabelledScores(
        np.linspace(0, 1, rows), np.array(targets), np.full(rows, ""), np.arange(rows)
    )
    with pytest.raises(InputError, match=f"{rows} labelled rows with .* are too few to calibrate"):
        sample.check_size()
