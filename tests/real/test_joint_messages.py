"""Motors by the vendor's numbers, LowCmd and LowState there and back, the checksum."""

from __future__ import annotations

import math
import platform

import navila_mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_go2.joints import ORDER as GO2
from navila_h1.joints import ORDER as H1
from navila_unitree import sdk
from navila_unitree.low.command import NO_POSITION, NO_VELOCITY, CommandWriter, read_command
from navila_unitree.low.crc import checksum, command_checksum
from navila_unitree.low.order import Motor, MotorOrder
from navila_unitree.low.state import Felt, base_from_imu, imu_from_base, mismatch, read_state, write_state

from navila_sdk.locomotion.drive import JointDrive
from navila_sdk.world import Jointed, WorldRequest
from tests.real.rig import needs_sdk

ORDERS = pytest.mark.parametrize("order", [GO2, H1], ids=["go2", "h1"])
numbers = st.floats(-3, 3, width=32)


def _values(order: MotorOrder, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, len(order.joints)).astype(np.float32).astype(float)


def test_the_vendors_numbers() -> None:
    place = dict(zip(GO2.joints, GO2.places.tolist(), strict=True))
    legs = [f"{leg}_{part}_joint" for leg in ("FR", "FL", "RR", "RL") for part in ("hip", "thigh", "calf")]
    assert [place[name] for name in legs] == list(range(12))
    place = dict(zip(H1.joints, H1.places.tolist(), strict=True))
    right = ("hip_roll", "hip_pitch", "knee")
    assert [place[f"right_{part}"] for part in right] == [0, 1, 2]
    assert [place[f"left_{part}"] for part in right] == [3, 4, 5]
    assert (place["torso"], place["left_hip_yaw"], place["right_hip_yaw"]) == (6, 7, 8)
    assert (place["left_ankle"], place["right_ankle"]) == (10, 11)
    arm = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
    assert [place[f"right_{part}"] for part in arm] == [12, 13, 14, 15]
    assert [place[f"left_{part}"] for part in arm] == [16, 17, 18, 19]
    assert H1.spare == (9,)
    modes = dict(zip(H1.places.tolist(), H1.modes, strict=True))
    assert [modes[place] for place in (0, 6, 8, 10, 11, 12, 19)] == [0x0A, 0x0A, 0x0A, 1, 1, 1, 1]


@ORDERS
@given(seed=st.integers(0, 1000))
def test_there_and_back(order: MotorOrder, seed: int) -> None:
    values = _values(order, seed)
    placed = order.to_vendor(values, spare=7.0)
    assert (order.from_vendor(placed) == values).all()
    assert all(placed[place] == 7.0 for place in order.spare)
    assert [placed[place] for place in order.places] == values.tolist()


@pytest.mark.parametrize(("robot", "order"), [("go2", GO2), ("h1", H1)])
def test_names_ends_and_model_agree(robot: str, order: MotorOrder) -> None:
    from tests.real.lockstep import BODIES

    world = navila_mujoco.make(WorldRequest(BODIES[robot][0], "empty", "physics"))
    assert isinstance(world, Jointed)
    names = np.array(world.joints)
    assert names[order.shuffle(world.joints)].tolist() == list(order.joints)
    for name, (low, high) in zip(order.joints, order.ends_rad, strict=True):
        assert world._walker.model.joint(f"robot/{name}").range == pytest.approx([low, high]), name  # type: ignore[attr-defined]


def test_an_order_that_cant_be() -> None:
    with pytest.raises(ValueError, match="a name and a place of its own"):
        MotorOrder([Motor("a", 0, 0, 1), Motor("b", 0, 0, 1)])
    with pytest.raises(ValueError, match="a name and a place of its own"):
        MotorOrder([Motor("a", 20, 0, 1)])
    with pytest.raises(ValueError, match="on one side only: a, b"):
        MotorOrder([Motor("a", 0, 0, 1)]).shuffle(["b"])


def _drive(order: MotorOrder, seed: int) -> JointDrive:
    parts = [_values(order, seed + i) for i in range(3)]
    return JointDrive(*parts, np.abs(_values(order, seed + 3)) * 60, np.abs(_values(order, seed + 4)) * 5)


@needs_sdk
@ORDERS
def test_a_command_there_and_back(order: MotorOrder) -> None:
    sent = _drive(order, 5)
    message = CommandWriter(order).fill(sent)
    heard = read_command(message, order)
    for name in ("position_rad", "velocity_radps", "torque_nm", "kp", "kd"):
        assert getattr(heard, name) == pytest.approx(getattr(sent, name), rel=1e-6), name
    assert message.head == [0xFE, 0xEF]
    assert message.level_flag == 0xFF
    for place in order.spare:
        motor = message.motor_cmd[place]
        assert (motor.q, motor.dq, motor.kp, motor.kd) == (NO_POSITION, NO_VELOCITY, 0.0, 0.0)
    assert message.crc == command_checksum(message)


@needs_sdk
def test_the_checksum_is_the_vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    crc = sdk.module("utils.crc")
    # The wheel lacks the library the vendor computes it with on Linux; its own loop in Python says the same.
    monkeypatch.setattr(platform, "system", lambda: "elsewhere")
    vendors = crc.CRC()
    for seed in range(8):
        message = CommandWriter(H1).fill(_drive(H1, seed))
        message.bandwidth, message.gpio, message.version = seed, 2 * seed, [seed, 7]
        assert command_checksum(message) == vendors.Crc(message)


def test_a_checksum_by_hand() -> None:
    """CRC-32/MPEG-2 of the words of "123456789abc" and of one zero word, by the published loop."""
    assert checksum(b"\0\0\0\0") == 0xC704DD7B
    crc = 0xFFFFFFFF
    data = b"123456789abc"
    for at in range(0, len(data), 4):
        crc ^= int.from_bytes(data[at : at + 4], "little")
        for _ in range(32):
            crc = ((crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    assert checksum(data) == crc


@needs_sdk
@given(byte=st.integers(0, 11), change=numbers)
def test_another_angle_has_another_checksum(byte: int, change: float) -> None:
    drive = _drive(GO2, 1)
    message = CommandWriter(GO2).fill(drive)
    before, motor = message.crc, message.motor_cmd[byte]
    same = np.float32(motor.q) == np.float32(motor.q + change)
    motor.q = float(np.float32(motor.q + change))
    assert same or command_checksum(message) != before


def _quaternion(yaw: float, pitch: float, roll: float) -> np.ndarray:
    a, b, c = yaw / 2, pitch / 2, roll / 2
    sa, ca, sb, cb, sc, cc = (f(v) for v in (a, b, c) for f in (math.sin, math.cos))
    return np.array(
        [
            cc * cb * ca + sc * sb * sa,
            sc * cb * ca - cc * sb * sa,
            cc * sb * ca + sc * cb * sa,
            cc * cb * sa - sc * sb * ca,
        ]
    )


@given(numbers, st.floats(-1, 1), st.floats(-1, 1), numbers, numbers, st.tuples(numbers, numbers, numbers))
def test_an_imu_above_the_waist(
    yaw: float, pitch: float, roll: float, angle: float, rate: float, angular: tuple[float, float, float]
) -> None:
    wxyz, base = _quaternion(yaw, pitch, roll), np.array(angular)
    seen, felt = imu_from_base(wxyz, base, angle, rate)
    back, again = base_from_imu(seen, felt, angle, rate)
    assert min(np.abs(back - wxyz).max(), np.abs(back + wxyz).max()) < 1e-9
    assert again == pytest.approx(base, abs=1e-9)


def test_an_imu_that_only_the_waist_turned() -> None:
    """The torso turns left on a level pelvis that stands: all of it is the waist's."""
    seen, felt = imu_from_base(_quaternion(0.2, 0, 0), np.zeros(3), 0.5, 0.3)
    assert seen == pytest.approx(_quaternion(0.7, 0, 0))
    assert felt == pytest.approx([0, 0, 0.3])
    # A pelvis that rolls forward is felt as a pitch by a torso turned by a quarter.
    _, felt = imu_from_base(_quaternion(0, 0, 0), np.array([0, 1.0, 0]), math.pi / 2, 0.0)
    assert felt == pytest.approx([1.0, 0, 0])


@needs_sdk
@ORDERS
def test_a_state_there_and_back(order: MotorOrder) -> None:
    felt = Felt(9, _quaternion(1, 0.2, -0.1), np.array([0.1, 0.2, 0.3]), *(_values(order, i) for i in range(3)))
    message = sdk.blank("unitree_go_msg_dds__LowState_")
    message.tick = 9
    write_state(message, order, felt)
    read = read_state(message, order)
    assert read.tick == 9
    for name in ("wxyz", "angular_radps", "position_rad", "velocity_radps", "torque_nm"):
        assert getattr(read, name) == pytest.approx(getattr(felt, name), abs=1e-9), name
    assert mismatch(message, order) == ""
    other = H1 if order is GO2 else GO2
    assert mismatch(message, other) != "", "the other robot's driver sees that it isn't its own"
