"""A simulated body in real time, in a thread of its own: commands come when they come, as on a robot."""

from __future__ import annotations

import threading
import time

import attrs

from navila_sdk.clock import WallClock
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import Observation, PointCloud, RangeScan, RobotState
from navila_sdk.scenes import Scene
from navila_sdk.world import SimulatedDriver


class LiveBody:
    """Implements ``world.Driver`` and ``Clocked`` on top of a simulated body.

    Args:
        body: What is stepped; owned from now on.
        hold_s: How long a command is held, as robots' own firmware does; then the body stands.
    """

    def __init__(self, body: SimulatedDriver, hold_s: float = 1.0) -> None:
        self.clock = WallClock()
        self.scene: Scene = body.scene
        self._body, self._hold_s = body, hold_s
        self._lock = threading.Lock()
        self._until_s = 0.0
        self._scans: tuple[RangeScan, RangeScan] | None = None
        self._state, self._ahead_s = self._look()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._live, name="navila-live-body", daemon=True)
        self._thread.start()

    def state(self) -> RobotState:
        """Return the state after the last step."""
        return self._state

    def observe(self) -> Observation:
        """Return the freshest frame."""
        with self._lock:
            seen = self._body.observe()
            return attrs.evolve(seen, time_s=seen.time_s + self._ahead_s)

    def cloud(self) -> PointCloud | None:
        """Return the freshest cloud, or None without a LiDAR."""
        with self._lock:
            seen = self._body.cloud()
        return None if seen is None else attrs.evolve(seen, time_s=seen.time_s + self._ahead_s)

    def true_pose(self) -> Pose2:
        """Return the pose in the scene's frame."""
        return self._body.true_pose()

    def send(self, twist: Twist) -> None:
        """Hold a command until the next one, or until it has been held long enough."""
        with self._lock:
            self._until_s = self.clock.now_s() + self._hold_s
            self._body.send(twist)

    def close(self) -> None:
        """Stop and let go; a second call does nothing."""
        if not self._done.is_set():
            self._done.set()
            self._thread.join(timeout=2.0)
            self._body.close()

    def _live(self) -> None:
        next_s = time.monotonic()
        while not self._done.is_set():
            with self._lock:
                if self.clock.now_s() > self._until_s:
                    self._body.send(ZERO_TWIST)
                self._body.advance()
                self._state, self._ahead_s = self._look()
            next_s = max(next_s + self._body.step_s, time.monotonic() - self._body.step_s)
            self._done.wait(max(next_s - time.monotonic(), 0.0))

    def _look(self) -> tuple[RobotState, float]:
        """Return the state on the wall clock, and how far that is ahead of the body's."""
        state, now_s = self._body.state(), self.clock.now_s()
        ahead_s = now_s - state.time_s
        scan = state.scan
        if scan is not None:
            if self._scans is None or self._scans[0] is not scan:
                self._scans = (scan, attrs.evolve(scan, time_s=scan.time_s + ahead_s))
            scan = self._scans[1]
        return attrs.evolve(state, time_s=now_s, scan=scan), ahead_s
