"""The folder of a training run, which belongs to one config."""

from pathlib import Path
from typing import Final

from concord.config import dump_config, load_config
from concord.errors import ConfigError

CONFIG_COPY: Final = "config.json"


def claim_run_folder(output: Path, config: object) -> None:
    """Note the config in the run's folder, or make sure that the run found there has the same.

    Options that the run's own version did not know yet count as left at their defaults.

    Raises:
        ConfigError: If the folder holds a run of another config.
    """
    path = output / CONFIG_COPY
    text = dump_config(config)
    if path.exists() and not _is_same(path, config, text):
        raise ConfigError(
            f"{output} holds a run of another config ({path} differs); "
            "name another output folder, or delete that one"
        )
    output.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(path)


def _is_same(path: Path, config: object, text: str) -> bool:
    if path.read_text(encoding="utf-8") == text:
        return True
    try:
        return dump_config(load_config(path, type(config))) == text
    except ConfigError:
        return False
