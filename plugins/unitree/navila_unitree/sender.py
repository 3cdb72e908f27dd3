"""The thread that keeps the robot moving; every vendor's robots share it."""

from navila_sdk.hardware.sender import Sender, Sent

__all__ = ["Sender", "Sent"]
