"""The gate: e-stop, trust, limiter, zones and fence in order. What it returns is what a driver may be sent."""

from __future__ import annotations

import threading

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.execution.safety.fence import Fence
from navila_sdk.execution.safety.limiter import Limiter
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.execution.safety.trust import Trust
from navila_sdk.execution.safety.zones import Zones
from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.observation import RobotState

ZONES_SLOW = "zones: slow"
FENCE_SLOW = "fence: slow"
"""Reasons of a verdict that let the body go on, slower."""


@attrs.frozen(slots=True)
class Verdict:
    """What the gate made of a command.

    Attributes:
        sent: The twist the driver may have.
        stage: Stage that stopped the robot ("" if none): "e-stop", "validity", "zones" or "fence".
        cause: Why, for people.
        reasons: Every cut, including the limiter's everyday ones.
        source: What a validity stop is about: "command", "state", "odometry", "scan" or "tilt".
    """

    sent: Twist
    stage: str = ""
    cause: str = ""
    reasons: tuple[str, ...] = ()
    source: str = ""


class SafetyGate:
    """Every command passes here; the e-stop latches until it is reset by hand. Thread-safe."""

    def __init__(self, embodiment: Embodiment, settings: SafetySettings) -> None:
        self._limiter = Limiter(embodiment.limits, settings)
        self._trust = Trust(embodiment.limits, settings)
        self._zones = Zones(embodiment, settings)
        self._fence = Fence(settings, embodiment.mapping.response_s)
        # Re-entrant: a signal's handler may latch the e-stop while its own thread is in here.
        self._lock = threading.RLock()
        self._estop_cause = ""
        self.estops = 0
        """How often the e-stop was latched so far."""
        self._before = ZERO_TWIST
        self._before_s: float | None = None
        self._default_dt_s = 1 / embodiment.control_hz

    @property
    def estop_cause(self) -> str:
        """Why the e-stop is latched; empty while it isn't."""
        return self._estop_cause

    @property
    def before(self) -> Twist:
        """What was allowed last."""
        return self._before

    def estop(self, cause: str) -> None:
        """Latch the e-stop; the first cause stays."""
        with self._lock:
            if not self._estop_cause:
                self._estop_cause = cause or "asked for"
                self.estops += 1

    def reset_estop(self) -> None:
        """Release the e-stop."""
        with self._lock:
            self._estop_cause = ""

    def halted(self, at: Twist = ZERO_TWIST) -> None:
        """Note that a lower twist than allowed was sent past the gate (watchdog, stop, close)."""
        with self._lock:
            self._before = at
            if at.is_zero:
                self._before_s = None
            self._limiter.forget()

    def judge(self, asked: Twist, state: RobotState, now_s: float) -> Verdict:
        """Return what may be sent for ``asked`` at time ``now_s``."""
        with self._lock:
            doubt = self._trust.doubt(asked, state, now_s)
            if doubt is not None and doubt.latches:
                self.estop(doubt.cause)
            if self._estop_cause:
                verdict = Verdict(ZERO_TWIST, "e-stop", self._estop_cause)
            elif doubt is not None:
                verdict = Verdict(ZERO_TWIST, "validity", doubt.cause, (f"validity: {doubt.cause}",), doubt.source)
            else:
                verdict = self._allowed(asked, state, now_s)
            if verdict.stage:
                self._limiter.forget()
            self._before, self._before_s = verdict.sent, now_s
            # Latched meanwhile by a signal's handler in this very thread.
            return verdict if not self._estop_cause else Verdict(ZERO_TWIST, "e-stop", self._estop_cause)

    def _allowed(self, asked: Twist, state: RobotState, now_s: float) -> Verdict:
        dt_s = self._default_dt_s if self._before_s is None else now_s - self._before_s
        # A long pause must not allow one large jump.
        dt_s = min(max(dt_s, 0.0), 2 * self._default_dt_s)
        limited, reasons = self._limiter.apply(asked, self._before, dt_s)
        age_s = max(now_s - state.scan.time_s, 0.0) if state.scan is not None else 0.0
        zoned, obstacle = self._zones.apply(limited, state.scan, self._before.speed_mps * age_s)
        sent, edge = self._fence.apply(zoned, state.pose)
        if obstacle or edge:
            stage, cause = ("zones", obstacle) if obstacle else ("fence", edge)
            return Verdict(sent, stage, cause, (*reasons, f"{stage}: {cause}"))
        if zoned is not limited:
            reasons = (*reasons, ZONES_SLOW)
        if sent is not zoned:
            reasons = (*reasons, FENCE_SLOW)
        return Verdict(sent, "", "", reasons)
