"""The oracle's options (``[planners.oracle]`` in the config)."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within

PATH = "planners.oracle"


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
    start: tuple[float, float, float] | None = None
    stop_radius_m: float = attrs.field(default=0.30, validator=within(0.15, 5.0, "metres"))
    radius_m: float | None = attrs.field(default=None, validator=within(0.0, 5.0, "metres"))
