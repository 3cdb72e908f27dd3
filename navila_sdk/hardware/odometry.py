"""From what a robot says of its pose to the SDK's state: origin at the start, velocity in the body frame.

The vendor doesn't say in which frame its velocity is; so it's taken from the poses themselves.
"""

from __future__ import annotations

import collections
import math

import attrs

from navila_sdk.errors import RobotError
from navila_sdk.geometry import Pose2, Twist, wrap_angle
from navila_sdk.observation import RangeScan, RobotState

WINDOW_S = 0.1
CLOCK_DRIFT = 2e-4
JUMP_M = 0.3
"""Odometry that moves further than this between two messages, beyond what the robot can run, has jumped."""
FASTEST_MPS = 4.0


@attrs.frozen(slots=True)
class Reading:
    """What a robot says of itself in one message.

    Attributes:
        pose: In its own odometry frame.
        wz_radps: Turn rate.
        tilt_rad: Angle between its up axis and gravity's.
        stamp_s: Its own clock, whatever that counts from; a message with the same stamp isn't new.
        mode: The vendor's number of its mode.
        timed: Whether the stamp is a time, so that lateness shows, or only a number.
    """

    pose: Pose2
    wz_radps: float
    tilt_rad: float
    stamp_s: float
    mode: int = 0
    timed: bool = True


def tilt_of(w: float, x: float, y: float, z: float) -> float:
    """Return the tilt of a quaternion: the angle between the body's z axis and the world's."""
    norm = w * w + x * x + y * y + z * z
    if not norm > 0:
        return math.nan
    return math.acos(min(1.0, max(-1.0, 1 - 2 * (x * x + y * y) / norm)))


def yaw_of(w: float, x: float, y: float, z: float) -> float:
    """Return the heading of a quaternion."""
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


class Lateness:
    """How late a message is, against the promptest one so far.

    Two clocks that nobody set can't say how long a message took, but they show when one takes longer than others.
    The promptest is forgotten slowly, as clocks drift.
    """

    def __init__(self) -> None:
        self._least_s: float | None = None
        self._seen_s = 0.0

    def of(self, stamp_s: float, arrived_s: float) -> float:
        """Return how much later than the promptest message this one came, in seconds."""
        took_s = arrived_s - stamp_s
        if self._least_s is not None:
            self._least_s += CLOCK_DRIFT * max(arrived_s - self._seen_s, 0.0)
        self._seen_s = arrived_s
        if self._least_s is None or took_s < self._least_s:
            self._least_s = took_s
        return took_s - self._least_s


class Odometry:
    """Turns readings into states; the first one is the origin."""

    def __init__(self) -> None:
        self._origin: Pose2 | None = None
        self._recent: collections.deque[tuple[float, Pose2]] = collections.deque()
        self._last: tuple[Reading, float] | None = None
        self._twist = Twist()
        self._lateness = Lateness()

    def place(self, reading: Reading) -> Pose2:
        """Return a reading's pose from the origin; the origin itself where it's no pose or there is no origin yet."""
        if self._origin is None or not reading.pose.is_finite:
            return Pose2()
        return self._origin.relative(reading.pose)

    def state(self, reading: Reading, arrived_s: float, scan: RangeScan | None) -> RobotState:
        """Return the state a reading stands for.

        Args:
            reading: The freshest one; the same one may be given again.
            arrived_s: When it arrived, on the robot driver's clock.
            scan: The freshest range scan.

        Raises:
            RobotError: The odometry jumped or isn't finite; where the robot is, nobody knows.
        """
        if self._last is None or reading.stamp_s != self._last[0].stamp_s:
            late_s = self._lateness.of(reading.stamp_s, arrived_s) if reading.timed else 0.0
            self._take(reading, arrived_s)
            self._last = (reading, arrived_s - late_s)
        reading, arrived_s = self._last
        origin = self._origin or reading.pose
        return RobotState(arrived_s, origin.relative(reading.pose), self._twist, False, reading.tilt_rad, scan)

    def _take(self, reading: Reading, arrived_s: float) -> None:
        if not reading.pose.is_finite:
            raise RobotError(
                f"the robot says its pose is {reading.pose.as_tuple()}; where it is, nobody knows: stopped; start again"
            )
        if self._origin is None:
            self._origin = reading.pose
        if self._recent:
            before_s, before = self._recent[-1]
            moved_m, possible_m = reading.pose.distance_m(before), FASTEST_MPS * max(arrived_s - before_s, 0.0)
            if moved_m > possible_m + JUMP_M:
                raise RobotError(
                    f"the robot's odometry jumped by {moved_m:.2f} m within {arrived_s - before_s:.2f} s; its pose "
                    "can't be trusted: stopped; start again"
                )
        self._recent.append((arrived_s, reading.pose))
        while len(self._recent) > 2 and arrived_s - self._recent[1][0] >= WINDOW_S:
            self._recent.popleft()
        self._twist = self._velocity(reading)

    def _velocity(self, reading: Reading) -> Twist:
        (first_s, first), (last_s, last) = self._recent[0], self._recent[-1]
        if last_s - first_s < 1e-3:
            return Twist(0.0, 0.0, reading.wz_radps)
        middle = Pose2(0.0, 0.0, first.yaw_rad + wrap_angle(last.yaw_rad - first.yaw_rad) / 2)
        moved = middle.relative(Pose2(last.x_m - first.x_m, last.y_m - first.y_m))
        dt_s = last_s - first_s
        return Twist(moved.x_m / dt_s, moved.y_m / dt_s, reading.wz_radps)
