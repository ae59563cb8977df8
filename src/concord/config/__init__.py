"""TOML file and dotted overrides to a validated dataclass; declares no options itself."""

from concord.config.loader import check_table, dump_config, load_config, load_table, to_mapping

__all__ = ["check_table", "dump_config", "load_config", "load_table", "to_mapping"]
