"""LowCmd, both ways: what the joints are told, as the vendor's message with its checksum."""

from __future__ import annotations

from typing import Any

import numpy as np

from navila_sdk.locomotion.drive import JointDrive
from navila_unitree import sdk
from navila_unitree.low.crc import command_checksum
from navila_unitree.low.order import MOTORS, MotorOrder

TOPIC = "rt/lowcmd"
HEAD, LOW_LEVEL = (0xFE, 0xEF), 0xFF
NO_POSITION, NO_VELOCITY = 2.146e9, 16000.0
"""What the vendor writes into a motor's angle and rate that shall follow neither."""


class CommandWriter:
    """Fills one LowCmd again and again; not to be shared between threads.

    Args:
        order: The robot's motors.
    """

    def __init__(self, order: MotorOrder) -> None:
        self._order = order
        message: Any = sdk.blank("unitree_go_msg_dds__LowCmd_")
        message.head, message.level_flag, message.gpio = list(HEAD), LOW_LEVEL, 0
        for place in order.spare:
            motor = message.motor_cmd[place]
            motor.mode, motor.q, motor.dq = 0x01, NO_POSITION, NO_VELOCITY
        for place, mode in zip(order.places, order.modes, strict=True):
            message.motor_cmd[place].mode = mode
        self._message = message
        self._motors = [message.motor_cmd[place] for place in order.places]

    def fill(self, drive: JointDrive) -> Any:  # noqa: ANN401 - the SDK publishes no types
        """Return the message; it's the same object every time."""
        rows = zip(
            self._motors,
            drive.position_rad.tolist(),
            drive.velocity_radps.tolist(),
            drive.torque_nm.tolist(),
            drive.kp.tolist(),
            drive.kd.tolist(),
            strict=True,
        )
        for motor, q, dq, tau, kp, kd in rows:
            motor.q, motor.dq, motor.tau, motor.kp, motor.kd = q, dq, tau, kp, kd
        self._message.crc = command_checksum(self._message)
        return self._message


def read_command(message: Any, order: MotorOrder) -> JointDrive:  # noqa: ANN401 - the SDK publishes no types
    """Return what a LowCmd_ tells the joints, in the order's own order.

    A motor that is off, and one that shall follow no angle or no rate, has no stiffness or damping.
    """
    rows = np.array(
        [(motor.q, motor.dq, motor.tau, motor.kp, motor.kd, motor.mode) for motor in message.motor_cmd[:MOTORS]]
    )
    q, dq, tau, kp, kd, mode = (order.from_vendor(column) for column in rows.T)
    kp = np.where((mode == 0) | (np.abs(q) >= NO_POSITION / 2), 0.0, kp)
    kd = np.where((mode == 0) | (np.abs(dq) >= NO_VELOCITY / 2), 0.0, kd)
    return JointDrive(np.where(kp > 0, q, 0.0), np.where(kd > 0, dq, 0.0), np.where(mode == 0, 0.0, tau), kp, kd)
