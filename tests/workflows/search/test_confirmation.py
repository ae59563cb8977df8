"""The best settings beside the default on other seeds, as a config of `concord compare`."""

from dataclasses import replace
from pathlib import Path

from tests.tiny_search import write_search

from concord.workflows.compare import load_compare_config
from concord.workflows.search.confirmation import save_confirmation
from concord.workflows.search.plan import load_search
from concord.workflows.search.results import TrialRecord

BEST = TrialRecord(
    number=2,
    state="finished",
    settings={"max_batch_tokens": "128"},
    overrides=("max_batch_tokens=128", 'adaptation.kind="lora"'),
    value=0.5,
    validations=((1, 0.5),),
)


def test_the_best_settings_are_confirmed_on_seeds_that_chose_nothing(tmp_path: Path) -> None:
    plan = load_search(write_search(tmp_path), ["data_dir=there"])
    plan.config.output.mkdir()
    command = save_confirmation(plan, BEST)
    path = plan.config.output / "confirm.toml"
    assert command == f"concord compare {path}"
    config = load_compare_config(path)
    assert config.base.samefile(tmp_path / "tasks.toml")
    assert config.seeds == (1, 2, 3, 4, 5)  # the trials had 0
    assert config.overrides == plan.common
    assert config.data_dir == Path("there").absolute()
    assert config.methods["default"].overrides == ()
    assert config.methods["best"].overrides == BEST.overrides

    assert save_confirmation(plan, replace(BEST, number=0, overrides=())) == ""
    assert not path.exists()  # there is nothing to confirm
