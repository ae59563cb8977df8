import importlib
import pkgutil
from importlib.util import find_spec

import pytest

import concord

PACKAGES = sorted(
    module.name
    for module in pkgutil.walk_packages(concord.__path__, prefix="concord.")
    if module.ispkg and not module.name.endswith(".cli")
)


@pytest.mark.parametrize("name", ["concord", *PACKAGES])
def test_every_name_in_all_exists_once_and_is_public(name: str) -> None:
    package = importlib.import_module(name)
    names: list[str] = getattr(package, "__all__", [])
    assert len(names) == len(set(names))
    assert not [each for each in names if each.startswith("_") and each != "__version__"]
    assert not [each for each in names if not hasattr(package, each)]


@pytest.mark.parametrize("package", ["torchvision", "torchaudio"])
def test_no_package_built_for_another_torch_is_installed(package: str) -> None:
    # Either one brings its own torch version, and breaks transformers when that differs.
    assert find_spec(package) is None
