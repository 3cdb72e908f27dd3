"""What stands next to a number: the body, its camera, how it turns and steps, the world, the split, whose metrics.

Numbers from different papers come from different bodies: turns of 15 or 30 degrees, sliding or not, cameras between 0.3
and 1.5 m up. Without that beside it, a number can't be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from navila_sdk.evaluation.controls import Control


def planner_of(settings: Mapping[str, Any]) -> str:
    """Return what decided, in words: the planner, or the control in its place."""
    control, planner = settings.get("control"), str(settings["planner"])
    return Control(control).named(planner) if control else planner


def profile_of(settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return one line about what results were made with.

    Args:
        settings: Those of ``MadeWith``.
        facts: Those of ``MadeWith``.
    """
    body = cast("Mapping[str, str]", facts.get("body", {}))
    options = cast("Mapping[str, Any]", settings.get("world_options", {}))
    steps = ", ".join(f"{name} {_word(value)}" for name, value in sorted(options.items()))
    walk = settings.get("locomotion")
    parts = [
        f"{settings['world']}, {settings['fidelity']}{f', {walk}' if walk else ''}",
        steps or "the world's own settings",
        f"camera {body['camera']}" if "camera" in body else "",
        f"split {settings['split']}",
        f"metrics {settings.get('compat', 'sdk')}, nDTW {settings['ndtw']}",
    ]
    return "; ".join(part for part in parts if part)


def _word(value: object) -> str:
    return ("off", "on")[value] if isinstance(value, bool) else str(value)
