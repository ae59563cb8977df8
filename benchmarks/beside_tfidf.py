"""Text classifiers of a model of tasks beside TF-IDF and logistic regression on the same rows.

Both learn from the training rows that the config names. The baseline's features are words and
pairs of words, and characters in runs of two to five, weighted by TF-IDF; its regularisation is
chosen by five-fold cross-validation within the training rows. Macro-F1 and accuracy on the test
rows where the config names any, else on the validation rows; 95 % bootstrap intervals, those of the
difference with the rows drawn together. Needs the development environment.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from machine import describe_machine
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from concord import TaskPredictor
from concord.data.sources import Split
from concord.data.task_rows import read_labelled
from concord.evaluation.metrics import NUM_RESAMPLES
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.workflows.evaluate_tasks import load_task_sources

Labels = NDArray[np.str_]


def main() -> None:
    """Print one line for each classifier and figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path, help="config of `concord finetune`")
    parser.add_argument("model", help="the model that it trained")
    parser.add_argument("overrides", nargs="*", help="values to change, as key.name=value")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap and of the folds")
    arguments = parser.parse_args()
    print(describe_machine())
    sources = load_task_sources(arguments.config, arguments.overrides)
    predictor = TaskPredictor.from_pretrained(arguments.model)
    for name, task in sources.tasks.items():
        if isinstance(task, Classification) and not task.multi_label:
            _compare(name, task, sources.data_dir, predictor, arguments.seed)


def _compare(name: str, task: AnyTask, folder: Path, predictor: TaskPredictor, seed: int) -> None:
    split = Split.TEST if task.test is not None else Split.VALIDATION
    train_texts, train_labels = _read(task, Split.TRAIN, folder)
    texts, golds = _read(task, split, folder)
    started = time.perf_counter()
    baseline = _build_baseline(seed).fit(train_texts, train_labels)
    print(
        f"{name}: {len(train_labels):,} rows learned, {len(golds):,} {split} rows; "
        f"TF-IDF learned in {time.perf_counter() - started:.0f} s"
    )
    found = {
        "model": np.array([answer.label for answer in predictor.predict(name, texts)]),
        "TF-IDF": baseline.predict(texts),
        "majority": np.full(len(golds), _most_frequent(train_labels)),
    }
    for figure, compute in (("macro-F1", _macro_f1), ("accuracy", _accuracy)):
        draws = np.random.default_rng(seed).integers(len(golds), size=(NUM_RESAMPLES, len(golds)))
        resampled = {
            who: np.array([compute(golds[rows], labels[rows]) for rows in draws])
            for who, labels in found.items()
        }
        for who, labels in found.items():
            print(f"  {figure} {who:8} {_shown(compute(golds, labels), resampled[who])}")
        difference = compute(golds, found["model"]) - compute(golds, found["TF-IDF"])
        gain = resampled["model"] - resampled["TF-IDF"]
        print(f"  {figure} model less TF-IDF {_shown(difference, gain)}")


def _read(task: AnyTask, split: Split, folder: Path) -> tuple[list[str], Labels]:
    rows = list(read_labelled(task, split, folder=folder))
    return [row.input.text for row in rows], np.array([row.gold[0] for row in rows])


def _build_baseline(seed: int) -> Pipeline:
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True),
    )
    classifier = GridSearchCV(
        LogisticRegression(max_iter=1000),
        {"C": [0.1, 1, 10, 100]},
        scoring="f1_macro",
        cv=StratifiedKFold(5, shuffle=True, random_state=seed),
    )
    return make_pipeline(features, classifier)


def _most_frequent(labels: Labels) -> str:
    names, counts = np.unique(labels, return_counts=True)
    return str(names[counts.argmax()])


def _macro_f1(golds: Labels, found: Labels) -> float:
    return float(f1_score(golds, found, average="macro", zero_division=0.0))


def _accuracy(golds: Labels, found: Labels) -> float:
    return float(np.mean(golds == found))


def _shown(value: float, resampled: NDArray[np.float64]) -> str:
    low, high = np.percentile(resampled, (2.5, 97.5))
    return f"{100 * value:.1f} ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    main()
