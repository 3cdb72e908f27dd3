"""The Go2's motors, and how it gets up by its joints.

Places: the vendor's SDK counts FR, FL, RR, RL. Ends: unitree_mujoco go2.xml. Stiffness on the way up and the crouch it
goes through: the vendor's go2 stand example (kp 60, kd 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_unitree.low.body import LowBody
from navila_unitree.low.order import Motor, MotorOrder

from navila_go2.sport_lie import lie_down
from navila_sdk.hardware.joint_pilot import Rise

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDER = "mcf"
"""The motion service of firmware from V1.1.6; the switcher names it."""
ODOMETRY = "rt/utlidar/robot_odom"


def _motors() -> Iterator[Motor]:
    for leg, name in enumerate(("FR", "FL", "RR", "RL")):
        thigh = (-1.5708, 3.4907) if name[0] == "F" else (-0.5236, 4.5379)
        ends = {"hip": (-1.0472, 1.0472), "thigh": thigh, "calf": (-2.7227, -0.83776)}
        for i, part in enumerate(("hip", "thigh", "calf")):
            yield Motor(f"{name}_{part}_joint", 3 * leg + i, *ends[part])


ORDER = MotorOrder(tuple(_motors()))
_CROUCH = {"hip": 0.0, "thigh": 1.36, "calf": -2.65}

LOW = LowBody(
    order=ORDER,
    rise=Rise(
        poses=({joint: _CROUCH[joint.split("_")[1]] for joint in ORDER.joints},),
        gains=dict.fromkeys(ORDER.joints, (60.0, 5.0)),
    ),
    damping=3.0,
    odometry=ODOMETRY,
    makes_map=True,
    settle_s=1.0,
    must="lay it on the floor, its legs folded under it, with a metre free around it",
    lie_down=lie_down,
)
