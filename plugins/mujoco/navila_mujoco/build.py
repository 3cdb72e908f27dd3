"""From a world request to a driver: options first, as they are the cheapest to check."""

from __future__ import annotations

from navila_mujoco.camera import RayCamera
from navila_mujoco.driver import KinematicDriver
from navila_mujoco.eye import Eye
from navila_mujoco.options import PATH, Renderer, WorldOptions
from navila_mujoco.sight import Sight
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest


def build(request: WorldRequest, fidelities: tuple[str, ...]) -> KinematicDriver:
    """Return the driver; ``navila_mujoco.make`` lists the errors."""
    fidelity = request.fidelity or fidelities[0]
    if fidelity not in fidelities:
        raise CapabilityError(
            f"the world 'mujoco' has no fidelity {fidelity!r:.60}; it offers: {', '.join(fidelities)}"
        )
    options = read_options(WorldOptions, request.options, PATH)
    scene = load_scene(request.scene)
    sight = Sight(scene, ceiling=options.ceiling)
    eye = _eye(request.embodiment, scene, options, sight)
    try:
        return KinematicDriver(request.embodiment, scene, options, request.seed, eye, sight)
    except BaseException:
        eye.close()
        raise


def _eye(embodiment: Embodiment, scene: Scene, options: WorldOptions, sight: Sight) -> Eye:
    camera = embodiment.camera
    size_px = options.picture_px or (camera.width_px, camera.height_px)
    if options.renderer is Renderer.RAYS:
        return RayCamera(camera, sight, size_px)
    from navila_mujoco.gl import GlCamera

    return GlCamera(camera, scene, sight, size_px)
