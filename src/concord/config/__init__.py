"""TOML file and dotted overrides to a validated dataclass; declares no options itself."""

from concord.config.loader import dump_config, load_config, to_mapping

__all__ = ["dump_config", "load_config", "to_mapping"]
