"""The words of the plugin system: kinds, statuses, the API version, and one row of the listing."""

from __future__ import annotations

import enum

import attrs

NAVILA_PLUGIN_API = "1"

HOOKS = "hooks"
GROUPS = {
    "navila.embodiments": "embodiment",
    "navila.worlds": "world",
    "navila.planners": "planner",
    "navila.dialects": "dialect",
    "navila.benchmarks": "benchmark",
    "navila": HOOKS,
}
KINDS = tuple(GROUPS.values())
RECORD_KINDS = tuple(kind for kind in KINDS if kind != HOOKS)


class Status(enum.StrEnum):
    """What can be said of a plugin."""

    OK = "ok"
    BROKEN = "broken"
    DISABLED = "disabled"
    CONFLICT = "conflict"
    WRONG_API = "wrong api"


@attrs.frozen(slots=True)
class PluginInfo:
    """One row of ``navila plugins``.

    Attributes:
        name: As users write it.
        kind: embodiment, world, planner, dialect, benchmark or hooks; "unknown" where only loading could tell.
        distribution: The installed distribution, or ``navila_plugin.py`` or ``NAVILA_PLUGINS``.
        version: The distribution's version; empty for unpackaged plugins.
        target: ``module:attribute`` it names.
        api: Plugin API version it speaks; "?" where only loading could tell.
        status: What was found.
        reason: One line saying why the status isn't ok, or what is odd.
        remedy: One line saying how to mend it.
    """

    name: str
    kind: str
    distribution: str
    version: str
    target: str
    api: str = NAVILA_PLUGIN_API
    status: Status = Status.OK
    reason: str = ""
    remedy: str = ""
