"""The world ``isaac`` with MuJoCo where Isaac would be, as a record that can be connected to."""

from __future__ import annotations

from typing import Any

import attrs
import navila_isaac
from navila_go2 import embodiment as go2
from navila_isaac.build import assemble, prepare
from navila_isaac.driver import IsaacDriver

from navila_sdk.embodiment import Embodiment
from navila_sdk.scenes import Scene
from navila_sdk.world import WorldRequest
from tests.isaac.stand_in import StandIn


def make(request: WorldRequest) -> IsaacDriver:
    """Everything of the plugin but Isaac."""
    return assemble(prepare(request), StandIn)


record = attrs.evolve(navila_isaac.record, make=make)


def live(scene: Scene | str = "empty", body: Embodiment = go2, fidelity: str = "kinematic", **how: Any) -> IsaacDriver:
    known = {name: how.pop(name) for name in ("locomotion", "seed") if name in how}
    return make(WorldRequest(body, scene, fidelity, options=how, **known))
