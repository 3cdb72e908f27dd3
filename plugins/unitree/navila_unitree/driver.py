"""A robot over DDS as the SDK's ``Driver``; every vendor's robots share it."""

from navila_sdk.hardware.driver import UNSENT_LIMIT, Latest, Legs, Parts, RobotDriver

__all__ = ["UNSENT_LIMIT", "Latest", "Legs", "Parts", "RobotDriver"]
