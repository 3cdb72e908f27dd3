"""The one table of layers. A module may import its own layer and those below, never one above."""

from __future__ import annotations

# Bottom up. A name is a module or package directly below navila_sdk.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        "units geometry errors actions observation clock strict",
        "grammar memory scenes instruction",
        "embodiment world planner twin",
        "planners worlds hardware vla perception locomotion execution events episode plugins hookspecs config"
        " navigator_settings",
        "robot agenda thinker navigator",
        "recording film",
        "session api language training serving evaluation scaffold agent",
        "testing",
        "cli",
    )
)

# Upward imports inside a function that are meant: (from, to) -> why.
MEANT: dict[tuple[str, str], str] = {}


def layer_of(module: str) -> int | None:
    """The layer of a dotted module name below navila_sdk; None where the table doesn't know it."""
    room = module.split(".")[1]
    return next((number for number, rooms in enumerate(LAYERS) if room in rooms), None)
