"""The gate: e-stop, validity, limiter and zones in order. What it returns is what a driver may be sent."""

from __future__ import annotations

import threading

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.safety.limiter import Limiter
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.execution.safety.zones import Zones
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.observation import RobotState


@attrs.frozen(slots=True)
class Verdict:
    """What the gate made of a command.

    Attributes:
        sent: The twist the driver may have.
        stage: Stage that stopped the robot ("" if none): "e-stop", "validity" or "zones".
        cause: Why, for people.
        reasons: Every cut, including the limiter's everyday ones.
    """

    sent: Twist
    stage: str = ""
    cause: str = ""
    reasons: tuple[str, ...] = ()


class SafetyGate:
    """Every command passes here; the e-stop latches until it is reset by hand. Thread-safe."""

    def __init__(self, embodiment: Embodiment, settings: SafetySettings) -> None:
        self._settings = settings
        self._limiter = Limiter(embodiment.limits, settings)
        self._zones = Zones(embodiment.footprint, settings)
        self._lock = threading.Lock()
        self._estop_cause = ""
        self._before = ZERO_TWIST
        self._before_s: float | None = None
        self._default_dt_s = 1 / embodiment.control_hz

    @property
    def estop_cause(self) -> str:
        """Why the e-stop is latched; empty while it isn't."""
        return self._estop_cause

    def estop(self, cause: str) -> None:
        """Latch the e-stop; the first cause stays."""
        with self._lock:
            self._estop_cause = self._estop_cause or cause or "asked for"

    def reset_estop(self) -> None:
        """Release the e-stop."""
        with self._lock:
            self._estop_cause = ""

    def halted(self) -> None:
        """Note that zero was sent past the gate (watchdog, stop, close)."""
        with self._lock:
            self._before, self._before_s = ZERO_TWIST, None

    def judge(self, asked: Twist, state: RobotState, now_s: float) -> Verdict:
        """Return what may be sent for ``asked`` at time ``now_s``."""
        invalid = self._invalid(asked, state, now_s)
        with self._lock:
            if self._estop_cause:
                verdict = Verdict(ZERO_TWIST, "e-stop", self._estop_cause)
            elif invalid:
                verdict = Verdict(ZERO_TWIST, "validity", invalid)
            else:
                verdict = self._allowed(asked, state, now_s)
            self._before, self._before_s = verdict.sent, now_s
        return verdict

    def _invalid(self, asked: Twist, state: RobotState, now_s: float) -> str:
        """Return why the command or the state can't be trusted, or ""."""
        limit_s = self._settings.sensor_stale_s
        if abs(state.tilt_rad) > self._settings.max_tilt_rad:
            self.estop(f"tilted {state.tilt_rad:.2f} rad, limit {self._settings.max_tilt_rad:.2f}")
            return "fallen"
        if not asked.is_finite:
            return f"command isn't finite: {asked}"
        if not state.pose.is_finite or not state.twist.is_finite or state.tilt_rad != state.tilt_rad:
            return f"odometry isn't finite: {state.pose}"
        if now_s - state.time_s > limit_s:
            return f"robot state is {now_s - state.time_s:.2f} s old, limit {limit_s:.2f}"
        if state.scan is not None and now_s - state.scan.time_s > limit_s:
            return f"range scan is {now_s - state.scan.time_s:.2f} s old, limit {limit_s:.2f}"
        return ""

    def _allowed(self, asked: Twist, state: RobotState, now_s: float) -> Verdict:
        dt_s = self._default_dt_s if self._before_s is None else now_s - self._before_s
        # A long pause must not allow one large jump.
        dt_s = min(max(dt_s, 0.0), 2 * self._default_dt_s)
        limited, reasons = self._limiter.apply(asked, self._before, dt_s)
        sent, cause = self._zones.apply(limited, state.scan)
        if cause:
            return Verdict(sent, "zones", cause, (*reasons, f"zones: {cause}"))
        if sent is not limited:
            reasons = (*reasons, "zones: slow")
        return Verdict(sent, "", "", reasons)
