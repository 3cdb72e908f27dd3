"""A twin's messages, as Booster's types: topic, type name and bytes.

Fields and their order are those of the vendor's headers (booster_robotics_sdk, include/booster/idl).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import attrs

from navila_booster.twin.cdr import Writer

MOTORS = 23
_MOTOR = struct.Struct("<B3x4fB3x3I")


@attrs.frozen(slots=True)
class Topic:
    """A topic's name and the name of its type."""

    name: str
    kind: str


def _own(name: str, kind: str) -> Topic:
    return Topic(name, f"booster_interface::msg::dds_::{kind}_")


REQUESTS = Topic("rt/LocoApiTopicReq", "booster_msgs::msg::dds_::RpcReqMsg_")
ANSWERS = Topic("rt/LocoApiTopicResp", "booster_msgs::msg::dds_::RpcRespMsg_")
ODOMETER = _own("rt/odometer_state", "Odometer")
LOW_STATE = _own("rt/low_state", "LowState")
FALL_DOWN = _own("rt/fall_down", "FallDownState")
BATTERY = _own("rt/battery_state", "BatteryState")
PICTURES = Topic("rt/booster/camera/color/image_raw/compressed", "sensor_msgs::msg::dds_::CompressedImage_")


def answer(uuid: str, header: str, body: str) -> bytes:
    """Return an answer to a request."""
    return Writer().text(uuid).text(header).text(body).done()


def odometer(x_m: float, y_m: float, yaw_rad: float) -> bytes:
    """Return where the robot believes it is."""
    return Writer().numbers("f", x_m, y_m, yaw_rad).done()


def low_state(rpy_rad: Sequence[float], gyro_radps: Sequence[float], acc_mps2: Sequence[float]) -> bytes:
    """Return IMU and motors; the joints rest."""
    motors = _MOTOR.pack(0, 0.0, 0.0, 0.0, 0.0, 35, 0, 0, 0) * MOTORS
    imu = Writer().numbers("f", *rpy_rad, *gyro_radps, *acc_mps2)
    return imu.block(motors, MOTORS).block(motors, MOTORS).done()


def fall_down(state: int, recoverable: bool) -> bytes:
    """Return whether it fell: 0 ready, 1 falling, 2 fallen, 3 getting up."""
    return Writer().numbers("I", state).numbers("?", recoverable).done()


def battery(charge_percent: float) -> bytes:
    """Return the battery's state: volts, amperes, per cent, average volts."""
    return Writer().numbers("f", 48.0, 3.0, charge_percent, 48.0).done()


def picture(jpeg: bytes, time_s: float) -> bytes:
    """Return a JPEG with its stamp."""
    whole = int(time_s)
    stamp = Writer().numbers("i", whole).numbers("I", int((time_s - whole) * 1e9))
    return stamp.text("camera_color_optical_frame").text("jpeg").block(jpeg).done()
