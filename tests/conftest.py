"""Lets the OpenGL test draw without a screen where there is EGL; no property fails because a machine is slow."""

import ctypes.util
import os

from hypothesis import HealthCheck, settings

if ctypes.util.find_library("EGL"):
    # Read when the simulator is first imported, in whichever test that happens.
    os.environ.setdefault("MUJOCO_GL", "egl")

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
