"""From a world request to a driver: options first, as they are the cheapest to check."""

from __future__ import annotations

from navila_mujoco.camera import RayCamera
from navila_mujoco.driver import KinematicDriver
from navila_mujoco.eye import Eye
from navila_mujoco.options import PATH, Renderer, WorldOptions
from navila_mujoco.scene_driver import SceneDriver
from navila_mujoco.sight import Sight
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.mesh.place import check_on_floor
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest


def build(request: WorldRequest, fidelities: tuple[str, ...]) -> SceneDriver:
    """Return the driver; ``navila_mujoco.make`` lists the errors."""
    fidelity = request.fidelity or fidelities[0]
    if fidelity not in fidelities:
        raise CapabilityError(
            f"the world 'mujoco' has no fidelity {fidelity!r:.60}; it offers: {', '.join(fidelities)}"
        )
    options = read_options(WorldOptions, request.options, PATH)
    scene = load_scene(request.scene)
    check_on_floor(scene)
    sight = Sight(scene, ceiling=options.ceiling)
    eye = _eye(request.embodiment, scene, options, sight)
    try:
        if fidelity == "physics":
            from navila_mujoco.physics.driver import PhysicsDriver

            return PhysicsDriver(request.embodiment, scene, options, request.seed, eye, sight, request.locomotion)
        if request.locomotion is not None:
            raise ConfigError(
                f"locomotion {request.locomotion!r:.60} was asked for, and a kinematic body has no legs to move; "
                "add: --fidelity physics"
            )
        return KinematicDriver(request.embodiment, scene, options, request.seed, eye, sight)
    except BaseException:
        eye.close()
        raise


def _eye(embodiment: Embodiment, scene: Scene, options: WorldOptions, sight: Sight) -> Eye:
    camera = embodiment.camera
    size_px = options.picture_px or (camera.width_px, camera.height_px)
    if options.renderer is Renderer.RAYS:
        return RayCamera(camera, sight, size_px)
    if scene.mesh is not None:
        raise ConfigError("the renderer 'gl' doesn't draw mesh scenes; use renderer = \"rays\"")
    from navila_mujoco.gl import GlCamera

    return GlCamera(camera, scene, sight, size_px)
