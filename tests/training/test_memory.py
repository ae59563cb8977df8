"""What keeps a run's memory flat."""

import ctypes
import os

import numpy as np
import pytest

from concord.training.memory import bound_kernel_cache, release_free_memory


def _resident_mb() -> int:
    with open("/proc/self/status", encoding="utf-8") as status:  # noqa: PTH123
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_memory_between_what_is_still_used_is_given_back() -> None:
    blocks = [np.ones(12_000) for _ in range(2_000)]  # 96 kB each: too small to be mapped alone
    before = _resident_mb()
    del blocks[::2]  # half of 192 MB, in gaps
    assert release_free_memory()
    assert _resident_mb() < before - 60


def test_the_environment_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "7")
    bound_kernel_cache()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "7"
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY")
    bound_kernel_cache()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "32"
