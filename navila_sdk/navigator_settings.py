"""How the navigator runs its two clocks."""

from __future__ import annotations

import enum

import attrs


class NavigatorMode(enum.StrEnum):
    """SYNC stops, thinks, moves; PIPELINED thinks about the next action while it still moves."""

    SYNC = "sync"
    PIPELINED = "pipelined"


class LatencyCharge(enum.StrEnum):
    """What planner latency a simulated clock is charged: nothing, what was measured, or a declared value."""

    NONE = "none"
    MEASURED = "measured"
    DECLARED = "declared"


@attrs.frozen(slots=True, kw_only=True)
class NavigatorSettings:
    """Settings of the two-clock loop.

    Attributes:
        mode: Sync or pipelined.
        latency: What simulated time is charged for planning; real time always passes by itself.
        declared_latency_s: The charge when ``latency`` is "declared".
        planner_timeout_s: Wall time a planner may take for one step.
        max_plan_age_s: A plan made from an older frame is dropped and asked for again.
        max_plans: The episode ends after this many plans.
        max_time_s: The episode ends after this long on the robot's clock.
        unparsed_retries: How often in a row text that is no action is asked for again, standing still.
        stale_retries: How often in a row a stale plan is asked for again.
        watch_hz: Frames a second that the planner takes into its history between those it decides on, while the
            robot moves; 0 is none. Planners without a history don't care.
        blocked_retries: How often in a row a closed-loop planner may try again after an action was blocked
            or stuck; a fixed command never tries again.
    """

    mode: NavigatorMode = NavigatorMode.PIPELINED
    latency: LatencyCharge = LatencyCharge.NONE
    declared_latency_s: float = 0.0
    planner_timeout_s: float = 30.0
    max_plan_age_s: float = 5.0
    max_plans: int = 300
    max_time_s: float = 600.0
    unparsed_retries: int = 2
    stale_retries: int = 3
    blocked_retries: int = 5
    watch_hz: float = 0.0
