"""Errors of this world that the core's tree has no name for."""

from __future__ import annotations

from navila_sdk.errors import NavilaError, PolicyError


class WorldClosedError(NavilaError):
    """The driver was closed; connect again."""


class WorldBusyError(NavilaError):
    """Isaac holds one world in a process, and one is open."""


class InvalidTwistError(NavilaError, ValueError):
    """A commanded twist holds NaN or infinity; the safety chain should have caught it."""


class NoGpuError(NavilaError):
    """Isaac Sim needs an NVIDIA card, and this machine has none that a driver has found."""


class RateError(PolicyError):
    """A policy's period isn't a whole number of physics steps, or isn't the world's step."""


class RobotModelError(NavilaError):
    """The robot's model has another shape in the simulator than its file says."""
