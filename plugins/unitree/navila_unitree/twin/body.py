"""The twin's body; every vendor's twins share it."""

from navila_sdk.hardware.twin_body import Snapshot, TwinBody

__all__ = ["Snapshot", "TwinBody"]
