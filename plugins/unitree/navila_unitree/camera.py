"""The camera of a real robot; every vendor's robots share it."""

from navila_sdk.hardware.camera import Camera, PictureSource, decoded

__all__ = ["Camera", "PictureSource", "decoded"]
