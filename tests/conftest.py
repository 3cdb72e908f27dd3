"""Lets the OpenGL test draw without a screen, on machines that have EGL."""

import ctypes.util
import os

if ctypes.util.find_library("EGL"):
    # Read when the simulator is first imported, in whichever test that happens.
    os.environ.setdefault("MUJOCO_GL", "egl")
