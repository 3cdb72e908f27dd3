"""The oracle's options (``[planners.oracle]`` in the config), read strictly: every problem at once."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Any

import attrs

from navila_sdk.errors import ConfigError
from navila_sdk.geometry import Pose2

_PATH = "planners.oracle"


@attrs.frozen(slots=True, kw_only=True)
class OracleOptions:
    """What can be set about the oracle.

    Attributes:
        goal: Where to go, ``[x_m, y_m]`` in the scene; None takes it from the instruction.
        start: Where the robot connected, ``[x_m, y_m, yaw_rad]`` in the scene; None is the scene's start.
        stop_radius_m: Distance to the goal at which it says stop.
        radius_m: Radius of the body to keep clear; None is the circle around the embodiment's footprint.
    """

    goal: tuple[float, float] | None = None
    start: Pose2 | None = None
    stop_radius_m: float = 0.30
    radius_m: float | None = None


def read_options(options: Mapping[str, Any]) -> OracleOptions:
    """Return the options.

    Raises:
        ConfigError: Lists every unknown option and every value that doesn't fit.
    """
    problems: list[str] = []
    known = [field.name for field in attrs.fields(OracleOptions)]
    for name in options:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            guess = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"
            problems.append(f"{_PATH}.{name}: unknown option{guess}")
    goal = _numbers(options.get("goal"), "goal", "[x_m, y_m]", 2, problems)
    start = _numbers(options.get("start"), "start", "[x_m, y_m, yaw_rad]", 3, problems)
    stop_m = _length(options.get("stop_radius_m", 0.30), "stop_radius_m", 0.15, 5.0, problems)
    given = options.get("radius_m")
    radius_m = None if given is None else _length(given, "radius_m", 0.0, 5.0, problems)
    if problems:
        raise ConfigError("the oracle's options don't fit:", problems)
    return OracleOptions(
        goal=None if goal is None else (goal[0], goal[1]),
        start=None if start is None else Pose2(*start),
        stop_radius_m=stop_m,
        radius_m=radius_m,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _numbers(value: Any, name: str, form: str, count: int, problems: list[str]) -> tuple[float, ...] | None:  # noqa: ANN401
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        items = tuple(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if len(items) == count and all(_is_number(item) for item in items):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            return tuple(float(item) for item in items)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    problems.append(f"{_PATH}.{name}: must be {form}, finite numbers; got {value!r:.60}")
    return None


def _length(value: Any, name: str, low: float, high: float, problems: list[str]) -> float:  # noqa: ANN401
    if not _is_number(value) or not low <= value <= high:
        problems.append(f"{_PATH}.{name}: must be a number of metres from {low:g} to {high:g}; got {value!r:.60}")
        return low
    return float(value)
