"""Tasks that alignment models are not trained on, and diagnostic sets; see each model's `seen`."""

from typing import Final

from concord.data.recipe import Split
from concord.evaluation.suites.suite import Suite, TestSet

_RECIPES: Final = (
    # inference
    "rte",
    "wnli",
    "cb",
    "ax_b",
    "ax_g",
    "qnli",
    "scitail",
    "sick_e",
    "lingnli",
    "sanli",
    "conjnli",
    "cad_nli",
    "med",
    "monli",
    "imppres",
    "nope",
    "negation_nli",
    "control",
    # fact checking
    "fever_symmetric",
    "fever_adversarial",
    "foolmetwice",
    "healthver",
    "covidfact",
    "climate_fever",
    "averitec",
    # paraphrase and similarity
    "mrpc",
    "parade",
    "sts12",
    "sts13",
    "sts14",
    "sts15",
    "sts16",
    # questions
    "dream",
    "mctest",
    "cosmosqa",
    "quartz",
    "mctaco",
    "squad_v1",
    "trecqa",
)
_TRAIN_ONLY: Final = (
    "flute",
    "pubhealth",
    "ruletaker",
    "medical_qp",
    "grailqa_paraphrase",
    "openbookqa",
    "qasc",
    "quarel",
    "covid_qa",
    "qa_zre",
    "quoref_sample",
    "tweetqa",
    "wikiqa",
)

SUITE: Final = Suite(
    name="unseen",
    title="Unseen tasks",
    purpose="How well does it carry over to tasks that it was not trained on?",
    sets=(
        *(TestSet(recipe=name) for name in _RECIPES),
        *(
            TestSet(
                recipe=name,
                splits=(Split.TEST, Split.VALIDATION, Split.TRAIN),
                note="where only a training split is to be had, that is reported; systems that "
                "learned it are left out",
            )
            for name in _TRAIN_ONLY
        ),
    ),
)
