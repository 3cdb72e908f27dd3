"""One configuration out of layers: defaults, file, environment, --set, options."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from navila_sdk.config.asked import check_asked
    from navila_sdk.config.load import LoadedConfig, load_config, plain
    from navila_sdk.config.plugin_table import PluginTable, load_plugin_table
    from navila_sdk.config.problems import flatten
    from navila_sdk.config.settings import Config, PluginSettings

__all__ = [
    "Config",
    "LoadedConfig",
    "PluginSettings",
    "PluginTable",
    "check_asked",
    "flatten",
    "load_config",
    "load_plugin_table",
    "plain",
]

# Loaded on first use: a listing of plugins needs one table, not every settings class.
_LAZY = {
    "Config": "settings",
    "LoadedConfig": "load",
    "PluginSettings": "settings",
    "PluginTable": "plugin_table",
    "check_asked": "asked",
    "flatten": "problems",
    "load_config": "load",
    "load_plugin_table": "plugin_table",
    "plain": "load",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute is of any type
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
