"""What a plugin of each kind must turn out to be, checked after it was loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from navila_sdk.errors import PluginApiError, PluginLoadError
from navila_sdk.plugins.candidate import Candidate
from navila_sdk.plugins.info import NAVILA_PLUGIN_API

_CLASS_NAMES = {
    "embodiment": "navila_sdk.embodiment.Embodiment",
    "world": "navila_sdk.world.WorldRecord",
    "planner": "navila_sdk.planner.PlannerRecord",
    "dialect": "an object with .name and .parse(text)",
    "benchmark": "an object with .name, .version, .splits and .episodes(split)",
}


def record_kind(value: object) -> str:
    """Return which kind of record a value is; empty if it's none."""
    # Imported here because these pull in numpy, which a listing must not.
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.planner import PlannerRecord
    from navila_sdk.world import WorldRecord

    if isinstance(value, Embodiment):
        return "embodiment"
    if isinstance(value, WorldRecord):
        return "world"
    if isinstance(value, PlannerRecord):
        return "planner"
    if isinstance(value, type) or not isinstance(getattr(value, "name", None), str):
        return ""
    if callable(getattr(value, "parse", None)):
        return "dialect"
    # Imported by no name: benchmarks stand in a room above this one.
    return "benchmark" if callable(getattr(value, "episodes", None)) and hasattr(value, "splits") else ""


def unwrapped(value: object) -> object:
    """Return the record itself, calling the factory if that's what the target names."""
    if record_kind(value) or not callable(value):
        return value
    factory: Callable[[], Any] = value
    return factory()


def checked(value: object, candidate: Candidate, kind: str) -> object:
    """Return the value if it's a record of that kind speaking our plugin API.

    Raises:
        PluginApiError: It speaks another API.
        PluginLoadError: It's something else.
    """
    check_api(getattr(value, "navila_api", NAVILA_PLUGIN_API), candidate)
    found = record_kind(value)
    if found != kind:
        shown = f"a record of kind {found}" if found else f"a value of type {type(value).__qualname__}"
        raise PluginLoadError(
            f"{candidate.label} is no {kind}: expected {candidate.target!r} to be {_CLASS_NAMES[kind]} "
            f"or a function without arguments that returns one, got {shown}. To mend it: {candidate.remedy}"
        )
    return value


def check_api(api: object, candidate: Candidate) -> None:
    """Refuse a plugin of another API.

    Raises:
        PluginApiError: Names both versions and the distribution to upgrade.
    """
    if api != NAVILA_PLUGIN_API:
        raise PluginApiError(f"{api_reason(str(api), candidate)}: {api_remedy(str(api), candidate)}")


def api_reason(api: str, candidate: Candidate) -> str:
    """Return the sentence that names both API versions."""
    name = f"{candidate.name} plugin {candidate.version}".rstrip()
    return f"{name} speaks plugin API {api}, this navila_sdk speaks {NAVILA_PLUGIN_API}"


def api_remedy(api: str, candidate: Candidate) -> str:
    """Return which of the two sides must be upgraded, and how."""
    if api.isdecimal() and int(api) > int(NAVILA_PLUGIN_API):
        return "pip install -U navila-sdk"
    if candidate.packaged:
        return f"pip install -U {candidate.distribution}"
    return f"change navila_api in {candidate.target or candidate.distribution}"
