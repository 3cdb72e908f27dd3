"""Which numbers make sense for each setting; what isn't listed must be finite and not negative."""

from __future__ import annotations

import math

import attrs


@attrs.frozen(slots=True)
class Bounds:
    """A range of numbers, both ends included unless ``above`` says that ``low`` itself is out."""

    low: float = 0.0
    high: float = math.inf
    above: bool = False

    def expected(self) -> str:
        """Return the range in words."""
        low = f"more than {self.low:g}" if self.above else f"at least {self.low:g}"
        return low if self.high == math.inf else f"{low} and at most {self.high:g}"

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range."""
        return (value > self.low if self.above else value >= self.low) and value <= self.high


POSITIVE = Bounds(above=True)
NOT_NEGATIVE = Bounds()

BOUNDS = {
    "seed": Bounds(high=2**63 - 1),
    "executor.position_tolerance_m": POSITIVE,
    "executor.yaw_tolerance_rad": POSITIVE,
    "executor.timeout_factor": Bounds(low=1.0),
    "executor.stuck_after_s": POSITIVE,
    "executor.stale_after_s": POSITIVE,
    "executor.skirt_m": Bounds(low=0.0, high=1.0),
    "executor.stalled_after_s": POSITIVE,
    "safety.speed_scale": Bounds(high=1.0),
    "safety.braking_mps2": POSITIVE,
    "safety.sensor_stale_s": POSITIVE,
    "safety.state_stale_s": POSITIVE,
    "safety.scan_stale_s": POSITIVE,
    "safety.frame_stale_s": POSITIVE,
    "safety.jump_m": POSITIVE,
    "safety.max_tilt_rad": Bounds(high=math.pi, above=True),
    # The safety chain promises that a command older than 250 ms is zero; settings can only make it stricter.
    "safety.command_timeout_s": Bounds(high=0.25, above=True),
    "navigator.planner_timeout_s": POSITIVE,
    "navigator.max_plan_age_s": POSITIVE,
    "navigator.max_plans": Bounds(low=1),
    "navigator.max_time_s": POSITIVE,
    "navigator.watch_hz": Bounds(high=100.0),
}


def bounds_of(path: str) -> Bounds:
    """Return the range for a dotted path."""
    return BOUNDS.get(path, NOT_NEGATIVE)
