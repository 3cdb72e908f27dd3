"""MuJoCo's own warnings, sent to Python's log: left to itself it writes a file MUJOCO_LOG.TXT wherever one works."""

from __future__ import annotations

import logging

import mujoco

_log = logging.getLogger("navila_mujoco")


def to_log() -> None:
    """Send warnings to the logger ``navila_mujoco`` from now on; a handler that somebody else set stays."""
    if mujoco.get_mju_user_warning() is None:
        mujoco.set_mju_user_warning(_tell)


def _tell(text: str) -> None:
    _log.warning("MuJoCo: %s", text.strip())
