"""What a robot says of itself at joint level: IMU and joints from LowState, where it is from a topic of odometry.

LowState comes five hundred times a second and is decoded in Python: so it's not taken as it comes, but the freshest
one when somebody asks.
"""

from __future__ import annotations

import collections
import math
import threading
import time
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.clock import WallClock
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.odometry import Reading, tilt_of, yaw_of
from navila_sdk.locomotion.senses import Senses
from navila_unitree import sdk
from navila_unitree.clouds import Rotation, levelling
from navila_unitree.feed import Feed
from navila_unitree.low.order import MotorOrder
from navila_unitree.low.state import TOPIC, Felt, mismatch, read_state

WINDOW_S = 0.1


@attrs.frozen(slots=True)
class Place:
    """Where the base is in odometry.

    Attributes:
        pose: Seen from above.
        height_m: Of its origin.
    """

    pose: Pose2
    height_m: float


class LowSenses:
    """Hears a robot at joint level.

    Args:
        order: Its motors.
        odometry: The topic of its odometry (nav_msgs Odometry).
        clock: The driver's clock.
    """

    def __init__(self, order: MotorOrder, odometry: str, clock: WallClock) -> None:
        self._order, self._clock = order, clock
        self._lock = threading.Lock()
        self._felt: Arrival[Felt] | None = None
        self._recent: collections.deque[tuple[float, Place]] = collections.deque()
        self.level: Rotation = levelling(1.0, 0.0, 0.0, 0.0)
        self.wrong = ""
        """Why what is heard can't be this robot; "" while it can."""
        self._subscriber = sdk.module("core.channel").ChannelSubscriber(TOPIC, sdk.message("unitree_go").LowState_)
        self._subscriber.Init(None, 0)
        self._reader: Any = self._subscriber._ChannelSubscriber__channel._Channel__reader._Reader__reader
        self._odometry: Feed[Place] = Feed(odometry, sdk.message("nav_msgs").Odometry_, self._read_odometry)

    @property
    def latest(self) -> Arrival[Reading] | None:
        """The freshest reading; as old as the older of its two parts."""
        felt, place = self.felt(), self._odometry.latest
        if felt is None or place is None:
            return None
        tilt = tilt_of(*felt.value.wxyz.tolist())
        wz = float(felt.value.angular_radps[2])
        reading = Reading(place.value.pose, wz, tilt, float(self._odometry.count), timed=False)
        return Arrival(reading, min(felt.time_s, place.time_s))

    @property
    def place(self) -> Place | None:
        """Where the base is; None before the first odometry."""
        arrival = self._odometry.latest
        return arrival.value if arrival else None

    @property
    def silent(self) -> str:
        """What isn't heard at all; "" where everything is."""
        if self._odometry.latest is None and self._felt is not None:
            return f"no odometry on {self._odometry.topic}; name its topic (nav_msgs Odometry): driver.odometry"
        return ""

    def felt(self) -> Arrival[Felt] | None:
        """Return the freshest low-level state and when it was first found; from any thread."""
        with self._lock:
            found: list[Any] = [] if self._reader is None else self._reader.take(1)
            for message in found:
                if getattr(message, "motor_state", None) is None:
                    continue
                if self._felt is None:
                    self.wrong = mismatch(message, self._order)
                elif int(message.tick) == self._felt.value.tick:
                    continue
                felt = read_state(message, self._order)
                self.level = levelling(*felt.wxyz.tolist())
                self._felt = Arrival(felt, time.monotonic())
            return self._felt

    def feel(self) -> Arrival[Senses] | None:
        """Return what a policy wants to know, and when the joints said it."""
        felt = self.felt()
        if felt is None:
            return None
        value = felt.value
        linear = self.level.T.astype(float) @ self._velocity()
        senses = Senses(
            self._clock.since(felt.time_s),
            value.position_rad,
            value.velocity_radps,
            value.wxyz,
            value.angular_radps,
            linear,
        )
        return Arrival(senses, felt.time_s)

    def wait(self, timeout_s: float) -> Arrival[Reading] | None:
        """Return the first reading; None where none came in time."""
        end_s = time.monotonic() + timeout_s
        while (found := self.latest) is None and time.monotonic() < end_s:
            time.sleep(0.02)
        return found

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        with self._lock:
            if self._reader is not None:
                self._reader = None
                sdk.dismiss(self._subscriber._ChannelSubscriber__channel._Channel__reader._Reader__reader)
                self._subscriber.Close()
        self._odometry.close()

    def _read_odometry(self, message: Any) -> Place:  # noqa: ANN401 - the SDK publishes no types
        at, turn = message.pose.pose.position, message.pose.pose.orientation
        place = Place(Pose2(at.x, at.y, yaw_of(turn.w, turn.x, turn.y, turn.z)), float(at.z))
        now_s = time.monotonic()
        self._recent.append((now_s, place))
        while len(self._recent) > 2 and now_s - self._recent[1][0] >= WINDOW_S:
            self._recent.popleft()
        return place

    def _velocity(self) -> NDArray[np.float64]:
        """Return the base's velocity (3,) in the heading frame, from the last places."""
        recent = list(self._recent)
        if len(recent) < 2 or recent[-1][0] - recent[0][0] < 1e-3:
            return np.zeros(3)
        (first_s, first), (last_s, last) = recent[0], recent[-1]
        yaw = first.pose.yaw_rad + wrap_angle(last.pose.yaw_rad - first.pose.yaw_rad) / 2
        dx, dy = last.pose.x_m - first.pose.x_m, last.pose.y_m - first.pose.y_m
        c, s = math.cos(yaw), math.sin(yaw)
        moved = np.array([c * dx + s * dy, c * dy - s * dx, last.height_m - first.height_m])
        return moved / (last_s - first_s)
