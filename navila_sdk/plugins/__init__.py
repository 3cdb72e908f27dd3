"""Plugins: listed from metadata, loaded by name, quarantined when broken, and never imported unasked."""

from typing import TYPE_CHECKING, Any

from navila_sdk.plugins.candidate import Candidate
from navila_sdk.plugins.info import GROUPS, KINDS, NAVILA_PLUGIN_API, PluginInfo, Status
from navila_sdk.plugins.registry import Plugins

if TYPE_CHECKING:
    from navila_sdk.plugins.hooks import HookPlugins
    from navila_sdk.plugins.hookspecs import hookimpl
    from navila_sdk.plugins.listener import HookListener

__all__ = [
    "GROUPS",
    "KINDS",
    "NAVILA_PLUGIN_API",
    "Candidate",
    "HookListener",
    "HookPlugins",
    "PluginInfo",
    "Plugins",
    "Status",
    "hookimpl",
]

# Loaded on first use: they need pluggy, and the listener numpy, which a listing can do without.
_LAZY = {"HookListener": "listener", "HookPlugins": "hooks", "hookimpl": "hookspecs"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute is of any type
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
