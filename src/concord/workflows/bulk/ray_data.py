"""Ray Data: rows scored by the workers of a cluster, each with a model of its own."""

from collections.abc import Callable
from typing import Any

from concord.workflows.bulk.frames import is_a
from concord.workflows.bulk.options import CHECKPOINT_ROWS


def is_ray_dataset(rows: object) -> bool:
    """Tell whether it is a Ray Data set, without importing Ray."""
    return is_a("ray.data", "Dataset", rows)


def score_ray_dataset(rows: Any, open_scoring: Callable[[], Callable[[Any], Any]]) -> Any:
    """Return a Ray data set whose blocks are scored when they are asked for.

    One worker with one core is started, and as many more as there is work and cores for.

    Args:
        rows: A `ray.data.Dataset`.
        open_scoring: Called in each worker; what it returns adds the columns to a
            `pyarrow.Table`. It can be pickled.
    """
    import ray

    resources: dict[str, float] = ray.cluster_resources()
    return rows.map_batches(
        _TableScorer,
        fn_constructor_args=(open_scoring,),
        batch_format="pyarrow",
        batch_size=CHECKPOINT_ROWS,
        num_cpus=1,
        concurrency=(1, max(1, int(resources.get("CPU", 1)))),
        udf_modifying_row_count=False,
    )


class _TableScorer:
    """What a worker holds: a model, opened once."""

    def __init__(self, open_scoring: Callable[[], Callable[[Any], Any]]) -> None:
        self._score = open_scoring()

    def __call__(self, table: Any) -> Any:
        return self._score(table)
