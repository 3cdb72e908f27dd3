"""habitat_sim and magnum themselves as types, and how they are imported: late, and only in a version that is known."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

import attrs

from navila_habitat import api
from navila_habitat.faults import INSTALL, UnsupportedVersionError
from navila_sdk.errors import MissingDependencyError

SUPPORTED = "0.3"
_QUIET = ("HABITAT_SIM_LOG", "MAGNUM_LOG")


class SensorTypes(Protocol):
    """What a sensor can see."""

    COLOR: Any
    DEPTH: Any
    SEMANTIC: Any


class SensorSubTypes(Protocol):
    """How it projects."""

    PINHOLE: Any


class Physics(Protocol):
    """``habitat_sim.physics``."""

    def VelocityControl(self) -> api.VelocityControl:  # noqa: N802 - habitat-sim's own name
        """Return velocities to set."""
        ...


class HabitatSim(Protocol):
    """``habitat_sim``."""

    __version__: str
    physics: Physics
    SensorType: SensorTypes
    SensorSubType: SensorSubTypes

    def SimulatorConfiguration(self) -> api.SimulatorConfiguration:  # noqa: N802
        """Return settings to fill in."""
        ...

    def AgentConfiguration(self) -> api.AgentConfiguration:  # noqa: N802
        """Return a body to fill in."""
        ...

    def ActuationSpec(self, amount: float) -> object:  # noqa: N802
        """Return how far an action goes."""
        ...

    def ActionSpec(self, name: str, actuation: object) -> object:  # noqa: N802
        """Return an action."""
        ...

    def CameraSensorSpec(self) -> api.SensorSpec:  # noqa: N802
        """Return a sensor to fill in."""
        ...

    def NavMeshSettings(self) -> api.NavMeshSettings:  # noqa: N802
        """Return how a navmesh is computed."""
        ...

    def ShortestPath(self) -> api.ShortestPath:  # noqa: N802
        """Return a question to the path finder."""
        ...

    def AgentState(self, position: api.Point, rotation: Sequence[float]) -> api.AgentState:  # noqa: N802
        """Return a place for a body."""
        ...

    def RigidState(self, rotation: api.Quaternion, translation: api.Vector) -> api.RigidState:  # noqa: N802
        """Return a pose."""
        ...

    def Configuration(  # noqa: N802
        self, sim_cfg: api.SimulatorConfiguration, agents: Sequence[api.AgentConfiguration]
    ) -> object:
        """Return the two together."""
        ...

    def Simulator(self, config: object) -> api.Simulator:  # noqa: N802
        """Open a scene."""
        ...


class Magnum(Protocol):
    """``magnum``, which comes with habitat-sim."""

    def Vector3(self, x: float, y: float, z: float) -> api.Vector:  # noqa: N802
        """Return a vector."""
        ...

    def Quaternion(self, vector: api.Vector, scalar: float) -> api.Quaternion:  # noqa: N802
        """Return a quaternion."""
        ...


@attrs.frozen(slots=True)
class Habitat:
    """Both modules.

    Attributes:
        sim: ``habitat_sim``.
        magnum: ``magnum``.
    """

    sim: HabitatSim
    magnum: Magnum


_OLDER: Mapping[str, str] = {
    "0.1": "it has no CameraSensorSpec and no physics by object",
    "0.2": "it was never held against this plugin's names",
}


def habitat() -> Habitat:
    """Import habitat_sim and magnum.

    Raises:
        MissingDependencyError: One isn't installed, or is broken.
        UnsupportedVersionError: habitat_sim is of another version than 0.3.
    """
    for name in _QUIET:
        os.environ.setdefault(name, "quiet")  # its log goes to standard output, where commands print JSON
    try:
        sim = cast("HabitatSim", importlib.import_module("habitat_sim"))
        magnum = cast("Magnum", importlib.import_module("magnum"))
    except ImportError as error:
        missing = (error.name or "").split(".")[0] in {"habitat_sim", "magnum"}
        found = "which isn't installed" if missing else f"which can't be imported: {error}"
        raise MissingDependencyError(
            f"the world 'habitat' needs habitat_sim, {found}. The package index has no build of it; in a conda "
            f"environment with Python 3.11: {INSTALL}; or build 0.3.4 from source, as docs/habitat.md has it"
        ) from error
    version = str(getattr(sim, "__version__", "unknown"))
    if ".".join(version.split(".")[:2]) != SUPPORTED:
        older = _OLDER.get(".".join(version.split(".")[:2]), "its interface isn't known")
        raise UnsupportedVersionError(
            f"the world 'habitat' speaks habitat_sim {SUPPORTED}; {version} is installed, and {older}. Take: {INSTALL}"
        )
    return Habitat(sim, magnum)
