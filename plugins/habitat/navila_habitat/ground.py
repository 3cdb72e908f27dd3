"""Makes sure there is a navmesh: reads the one that fits, or computes it and keeps it for the next time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from navila_habitat.simulation import Simulation
from navila_sdk.errors import SceneError


def provide_navmesh(simulation: Simulation) -> None:
    """Load or compute the navmesh that the setup's plan asks for.

    Raises:
        SceneError: A file that was named isn't one, or the scene has no floor that the body can stand on.
    """
    plan, finder = simulation.setup.navmesh, simulation.finder
    if plan.named is not None:
        if not (plan.named.is_file() and finder.load_nav_mesh(str(plan.named)) and finder.is_loaded):
            raise SceneError(f"worlds.habitat.navmesh_file: {plan.named} is no navmesh that habitat-sim reads")
        return
    for path in plan.found:
        if not path.is_file() or not finder.load_nav_mesh(str(path)) or not finder.is_loaded:
            continue
        if path == plan.found[-1] or not plan.strict or plan.body.fits(finder.nav_mesh_settings):
            return
    if not simulation.compute_navmesh() or finder.navigable_area <= 0:
        body = plan.body
        raise SceneError(
            f"{simulation.setup.name} has no floor for a body of radius {body.radius_m:.2f} m and height "
            f"{body.height_m:.2f} m; is its up axis right? Set worlds.habitat.up to 'y' or 'z', or take a smaller "
            "body: worlds.habitat.agent_radius_m"
        )
    _keep(simulation, plan.keep)


def _keep(simulation: Simulation, path: Path) -> None:
    """Write the navmesh whole, whoever else writes it at the same time; a folder that can't be written isn't fatal."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            draft = Path(folder) / path.name
            if simulation.finder.save_nav_mesh(str(draft)) and draft.is_file():
                os.replace(draft, path)
    except OSError:
        return
