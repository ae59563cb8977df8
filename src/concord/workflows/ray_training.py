"""`concord finetune` on a Ray cluster: Ray starts the processes, which train as any others do.

The run's folder, the data and the encoder lie where every machine finds them under the same name.
A run that breaks off is started again and goes on from its last checkpoint.
"""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from concord.config import load_config
from concord.errors import ConcordError, ConfigError, MissingExtraError
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import FinetuneConfig, load_finetune_config


def finetune_on_ray(config: Path, overrides: Sequence[str] = (), *, workers: int) -> Path:
    """Train the tasks of a config with several processes of a cluster.

    The cluster is the one that is running (`ray start`, or the one that RAY_ADDRESS names), else
    one of this machine alone. Each process has a GPU where there is one for each, else `threads`
    cores.

    Args:
        config: A TOML file with the fields of `FinetuneConfig`.
        overrides: `key.sub=value` pairs that take precedence over the file.
        workers: How many processes.

    Returns:
        The model's folder.

    Raises:
        ConfigError: If the config cannot work, or the cluster has too few cores.
        ConcordError: If the training failed.
        MissingExtraError: If Ray is not installed.
    """
    if workers < 1:
        raise ConfigError(f"--ray-workers must be at least 1, got {workers}")
    if find_spec("ray") is None:
        raise MissingExtraError.needing("--ray-workers", "ray", "ray")
    load_finetune_config(config, overrides)  # errors are told here, once
    settings = load_config(config, FinetuneConfig, overrides)
    import ray
    from ray.train import RunConfig
    from ray.train.torch import TorchTrainer

    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False)
    output = settings.output.absolute()
    trainer = TorchTrainer(
        _train_worker,
        train_loop_config={
            "folder": str(Path.cwd()),
            "config": str(config.absolute()),
            "overrides": list(overrides),
        },
        scaling_config=_scaling(settings, workers),
        run_config=RunConfig(name=output.name, storage_path=str(output / "ray")),
    )
    try:
        trainer.fit()
    except Exception as error:  # Ray wraps what a worker raised
        raise ConcordError(f"training on Ray failed: {_cause(error)}") from error
    return settings.output / "model"


def _scaling(settings: FinetuneConfig, workers: int) -> Any:
    """Return what each worker is given.

    Raises:
        ConfigError: If the cluster has not so much; Ray itself would wait for it.
    """
    import ray
    from ray.train import ScalingConfig

    total: dict[str, float] = ray.cluster_resources()
    if total.get("GPU", 0) >= workers:
        return ScalingConfig(num_workers=workers, use_gpu=True)
    cores = settings.threads or 1
    available = int(total.get("CPU", 0))
    if cores * workers > available:
        raise ConfigError(
            f"--ray-workers {workers} with {cores} threads each need {cores * workers} cores and "
            f"the cluster has {available}; start fewer, or lower threads"
        )
    return ScalingConfig(num_workers=workers, resources_per_worker={"CPU": cores})


def _train_worker(options: dict[str, Any]) -> None:
    """Train as one of the processes that Ray has introduced to each other."""
    os.chdir(options["folder"])  # Ray has put each worker into a folder of its own
    run_finetuning(*load_finetune_config(Path(options["config"]), options["overrides"]))


def _cause(error: BaseException) -> str:
    """Return the first line of what a worker raised, as far as Ray tells."""
    failures: dict[int, BaseException] = getattr(error, "worker_failures", {})
    inner = next(iter(failures.values()), error)
    while (cause := getattr(inner, "cause", None) or inner.__cause__) is not None:
        inner = cause
    return (str(inner).strip().splitlines() or [type(inner).__name__])[0]
