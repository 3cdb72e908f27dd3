"""From a world request to a driver: options first, then the scene, and habitat-sim last, as it's the dearest to ask."""

from __future__ import annotations

import math

import attrs

from navila_habitat.camera import sensors_of
from navila_habitat.driver import GlidingDriver, HabitatDriver, SteppedDriver
from navila_habitat.floor import floor_of, sketched
from navila_habitat.frames import Triple, from_world, rotation_of, to_world
from navila_habitat.ground import provide_navmesh
from navila_habitat.keeper import KEEPER
from navila_habitat.module import Habitat, habitat
from navila_habitat.navmesh import plan_navmesh
from navila_habitat.options import PATH, HabitatOptions, Motion, StandingOn
from navila_habitat.place import Place, cache_folder, find_place
from navila_habitat.probe import ANY_CARD, drawing_card
from navila_habitat.setup import Setup
from navila_habitat.simulation import Simulation
from navila_sdk.errors import CapabilityError, ConfigError, SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest

SLACK_M = 0.15
"""How far off the navmesh a start may be; it's moved onto it."""
STOREY_M = 0.5
"""How far above or below the floor that was told the navmesh may lie; habitat-sim's own bound."""
_CELL_M = 0.05
_HIGHEST_M = 0.25  # a navmesh over its floor: Habitat's cells are 20 cm high; more is another floor than was told
_EXACT_M = 1e-3  # habitat-sim's numbers have 32 bits


def build(request: WorldRequest, fidelities: tuple[str, ...]) -> HabitatDriver:
    """Return the driver; ``navila_habitat.make`` lists the errors."""
    fidelity = request.fidelity or fidelities[0]
    if fidelity not in fidelities:
        raise CapabilityError(
            f"the world 'habitat' has no fidelity {fidelity!r:.60}; it offers: {', '.join(fidelities)}"
        )
    if request.locomotion is not None:
        raise ConfigError(
            f"locomotion {request.locomotion!r:.60} was asked for, and a body in Habitat has no legs to move; "
            "leave it out"
        )
    options = read_options(HabitatOptions, request.options, PATH)
    modules = habitat()
    cache = cache_folder(options)
    place = find_place(request.scene, options, cache)
    body = request.embodiment
    setup = Setup(
        load=place.load,
        dataset=options.dataset,
        sensors=sensors_of(options.camera(body.camera), depth=options.depth, semantic=options.semantic),
        navmesh=plan_navmesh(place.file, place.up, body.footprint, options, cache),
        sliding=options.sliding,
        forward_m=options.forward_step_m,
        turn_deg=options.turn_step_deg,
        gpu=_card(options),
        mesh_bytes=place.file.stat().st_size if place.scene is not None else None,
    )
    simulation = KEEPER.take(setup, request.seed, lambda waiting: _opened(modules, setup, request.seed, waiting))
    try:
        scene = _started(place, options, simulation)
        kind = SteppedDriver if options.motion is Motion.DISCRETE else GlidingDriver
        return kind(body, scene, options, simulation)
    except BaseException:
        KEEPER.give_back(simulation, keep=False)
        raise


def _card(options: HabitatOptions) -> int:
    if options.probe:
        return drawing_card(options.gpu)
    return ANY_CARD if options.gpu is None else options.gpu


def _opened(modules: Habitat, setup: Setup, seed: int, waiting: Simulation | None) -> Simulation:
    simulation = waiting or Simulation(modules, setup, seed)
    try:
        if waiting is not None:
            waiting.become(setup, seed)
        provide_navmesh(simulation)
    except BaseException:
        simulation.close()
        raise
    return simulation


def _started(place: Place, options: HabitatOptions, simulation: Simulation) -> Scene:
    """Put the body at the start, and return the scene with the start it was really put at."""
    pose = Pose2(*options.start) if options.start else place.scene.start if place.scene is not None else None
    if pose is not None and not pose.is_finite:
        raise SceneError(f"the robot can't start at {pose}: every number must be finite")
    if pose is None:
        found, yaw_rad = simulation.somewhere(), 0.0
        if found is None:
            raise SceneError(f"{place.load}: its navmesh has no point to start at; take a smaller body")
    else:
        found, yaw_rad = _on_navmesh(pose, _floor_m(place, options), simulation), pose.yaw_rad
    simulation.lift_m = _lift_m(found[1], place, options)
    simulation.put(found, rotation_of(yaw_rad))
    x_m, y_m, _ = from_world(found)
    start = Pose2(x_m, y_m, yaw_rad)
    if place.scene is not None:
        return attrs.evolve(place.scene, start=start)
    radius_m = simulation.setup.navmesh.body.radius_m
    return sketched(simulation.setup.name, floor_of(simulation, found[1], _CELL_M, radius_m), start)


def _lift_m(navmesh_m: float, place: Place, options: HabitatOptions) -> float:
    """Return how far the sensors go down from where Habitat's body would have them; 0 where no floor is known."""
    floor_m = _floor_m(place, options)
    if floor_m is None or options.camera_over is StandingOn.NAVMESH:
        return 0.0
    lift_m = navmesh_m - floor_m
    return lift_m if 0 <= lift_m <= _HIGHEST_M else 0.0


def _floor_m(place: Place, options: HabitatOptions) -> float | None:
    return place.floor_m if options.start_height_m is None else options.start_height_m


def _on_navmesh(pose: Pose2, floor_m: float | None, simulation: Simulation) -> Triple:
    """Return the point of the navmesh to start at.

    Raises:
        SceneError: None is near the pose.
    """
    height_m = float(simulation.finder.get_bounds()[0][1]) if floor_m is None else floor_m
    wanted = to_world(pose.x_m, pose.y_m, height_m)
    found = simulation.snapped(wanted)
    off_m = math.inf if found is None else math.hypot(found[0] - wanted[0], found[2] - wanted[2])
    above_m = 0.0 if found is None or floor_m is None else found[1] - floor_m
    if found is None or off_m > SLACK_M or abs(above_m) > STOREY_M:
        near = "none is near" if found is None else f"the nearest point of it is {off_m:.2f} m away, {above_m:.2f} m up"
        raise SceneError(
            f"the robot can't start at x={pose.x_m:g} y={pose.y_m:g}, floor at {height_m:g} m, in "
            f"{simulation.setup.name}: that is off the navmesh, {near}. Start elsewhere (worlds.habitat.start, "
            "start_height_m), or take a smaller body (agent_radius_m)"
        )
    return found if off_m > _EXACT_M else (wanted[0], found[1], wanted[2])
