"""Whether the battery lasts: an empty one lets a legged robot sink down on what stands below it."""

from __future__ import annotations

from navila_sdk.errors import RobotRefusedError
from navila_sdk.hardware.options import PATH


def check_charge(robot: str, charge_percent: float | None, least_percent: float) -> None:
    """Refuse to begin with too little charge; a robot that doesn't say how much it has is let go.

    Raises:
        RobotRefusedError: The charge is below the least.
    """
    if charge_percent is not None and charge_percent < least_percent:
        raise RobotRefusedError(
            f"{robot}'s battery has {charge_percent:.0f} % left, less than {PATH}.least_battery = {least_percent:g}; "
            "charge it"
        )
