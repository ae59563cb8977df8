"""Which ways of sharing a run between devices the training loop knows."""

import pytest
from accelerate.utils import DistributedType

from concord.errors import ConfigError
from concord.training.devices import check_devices


@pytest.mark.parametrize("kind", ["NO", "MULTI_CPU", "MULTI_GPU"])
def test_whole_models_on_each_device_are_let_through(kind: str) -> None:
    check_devices(DistributedType(kind))


@pytest.mark.parametrize(("kind", "name"), [("FSDP", "FSDP"), ("DEEPSPEED", "DeepSpeed")])
def test_shared_out_weights_are_refused_in_one_sentence(kind: str, name: str) -> None:
    with pytest.raises(ConfigError, match=f"asks for {name}, which shares the weights") as caught:
        check_devices(DistributedType(kind))
    assert "\n" not in str(caught.value)
