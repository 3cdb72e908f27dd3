"""From what a robot says of its pose to the SDK's state; every vendor's robots share it."""

from navila_sdk.hardware.odometry import Lateness, Odometry, Reading, tilt_of, yaw_of

__all__ = ["Lateness", "Odometry", "Reading", "tilt_of", "yaw_of"]
