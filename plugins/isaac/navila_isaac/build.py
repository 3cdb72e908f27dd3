"""From a world request to a driver. What is cheap to check comes first; Isaac starts when nothing else can be wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable

import attrs

from navila_isaac import FIDELITIES, app, requirements
from navila_isaac.blocks import Lamp
from navila_isaac.cameras import CameraPlan, camera_plan
from navila_isaac.driver import FilmedDriver, IsaacDriver, Pace
from navila_isaac.gliding import Glider
from navila_isaac.ground_sense import GroundSense, ground_sense
from navila_isaac.options import PATH, WorldOptions
from navila_isaac.places import Place, find_place
from navila_isaac.rays import fan, lidar_bundle
from navila_isaac.robot_model import robot_model
from navila_isaac.servos import RobotPlan
from navila_isaac.simulator import Figure, Simulator, WorldPlan
from navila_isaac.timing import timing_of
from navila_isaac.walking import Walker
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.geometry import Pose2
from navila_sdk.locomotion.choose import locomotion_policy
from navila_sdk.locomotion.controller import check_joints
from navila_sdk.locomotion.policy import Policy
from navila_sdk.scenes.ground import highest_under_m
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest

_FIGURE_TOP = 1.2
MAX_SEED = 2**32
"""NumPy's, which Isaac Lab seeds along."""
_UNDER_CAMERA_M = 0.1
_WALKERS_ONLY = ("robot", "base_link", "effort_limit_nm")


@attrs.frozen(slots=True)
class Ready:
    """Everything a request comes to, before a simulator is there.

    Attributes:
        request: What was asked.
        options: The world's.
        place: Where.
        plan: What the simulator has to build.
        policy: What walks; None moves a figure.
        ground: What makes its height maps; None where it sees none.
    """

    request: WorldRequest
    options: WorldOptions
    place: Place
    plan: WorldPlan
    policy: Policy | None = None
    ground: GroundSense | None = None


def build(request: WorldRequest) -> IsaacDriver:
    """Return the driver; ``navila_isaac.make`` lists the errors."""
    ready = prepare(request)
    app.check_free()
    requirements.check()
    app.ensure_app(app.AppSettings(ready.options.device, ready.options.headless, ready.options.fast_shutdown))
    from navila_isaac.sim.world import IsaacSimulator

    return assemble(ready, IsaacSimulator)


def prepare(request: WorldRequest) -> Ready:
    """Return what a request comes to; nothing of Isaac is needed for that."""
    fidelity = request.fidelity or FIDELITIES[0]
    if fidelity not in FIDELITIES:
        raise CapabilityError(f"the world 'isaac' has no fidelity {fidelity!r:.60}; it offers: {', '.join(FIDELITIES)}")
    options = read_options(WorldOptions, request.options, PATH)
    place = find_place(request.scene, options)
    return _walker(request, options, place) if fidelity == "physics" else _figure(request, options, place)


def _walker(request: WorldRequest, options: WorldOptions, place: Place) -> Ready:
    body = request.embodiment
    model = robot_model(body, options)
    policy = locomotion_policy(body, request.locomotion)
    if model.joints is not None:
        check_joints(policy, model.joints)
    spec = policy.card.height_map
    ground = ground_sense(body, spec, options.height_map) if spec is not None else None
    robot = RobotPlan(model, policy.card, options.servo, options.effort_limit_nm)
    plan = _plan(request, options, place, robot, policy, ground)
    return Ready(request, options, place, plan, policy, ground)


def _figure(request: WorldRequest, options: WorldOptions, place: Place) -> Ready:
    body, box = request.embodiment, request.embodiment.footprint
    if request.locomotion is not None:
        raise ConfigError(
            f"locomotion {request.locomotion!r:.60} was asked for, and a kinematic body has no legs to move; add: "
            "--fidelity physics"
        )
    for name in _WALKERS_ONLY:
        if getattr(options, name):
            raise ConfigError(f"{PATH}.{name} is for walking bodies; add: --fidelity physics")
    if place.scene.ground:
        raise CapabilityError(
            f"the scene {place.scene.name!r:.80} has ground to climb, and a kinematic body knows only a flat floor; "
            "add: --fidelity physics"
        )
    # The camera must not look out of the box that stands for the body.
    top_m = min(_FIGURE_TOP * body.base_height_m, body.camera.z_m - _UNDER_CAMERA_M)
    tall_m = max(top_m - box.clearance_m, 0.02)
    middle_m = box.clearance_m + tall_m / 2
    figure = Figure((box.length_m, box.width_m, tall_m), body.base_height_m - middle_m)
    return Ready(request, options, place, _plan(request, options, place, figure, None, None))


def _plan(
    request: WorldRequest,
    options: WorldOptions,
    place: Place,
    robot: RobotPlan | Figure,
    policy: Policy | None,
    ground: GroundSense | None,
) -> WorldPlan:
    body = request.embodiment
    camera = camera_plan(body.camera, body.base_height_m, options.picture_px)
    bundles = [fan(body)]
    if body.lidar is not None:
        bundles.append(lidar_bundle(body.lidar, body.base_height_m))
    if ground is not None:
        bundles.append(ground.bundle)
    return WorldPlan(
        timing=timing_of(options, policy),
        holds=place.holds,
        lamps=tuple(_held(lamp, camera) for lamp in place.lamps),
        body=robot,
        camera=camera,
        bundles=tuple(bundles),
        device=options.device,
        rendering=options.rendering,
        seed=request.seed % MAX_SEED,
        overview_px=options.overview_px,
    )


def _held(lamp: Lamp, camera: CameraPlan) -> Lamp:
    """Return a lamp at its place; one that's carried sits right over the camera, so that its shadows hide."""
    if lamp.kind != "hand":
        return lamp
    x, y, z = camera.position_m
    return attrs.evolve(lamp, position_m=(x, y, z + 0.1))


def assemble(ready: Ready, simulate: Callable[[WorldPlan], Simulator]) -> IsaacDriver:
    """Return the driver of a world that ``simulate`` builds; the world is claimed until it's closed.

    Raises:
        SceneError: The robot would start inside something.
        PolicyError: The card names joints the body doesn't have.
    """
    simulator = simulate(ready.plan)
    try:
        driver = FilmedDriver if ready.options.overview_px else IsaacDriver
        timing = ready.plan.timing
        body, scene = ready.request.embodiment, ready.place.scene
        if ready.policy is None:
            mover = Glider(simulator, body, timing.step_s, timing.substeps)
        else:
            ground_m = functools.partial(_ground_m, scene, body)
            mover = Walker(simulator, ready.policy, timing, ground_m, ready.ground)
        made = driver(body, scene, simulator, mover, Pace(timing.step_s, ready.options.scan_period_s))
    except BaseException:
        simulator.close()
        raise
    app.claim(made)
    return made


def _ground_m(scene: Scene, body: Embodiment, pose: Pose2) -> float:
    """Return the height of the highest ground under the standing footprint."""
    box = body.footprint
    return highest_under_m(scene, pose, box.length_m, box.width_m)
