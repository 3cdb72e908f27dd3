"""Finds out which card OpenGL can draw with before habitat-sim does: without a context, its C++ ends the whole process.

Another process opens an empty scene with each card, in a child of its own, and draws four pixels of depth: for colour
habitat-sim would compute its light maps first, which takes 12 seconds and more of software rendering.
"""

from __future__ import annotations

import functools
import subprocess
import sys

from navila_habitat.faults import RenderError

ANY_CARD = -1
"""Not one of CUDA's cards by number: whatever EGL finds first."""
_TIMEOUT_S = 300.0
_DRAWING = """
import os
import sys
import habitat_sim

def draw(card):
    backend = habitat_sim.SimulatorConfiguration()
    backend.scene_id = "NONE"
    backend.gpu_device_id = card
    eye = habitat_sim.CameraSensorSpec()
    eye.uuid = "depth"
    eye.sensor_type = habitat_sim.SensorType.DEPTH
    eye.resolution = [2, 2]
    body = habitat_sim.AgentConfiguration()
    body.sensor_specifications = [eye]
    simulator = habitat_sim.Simulator(habitat_sim.Configuration(backend, [body]))
    simulator.get_sensor_observations()
    simulator.close()

for card in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        draw(int(card))
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(card)
        sys.exit(0)
sys.exit(1)
"""


@functools.cache
def drawing_card(gpu: int | None) -> int:
    """Return the card to draw with, after making sure that habitat-sim can draw with it.

    Args:
        gpu: The card that was asked for; None tries card 0, then whatever EGL finds first.

    Raises:
        RenderError: It can't; what it said is in the message.
    """
    cards = (0, ANY_CARD) if gpu is None else (gpu,)
    words = [sys.executable, "-c", _DRAWING, *map(str, cards)]
    try:
        found = subprocess.run(words, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise RenderError(f"habitat-sim didn't draw a picture within {_TIMEOUT_S:g} s; {_remedy()}") from None
    if found.returncode != 0:
        said = [line.strip() for line in (found.stderr + found.stdout).splitlines() if line.strip()]
        raise RenderError(
            f"habitat-sim can't draw here (exit {found.returncode}): {' | '.join(said[-2:])[-300:]}; {_remedy()}"
        )
    return int(found.stdout.split()[-1])


def _remedy() -> str:
    return (
        "on a machine without a screen it takes a headless build and EGL (libegl1, and the graphics card's driver or "
        "Mesa's libgl1-mesa-dri, which draws in software); whatever EGL finds first: --set worlds.habitat.gpu=-1; to "
        "skip this check: --set worlds.habitat.probe=false"
    )
