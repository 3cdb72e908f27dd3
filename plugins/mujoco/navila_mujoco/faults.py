"""Errors of this world that the core's tree has no name for."""

from __future__ import annotations

from navila_sdk.errors import NavilaError


class WorldClosedError(NavilaError):
    """The driver was closed; connect again."""


class InvalidTwistError(NavilaError, ValueError):
    """A commanded twist holds NaN or infinity; the safety chain should have caught it."""


class RenderError(NavilaError):
    """OpenGL is installed but gives no off-screen context."""
