"""The H1's motors, and how it gets up by its joints.

Places and mode bytes: the vendor's h1 low-level example (strong motors 0x0A, weak ones 0x01). Ends: unitree_mujoco
h1.xml. The IMU sits in the torso, above the waist's motor (unitree_rl_gym, transform_imu_data).
"""

from __future__ import annotations

from navila_unitree.low.body import LowBody
from navila_unitree.low.order import Motor, MotorOrder

from navila_sdk.hardware.joint_pilot import Rise

HOLDER = "ai"
ODOMETRY = "rt/Odometry"
"""FAST-LIO's ROS topic /Odometry; the robot's own odometry goes with its walking service."""

_STRONG, _WEAK = 0x0A, 0x01
_LEGS = {
    "hip_yaw": ((7, 8), (-0.43, 0.43), _STRONG),
    "hip_roll": ((3, 0), (-0.43, 0.43), _STRONG),
    "hip_pitch": ((4, 1), (-3.14, 2.53), _STRONG),
    "knee": ((5, 2), (-0.26, 2.05), _STRONG),
    "ankle": ((10, 11), (-0.87, 0.52), _WEAK),
}
_ARMS = {
    "shoulder_pitch": ((16, 12), (-2.87, 2.87)),
    "shoulder_roll": ((17, 13), (-0.34, 3.11)),
    "shoulder_yaw": ((18, 14), (-1.3, 4.45)),
    "elbow": ((19, 15), (-1.25, 2.61)),
}


def _motors() -> list[Motor]:
    found = [Motor("torso", 6, -2.35, 2.35, _STRONG)]
    for part, (places, ends, mode) in _LEGS.items():
        found += [Motor(f"{side}_{part}", places[i], *ends, mode) for i, side in enumerate(("left", "right"))]
    for part, (places, (low, high)) in _ARMS.items():
        # What turns outwards turns the other way on the other side.
        mirrored = (-high, -low) if part in ("shoulder_roll", "shoulder_yaw") else (low, high)
        found.append(Motor(f"left_{part}", places[0], low, high, _WEAK))
        found.append(Motor(f"right_{part}", places[1], *mirrored, _WEAK))
    return sorted(found, key=lambda motor: motor.place)


ORDER = MotorOrder(_motors(), imu_joint="torso")

LOW = LowBody(
    order=ORDER,
    rise=Rise(pose_s=2.0),
    damping=8.0,
    odometry=ODOMETRY,
    makes_map=False,
    settle_s=10.0,
    must="hang it from its gantry with the feet on the floor, somebody at the winch who lowers it once it stands",
)
