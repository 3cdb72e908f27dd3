"""The guard's way to the joints: damping.

The vendor doesn't say that motors ever forget the last LowCmd, so somebody must damp what a dead driver made stiff.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from navila_sdk.hardware.bodyguard import Bodyguard
from navila_sdk.hardware.guard import Plan, Stop
from navila_sdk.locomotion.drive import JointDrive
from navila_unitree import domain, sdk
from navila_unitree.low.command import TOPIC, CommandWriter
from navila_unitree.low.order import Motor, MotorOrder

INSIST_S, INSIST_HZ = 2.0, 100.0


def bodyguard(place: domain.Place, order: MotorOrder, damping: float, late_s: float) -> Bodyguard:
    """Return a guard that damps the joints where this process dies or hangs.

    Args:
        place: Where the robot is.
        order: Its motors.
        damping: Of each joint, N m s/rad.
        late_s: Joints not told for so long are nobody's.
    """
    motors = list(zip(order.places.tolist(), order.modes, strict=True))
    given = {"place": attrs.asdict(place), "motors": motors, "damping": damping}
    # A driver that speaks again has given up by then, too; one that never spoke hasn't taken the joints.
    plan = Plan(late_s=late_s, insist_s=INSIST_S, insist_hz=INSIST_HZ, yields=False, always=False)
    return Bodyguard(f"{__name__}:{reach.__name__}", given, plan)


def reach(given: Mapping[str, Any], _: Callable[[], bool]) -> Stop:
    """Return what damps the joints.

    Raises:
        NavilaError: The vendor's SDK can't be used.
    """
    domain.enter(domain.Place(**given["place"]))
    order = MotorOrder([Motor(f"motor {place}", place, 0.0, 0.0, mode) for place, mode in given["motors"]])
    wire = sdk.Writer(TOPIC, sdk.message("unitree_go").LowCmd_)
    message = CommandWriter(order).fill(JointDrive.damping(np.full(len(order.joints), float(given["damping"]))))
    return lambda: wire(message)
