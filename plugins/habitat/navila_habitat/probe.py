"""Finds out whether OpenGL works before habitat-sim does: without a context, its C++ ends the whole process.

Another process opens an empty scene and draws a picture of four pixels. That takes seconds, once in each process.
"""

from __future__ import annotations

import functools
import subprocess
import sys

from navila_habitat.faults import RenderError

_TIMEOUT_S = 120.0
_DRAWING = """
import sys
import habitat_sim
backend = habitat_sim.SimulatorConfiguration()
backend.scene_id = "NONE"
backend.gpu_device_id = int(sys.argv[1])
eye = habitat_sim.CameraSensorSpec()
eye.uuid = "rgb"
eye.sensor_type = habitat_sim.SensorType.COLOR
eye.resolution = [2, 2]
body = habitat_sim.AgentConfiguration()
body.sensor_specifications = [eye]
simulator = habitat_sim.Simulator(habitat_sim.Configuration(backend, [body]))
simulator.get_sensor_observations()
simulator.close()
"""


@functools.cache
def check_rendering(gpu: int) -> None:
    """Make sure that habitat-sim can draw here.

    Args:
        gpu: Which graphics card draws.

    Raises:
        RenderError: It can't; what it said is in the message.
    """
    try:
        found = subprocess.run(
            [sys.executable, "-c", _DRAWING, str(gpu)], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise RenderError(f"habitat-sim didn't draw a picture within {_TIMEOUT_S:g} s; {_remedy()}") from None
    if found.returncode != 0:
        said = [line.strip() for line in (found.stderr + found.stdout).splitlines() if line.strip()]
        raise RenderError(
            f"habitat-sim can't draw here (exit {found.returncode}): {' | '.join(said[-2:])[-300:]}; {_remedy()}"
        )


def _remedy() -> str:
    return (
        "on a machine without a screen it takes a headless build and EGL (libegl1 and the graphics card's driver); "
        "another card: --set worlds.habitat.gpu=1; to skip this check: --set worlds.habitat.probe=false"
    )
