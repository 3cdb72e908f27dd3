"""What the robot says of its battery."""

from __future__ import annotations

from typing import Any

from navila_sdk.hardware.charge import check_charge
from navila_unitree import sdk
from navila_unitree.feed import Feed

TOPIC = "rt/lf/lowstate"


def check_battery(robot: str, least_percent: float, patience_s: float) -> None:
    """Refuse to begin with too little charge; a robot that doesn't say how much it has is let go.

    Raises:
        RobotRefusedError: The charge is below the least.
    """
    feed: Feed[Any] = Feed(TOPIC, sdk.message("unitree_go").LowState_, lambda state: state.bms_state.soc)
    try:
        arrival = feed.wait(patience_s)
    finally:
        feed.close()
    check_charge(robot, arrival.value if arrival else None, least_percent)
