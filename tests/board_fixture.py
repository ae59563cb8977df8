"""A board such as a run writes, made up from a seed: figures that hang together, hostile texts."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np

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
)
from concord.evaluation.metrics import Estimate

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=alert(1)> </style>'

_SYSTEMS = (  # name, kind, parameters, MB, skill, pairs per second
    ("concord-mini", "model", 22_713_216, 45.6, 0.80, 1_240.0),
    ("concord-mini, unsplit", "model", 22_713_216, 45.6, 0.785, 1_610.0),
    ("single task", "model", 22_713_216, 45.6, 0.73, 1_230.0),
    ("cross-encoder/nli-MiniLM2-L6-H768", "cross_encoder", 82_119_939, 328.0, 0.81, 210.0),
    ("smollm2-135m, prompted", "generator", 134_515_008, 144.8, 0.57, 3.1),
    ("cosine", "baseline", 22_713_216, 45.6, 0.66, 1_900.0),
    ("rouge-2", "baseline", None, None, 0.68, 6_400.0),
    ("lexical overlap", "baseline", None, None, 0.67, 21_000.0),
    ("majority", "baseline", None, None, 0.5, 250_000.0),
    ("bigger cross-encoder", "cross_encoder", 184_000_000, 738.0, 0.86, 38.0),
)
_SUITES = {
    "alignment": (
        "Alignment",
        "Validation splits of the kinds of data that the model learned from.",
        ("SNLI", "MNLI", "VitaminC", "FEVER", "PAWS", "QQP", "STS-B", "SciTail", "BoolQ"),
    ),
    "unseen": (
        "Unseen tasks",
        "Tasks that no training data was made for.",
        ("ANLI r1", "ANLI r2", "WiCE", "HealthVer", "AX-g"),
    ),
    "consistency": (
        "Factual consistency",
        "Do summaries and answers keep to their sources? Long texts are split.",
        ("QAGS CNN/DM", "QAGS XSum", "SummEdits", "CLIFF", "Q2", "BEGIN", "DialSummEval"),
    ),
    "answers": (
        "Answer verification",
        "Does the passage answer the question?",
        ("SQuAD 2.0", "DoQA", "IIRC"),
    ),
}
_FINDINGS = (  # suite, title, name, group, kind, failure rate
    ("behaviour", "negation", "negated claims", "MFT", 0.41),
    ("behaviour", "negation", "double negation", "MFT", 0.62),
    ("behaviour", "numbers", "a number is swapped", "MFT", 0.33),
    ("behaviour", "HateCheck", "slur used by its target", "MFT", 0.71),
    ("robustness", "typos", "two letters swapped", "perturbation", 0.07),
    ("robustness", "casing", "all in capitals", "INV", 0.02),
    ("robustness", "distractors", "an unrelated sentence is added", "INV", 0.09),
    ("bias", "gender", "she for he", "swap", 0.03),
    ("bias", "religion", "one faith for another", "swap", 0.05),
)
_TITLES = {"behaviour": "Behaviour", "robustness": "Robustness", "bias": "Group bias"}


def make_board(*, systems: int = 9, sets: int | None = None, seed: int = 0) -> Board:
    """Make a board of some systems; with `sets`, of one suite with so many."""
    rng = np.random.default_rng(seed)
    chosen = _SYSTEMS[:systems]
    suites = _suites(rng, sets)
    results = [
        _result(rng, suite.name, card, name, skill, speed)
        for suite in suites
        for card in suite.sets
        for name, _, _, _, skill, speed in chosen
    ]
    averages = [
        SuiteAverage(
            system=name,
            suite=suite.name,
            figure=_mean([r for r in results if (r.system, r.suite) == (name, suite.name)]),
            sets=len(suite.sets),
        )
        for suite in suites
        if suite.sets
        for name, *_ in chosen
    ]
    return Board(
        command="concord evaluate runs/mini --suite all --data-dir DATA --output RUN",
        seed=seed,
        created="2026-11-23",
        versions={"python": "3.11.7", "concord": "0.1.0", "numpy": "2.4.6"},
        machine="two cores of a server processor, 2 threads",
        systems=tuple(
            _system(name, kind, parameters, size, speed)
            for name, kind, parameters, size, _, speed in chosen
        ),
        suites=suites,
        results=tuple(results),
        averages=tuple(averages),
        comparisons=tuple(_comparisons(results, averages, [name for name, *_ in chosen])),
        findings=tuple(_findings(rng, [name for name, *_ in chosen[:3]])),
        contamination=tuple(_overlaps(rng, suites)),
        published=(
            PublishedFigure(
                set="snli",
                system="ALIGN-base",
                metric="accuracy",
                value=0.909,
                source="Zha et al., 2023, table 2",
                note="test split",
            ),
        ),
    )


def _system(
    name: str, kind: str, parameters: int | None, size: float | None, speed: float
) -> SystemCard:
    return SystemCard(
        name=name,
        kind=kind,
        description=f"What {name} does, in one sentence.",
        fingerprint=hashlib.sha256(name.encode()).hexdigest()[:16],
        parameters=parameters,
        size_mb=size,
        seen=("snli", "mnli") if kind == "model" else (),
        cost=Cost(
            load_seconds=0.4,
            pairs_per_second=speed,
            tokens_per_second=speed * 61,
            peak_memory_mb=310.0,
            core_hours=1.7,
            threads=2,
        ),
    )


def _suites(rng: np.random.Generator, sets: int | None) -> tuple[SuiteCard, ...]:
    declared = _SUITES
    if sets is not None:
        names = tuple(f"Set {number}" for number in range(sets))
        declared = {"alignment": (*_SUITES["alignment"][:2], names)}
    suites = [
        SuiteCard(
            name=name,
            title=title,
            purpose=purpose,
            sets=tuple(_card(rng, each, name) for each in titles),
        )
        for name, (title, purpose, titles) in declared.items()
    ]
    suites += [
        SuiteCard(name=name, title=title, purpose=f"What {title.lower()} tests find.", sets=())
        for name, title in _TITLES.items()
    ]
    return tuple(suites)


def _card(rng: np.random.Generator, title: str, suite: str) -> SetCard:
    is_graded = title == "STS-B"
    return SetCard(
        name=title.lower().replace(" ", "_"),
        title=title,
        split="validation",
        metric="pearson" if is_graded else "auc" if suite == "consistency" else "accuracy",
        head="regression" if is_graded else "three_way",
        licence_class="open",
        examples=int(rng.integers(200, 9_000)),
        data_hash=f"{rng.integers(2**63):016x}",
        is_split=suite == "consistency",
        note="re-cased claims" if title == "CLIFF" else "",
    )


def _result(
    rng: np.random.Generator, suite: str, card: SetCard, system: str, skill: float, speed: float
) -> SetResult:
    value = float(np.clip(skill + rng.normal(0, 0.04), 0.2, 0.97))
    half = 1.0 / math.sqrt(card.examples)
    is_graded = card.metric == "pearson"
    return SetResult(
        system=system,
        suite=suite,
        set=card.name,
        metric=card.metric,
        figure=Estimate(value, value - half, min(value + half, 1.0)),
        secondary={"balanced_accuracy": value - 0.02, "mcc": math.nan},
        examples=card.examples,
        truncated=int(rng.integers(0, 9)),
        seconds=card.examples / speed,
        threshold=0.43 if suite == "consistency" else None,
        threshold_source="chosen on AggreFact validation" if suite == "consistency" else "",
        reliability=() if is_graded else tuple(_bins(rng, skill)),
        ece=None if is_graded else float(rng.uniform(0.02, 0.2)),
        roc=() if is_graded else tuple(_roc(value)),
        confusion=None if is_graded else _confusion(rng, card.examples, value),
        worst=tuple(_worst(rng, 4)),
        predictions=f"predictions/{system}/{card.name}.jsonl.gz",
    )


def _bins(rng: np.random.Generator, skill: float) -> list[ReliabilityBin]:
    bins = []
    for place in range(10):
        middle = place / 10 + 0.05
        share = float(np.clip(0.5 + (middle - 0.5) * skill + rng.normal(0, 0.02), 0, 1))
        bins.append(
            ReliabilityBin(
                low=place / 10,
                high=place / 10 + 0.1,
                mean_score=math.nan if place == 4 else middle,
                share_aligned=math.nan if place == 4 else share,
                count=0 if place == 4 else int(rng.integers(5, 400)),
            )
        )
    return bins


def _roc(area: float) -> list[tuple[float, float]]:
    power = (1 - area) / area  # the area under x ** power is 1 / (power + 1)
    return [(step / 100, (step / 100) ** power) for step in range(101)]


def _confusion(rng: np.random.Generator, examples: int, right: float) -> Confusion:
    each = examples // 3
    rows = []
    for gold in range(3):
        wrong = int(each * (1 - right))
        first = int(rng.integers(0, wrong + 1))
        row = [first, wrong - first]
        row.insert(gold, each - wrong)
        rows.append(tuple(row))
    return Confusion(labels=("aligned", "neutral", "contradicted"), counts=tuple(rows))


def _worst(rng: np.random.Generator, count: int) -> list[WorstRow]:
    claims = [
        "The bridge was closed for all of 2019.",
        "Nobody but the mayor was at the opening.",
        HOSTILE,
        "The toll rose to 12 euros.",
    ]
    return [
        WorstRow(
            row=int(rng.integers(0, 9_000)),
            context="The old bridge reopened on Monday after two years of repairs; the mayor and "
            "some forty guests crossed it first. Tolls stay at 11 euros until the summer.",
            claim=claims[place % len(claims)],
            label="contradicted",
            prediction="aligned",
            score=0.98 - place / 50,
        )
        for place in range(count)
    ]


def _mean(results: Sequence[SetResult]) -> Estimate:
    value = float(np.mean([result.figure.value for result in results]))
    return Estimate(value, value - 0.006, value + 0.006)


def _comparisons(
    results: Sequence[SetResult], averages: Sequence[SuiteAverage], names: Sequence[str]
) -> list[Comparison]:
    figures = {(r.suite, r.set, r.system): r.figure for r in results}
    figures |= {(a.suite, "", a.system): a.figure for a in averages}
    found = []
    for (suite, name, other), figure in figures.items():
        if other == names[0]:
            continue
        ours = figures[suite, name, names[0]]
        gap = ours.value - figure.value
        half = 0.8 * math.hypot(ours.high - ours.value, figure.high - figure.value)
        found.append(
            Comparison(
                system=names[0],
                other=other,
                suite=suite,
                set=name,
                difference=Estimate(gap, gap - half, gap + half),
                p_value=math.erfc(abs(gap) / half * 1.96 / math.sqrt(2)) if half else 1.0,
            )
        )
    return found


def _findings(rng: np.random.Generator, names: Sequence[str]) -> list[Finding]:
    found = []
    for suite, group, name, kind, base in _FINDINGS:
        for system in names:
            rate = float(np.clip(base + rng.normal(0, 0.02), 0, 1))
            is_changed = kind in {"perturbation", "swap"}
            found.append(
                Finding(
                    system=system,
                    suite=suite,
                    name=name,
                    group=group,
                    kind=kind,
                    description=f"What is expected where {name}.",
                    cases=400,
                    failures=round(rate * 400),
                    rate=Estimate(rate, max(rate - 0.05, 0), min(rate + 0.05, 1)),
                    figures={"before": 0.81, "after": 0.76} if is_changed else {},
                    change=Estimate(-0.05, -0.07, -0.03) if is_changed else None,
                    examples=(
                        FindingExample(
                            context="He crossed the bridge at noon.",
                            claim=f"He did not cross the bridge. {HOSTILE}",
                            expected="contradicted",
                            got="aligned 0.91",
                        ),
                    ),
                )
            )
    return found


def _overlaps(rng: np.random.Generator, suites: Sequence[SuiteCard]) -> list[Overlap]:
    return [
        Overlap(
            set=card.name,
            rows=card.examples,
            exact=int(rng.integers(0, 4)) if suite.name == "alignment" else 0,
            near=int(rng.integers(0, 30)) if suite.name == "alignment" else 0,
            source="the training splits of mini.toml",
            note="base encoder: trained on it (training split)" if card.name == "snli" else "",
        )
        for suite in suites
        for card in suite.sets
    ]
