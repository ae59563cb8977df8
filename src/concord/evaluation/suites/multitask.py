"""The classic tasks of a multi-task encoder: sentiment, entities, questions with answers.

A model of tasks answers with the head of that name; an alignment model can classify without one,
by the claim that a text supports best.
"""

from typing import Final

from concord.evaluation.suites.suite import Suite, TaskSet

SUITE: Final = Suite(
    name="multitask",
    title="Classic multi-task",
    purpose="How well does one encoder do the classic tasks, with a head for each or without?",
    task_sets=(
        TaskSet(
            name="sst5",
            title="Stanford Sentiment Treebank, five classes",
            task={
                "kind": "classification",
                "validation": "sst5/dev.jsonl*",
                "test": "sst5/test.jsonl*",
            },
            heads=("sst5", "sst", "sentiment"),
            metric="accuracy",
            licence_class="unknown",
            claims={
                "0": "This text is very negative.",
                "1": "This text is somewhat negative.",
                "2": "This text is neutral.",
                "3": "This text is somewhat positive.",
                "4": "This text is very positive.",
            },
        ),
        TaskSet(
            name="cfimdb",
            title="Counterfactually augmented film reviews",
            task={
                "kind": "classification",
                "validation": "cfimdb/dev.jsonl*",
                "test": "cfimdb/test.jsonl*",
            },
            heads=("cfimdb", "imdb", "reviews"),
            metric="accuracy",
            licence_class="unknown",
            claims={
                "0": "The reviewer did not like this film.",
                "1": "The reviewer liked this film.",
            },
        ),
        TaskSet(
            name="conll2003",
            title="CoNLL-2003 named entities",
            task={
                "kind": "entities",
                "validation": "conll2003/dev.jsonl*",
                "test": "conll2003/test.jsonl*",
            },
            heads=("conll2003", "conll", "entities"),
            metric="entity_f1",
            licence_class="noncommercial",
        ),
        TaskSet(
            name="squad_v2_spans",
            title="SQuAD 2.0, answer spans",
            task={
                "kind": "question_answering",
                "validation": "squad_v2/dev.jsonl*",
                "test": "squad_v2/test.jsonl*",
            },
            heads=("squad_v2", "squad", "answers", "questions"),
            metric="answer_f1",
            licence_class="open",
        ),
    ),
)
