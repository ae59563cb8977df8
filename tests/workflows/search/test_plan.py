"""A search's config file, held against the config that it starts from."""

from pathlib import Path

import pytest
from tests.tiny_search import write_search

from concord.errors import ConfigError
from concord.workflows.search.plan import load_search

READY = Path(__file__).parents[3] / "configs" / "tune" / "sst5-qqp-stsb.toml"


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_search(tmp_path_factory.mktemp("plan"))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "space.trainer.optimizer.learning_rat={low=1e-5, high=1}",
            r"space\.trainer\.optimizer\.learning_rat: .*unknown key .*mean 'learning_rate'",
        ),
        (
            "space.trainer.optimizer.layer_decay={low=0.5, high=1.5}",
            r"space\.trainer\.optimizer\.layer_decay: .*lies in \(0, 1\], got 1\.5",
        ),
        (
            "space.adaptation.kind={choices=['full', 'lorra']}",
            r"space\.adaptation\.kind: .*'lorra'",
        ),
        ("space.output={choices=['a']}", r"space\.output must be the same in all trials"),
        ("space.max_batch_tokens={choices=[]}", r"space\.max_batch_tokens: choices is empty"),
        (
            "metric=mood/f1",
            r"metric 'mood/f1' will not be computed; choose one of mood/accuracy, .*, mean",
        ),
        ("overrides=['trainer.validations=0']", r"trainer\.validations is 0, and a search"),
        ("num_trials=0", r"num_trials must be at least 1, got 0"),
        ("pruning.reduction_factor=1", r"pruning\.reduction_factor must be at least 2, got 1"),
        ("base=no.toml", r"there is no base config .*no\.toml"),
    ],
)
def test_what_cannot_be_searched_is_told_in_one_sentence(
    search: Path, override: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_search(search, [override])
    assert "\n" not in str(caught.value)


def test_the_base_config_gives_the_metric_and_its_place_in_the_space(search: Path) -> None:
    plan = load_search(search, ["space.trainer.epochs={low=2, high=4, integer=true}"])
    assert (plan.metric, plan.is_maximized, plan.validations) == ("mean", True, 3)
    assert plan.default == {  # one epoch is not among two to four
        "max_batch_tokens": "64",
        "trainer.optimizer.learning_rate": 3e-3,
        "trainer.optimizer.layer_decay": 1.0,
    }


def test_what_the_base_config_leaves_unsaid_is_in_the_space_as_it_is_by_default(
    search: Path,
) -> None:
    unsaid = [
        "space.tasks.mood.dropout={low=0, high=0.5}",
        "space.adaptation.kind={choices=['full']}",
    ]
    default = load_search(search, unsaid).default
    assert (default["tasks.mood.dropout"], default["adaptation.kind"]) == (0.1, '"full"')


def test_a_metric_of_the_search_is_that_of_its_trials(search: Path) -> None:
    plan = load_search(search, ["metric=alike/pearson", "direction=min"])
    assert (plan.metric, plan.is_maximized) == ("alike/pearson", False)
    assert plan.common[-2:] == ("trainer.best_metric=alike/pearson", "trainer.direction=min")
    assert "trainer.direction=min 'a b=1'" in plan.command(["a b=1"])


def test_the_ready_search_has_at_least_thirty_trials_and_its_default_in_the_space() -> None:
    plan = load_search(READY, ["data_dir=anywhere"])
    assert plan.config.num_trials >= 30
    assert plan.default.keys() == plan.space.keys()
    warmup = plan.space["trainer.optimizer.warmup_ratio"].ends[1]
    first_that_may_end = plan.config.pruning.min_validations / plan.validations
    assert float(warmup) < first_that_may_end
