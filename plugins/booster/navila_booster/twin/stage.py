"""A twin's life: the body steps in real time, its messages leave at their rates, its camera looks around.

The IMU is a little noisy, as every real one is: by that a driver tells a robot that stands from a message repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from navila_booster.twin import messages
from navila_booster.twin.loco import Loco
from navila_booster.twin.messages import Topic
from navila_booster.twin.options import TwinOptions
from navila_sdk.hardware.faults import Faults
from navila_sdk.hardware.outlet import Outlet
from navila_sdk.hardware.sight import Sight, encoded
from navila_sdk.hardware.twin_body import TwinBody
from navila_sdk.hardware.twin_life import TwinLife
from navila_sdk.twin import TwinRequest

SLOW_HZ = 10.0
NOISE = 1e-4
FULL_PERCENT = 90.0
READY, FALLEN = 0, 2


class Stage:
    """Runs a body with its topics.

    Args:
        request: What the twin is asked to be.
        options: How.
        body: The body.
        sight: Its eyes.
        faults: What shall go wrong.
        loco: Its motion service.
        write: Publishes a message on a topic.
    """

    def __init__(
        self,
        request: TwinRequest,
        options: TwinOptions,
        body: TwinBody,
        sight: Sight,
        faults: Faults,
        loco: Loco,
        write: Callable[[Topic, bytes], None],
    ) -> None:
        self._request, self._options, self._faults = request, options, faults
        self._body, self._sight, self._loco = body, sight, loco
        self._dice = random.Random(0)
        self._outlets = {
            topic: Outlet(lambda message, topic=topic: write(topic, message), faults)
            for topic in (
                messages.ODOMETER,
                messages.LOW_STATE,
                messages.FALL_DOWN,
                messages.BATTERY,
                messages.PICTURES,
            )
        }

    def serve(self, done: Callable[[], bool]) -> None:
        """Live until ``done()``."""
        life = TwinLife(
            (
                ("low", self._options.low_hz, self._say_low),
                ("slow", SLOW_HZ, self._say_slow),
                ("camera", self._options.camera_hz, self._say_picture),
            )
        )
        try:
            life.live(self._step, done)
        finally:
            self._request.tell("leaves", {"commands heard": self._body.heard, "steps behind": life.behind})

    def _step(self) -> float:
        self._loco.step()
        snapshot = self._body.step()
        pose = snapshot.odometry
        self._outlets[messages.ODOMETER].put(messages.odometer(pose.x_m, pose.y_m, pose.yaw_rad))
        self._request.tell("tick", snapshot.facts())
        return self._body.step_s

    def _say_low(self) -> None:
        now = self._body.snapshot
        exact = (0.0, now.tilt_rad, now.odometry.yaw_rad, 0.0, 0.0, now.twist.wz_radps, 0.0, 0.0, 9.81)
        said = [value + self._dice.gauss(0.0, NOISE) for value in exact]
        self._outlets[messages.LOW_STATE].put(messages.low_state(said[:3], said[3:6], said[6:]))

    def _say_slow(self) -> None:
        charge = self._faults.value("battery")
        self._outlets[messages.BATTERY].put(messages.battery(FULL_PERCENT if charge is None else charge))
        fallen = self._faults.on("fall")
        self._outlets[messages.FALL_DOWN].put(messages.fall_down(FALLEN if fallen else READY, fallen))

    def _say_picture(self) -> None:
        if self._faults.on("camera-gone"):
            return
        jpeg = encoded(np.zeros((48, 64, 3), np.uint8)) if self._faults.on("camera-black") else self._sight.jpeg()
        self._outlets[messages.PICTURES].put(messages.picture(jpeg, self._body.snapshot.time_s))
