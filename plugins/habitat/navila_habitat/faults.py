"""Errors of this world that the core's tree has no name for."""

from __future__ import annotations

from navila_sdk.errors import MissingDependencyError, NavilaError

INSTALL = "conda install habitat-sim headless -c conda-forge -c aihabitat-nightly"
"""The channel whose builds are for the Python this SDK needs; ``headless`` is for machines without a screen.

The channel ``aihabitat`` had builds of 0.3.3 for Python 3.9 alone (habitat-sim's issue 2625, March 2026).
"""


class WorldClosedError(NavilaError):
    """The driver was closed; connect again."""


class InvalidTwistError(NavilaError, ValueError):
    """A commanded twist holds NaN or infinity; the safety chain should have caught it."""


class RenderError(NavilaError):
    """habitat_sim is installed, and OpenGL gives it no context to draw in."""


class SimulatorBusyError(NavilaError):
    """This process holds an open simulator; habitat-sim draws in one at a time."""


class UnsupportedVersionError(MissingDependencyError):
    """habitat_sim is installed in a version whose interface this plugin doesn't speak."""
