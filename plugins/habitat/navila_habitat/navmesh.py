"""Which navmesh a scene is walked on, and what it's computed for where there is none: decisions without Habitat.

The order: a file that was named; the one beside the scene; one computed earlier, from the cache; a new one. One that is
there is taken as it is, whatever body it was made for, unless the options name a body: then its settings must fit.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs

from navila_habitat.api import NavMeshSettings
from navila_habitat.options import HabitatOptions, NavmeshFrom
from navila_sdk.embodiment import Footprint

_CLOSE = 1e-4


@attrs.frozen(slots=True)
class NavmeshBody:
    """What a navmesh is computed for.

    Attributes:
        radius_m: Kept from everything; Habitat rounds it up to whole cells.
        height_m: Needed above the floor.
        max_climb_m: Highest step.
        max_slope_deg: Steepest slope.
        cell_size_m: Grid.
    """

    radius_m: float
    height_m: float
    max_climb_m: float
    max_slope_deg: float
    cell_size_m: float

    def write(self, settings: NavMeshSettings) -> None:
        """Set Habitat's settings: its defaults, and this body."""
        settings.set_defaults()
        settings.agent_radius = self.radius_m
        settings.agent_height = self.height_m
        settings.agent_max_climb = self.max_climb_m
        settings.agent_max_slope = self.max_slope_deg
        settings.cell_size = self.cell_size_m

    def fits(self, settings: NavMeshSettings | None) -> bool:
        """Whether a navmesh with these settings was computed for this body; old files don't say."""
        if settings is None:
            return False
        pairs = (
            (settings.agent_radius, self.radius_m),
            (settings.agent_height, self.height_m),
            (settings.agent_max_climb, self.max_climb_m),
            (settings.agent_max_slope, self.max_slope_deg),
            (settings.cell_size, self.cell_size_m),
        )
        return all(abs(theirs - ours) < _CLOSE for theirs, ours in pairs)


@attrs.frozen(slots=True)
class NavmeshPlan:
    """Where to look for a navmesh, and what to do without one.

    Attributes:
        body: What a new one is computed for.
        strict: Whether one that is there must have been computed for that body.
        named: A file that must be taken; None for none.
        found: Files to try, in order.
        keep: Where a new one is written.
    """

    body: NavmeshBody
    strict: bool
    named: Path | None
    found: tuple[Path, ...]
    keep: Path


def body_of(footprint: Footprint, options: HabitatOptions) -> NavmeshBody:
    """Return what the navmesh is for: the options' body, or the circle around the footprint."""
    return NavmeshBody(
        radius_m=options.agent_radius_m or footprint.radius_m,
        height_m=options.agent_height_m or footprint.height_m,
        max_climb_m=options.max_climb_m,
        max_slope_deg=options.max_slope_deg,
        cell_size_m=options.cell_size_m,
    )


def plan_navmesh(scene: Path, up: str, footprint: Footprint, options: HabitatOptions, cache: Path) -> NavmeshPlan:
    """Return the plan for a scene's file.

    Args:
        scene: The mesh, or Habitat's own description of it.
        up: Its up axis.
        footprint: The body's.
        options: What was asked for.
        cache: Folder for computed ones.
    """
    body = body_of(footprint, options)
    beside = scene.with_name(f"{scene.name.split('.')[0]}.navmesh")
    cached = cache / f"{scene.name.split('.')[0]}-{_key(scene, up, body)}.navmesh"
    fresh = options.navmesh is NavmeshFrom.COMPUTED
    return NavmeshPlan(
        body=body,
        strict=fresh or options.agent_radius_m is not None or options.agent_height_m is not None,
        named=Path(options.navmesh_file) if options.navmesh_file else None,
        found=() if fresh else (beside, cached),
        keep=beside if options.save_beside else cached,
    )


def _key(scene: Path, up: str, body: NavmeshBody) -> str:
    """Return what tells one computed navmesh from another: the file as it is now, and the body."""
    try:
        stat = scene.stat()
        version = f"{stat.st_size}:{stat.st_mtime_ns}"
    except OSError:
        version = "none"
    told = f"{scene.resolve()}:{version}:{up}:{attrs.astuple(body)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]
