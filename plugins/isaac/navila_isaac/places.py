"""From what a user asks for to a place: one of the SDK's scenes, a scan in USD by its id, or a mesh to convert.

The stage's frame is the scene's: what stands in another is moved there, so that the floor walked on is z = 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import attrs

from navila_isaac.blocks import HAND_LAMP, SKY, Block, Lamp, blocks_of, lamps_of, solid_blocks
from navila_isaac.options import PATH, WorldOptions
from navila_sdk.errors import ConfigError, SceneError, UnknownNameError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.scenes.load import KNOWN_SCENES

USD_SUFFIXES = (".usd", ".usda", ".usdc")
MODEL_SUFFIXES = (".glb", ".obj", ".fbx", ".stl")
"""What Isaac Lab's mesh converter takes."""
UNKNOWN_REACH_M = 50.0
"""How far a scan that nobody has measured is taken to reach from its start."""


@attrs.frozen(slots=True)
class Solids:
    """A place made of primitives."""

    blocks: tuple[Block, ...]


@attrs.frozen(slots=True)
class Scan:
    """A place that a file holds.

    Attributes:
        path: The file.
        kind: ``usd`` is referenced as it is; ``model`` is converted first.
        up: The file's up axis, of a model; a USD file's is z, as VLN-CE-Isaac's are.
        scale: Metres to the file's unit.
        floor_m: Height of the floor that's walked on over the file's origin; the file is lowered by it.
        blocks: Solids that stand there besides.
    """

    path: Path
    kind: Literal["usd", "model"]
    up: Literal["y", "z"] = "z"
    scale: float = 1.0
    floor_m: float = 0.0
    blocks: tuple[Block, ...] = ()


@attrs.frozen(slots=True)
class Place:
    """Where a robot lives.

    Attributes:
        scene: The place as the SDK knows it, with the robot's start.
        holds: What stands there.
        lamps: What lights it.
    """

    scene: Scene
    holds: Solids | Scan
    lamps: tuple[Lamp, ...]


def find_place(wanted: str | Scene | None, options: WorldOptions) -> Place:
    """Return the place to build.

    Args:
        wanted: As in a world request: a name, a path, a scan's id, or a scene.
        options: The world's.

    Raises:
        SceneError: A file is missing or of a kind that can't be loaded, or nothing says where the robot starts.
        UnknownNameError: No scene and no scan of that name.
        ConfigError: ``floor_m`` for a scene whose floor is z = 0, or a folder of scans that isn't there.
    """
    if isinstance(wanted, str) and Path(wanted).suffix.lower() in USD_SUFFIXES:
        path = Path(wanted)
        if not path.is_file():
            raise SceneError(f"{wanted}: no such USD file")
        return _scan_place(path, options)
    if isinstance(wanted, str) and (found := _scan(wanted, options)):
        return _scan_place(found, options)
    scene = _scene(wanted, options)
    if options.start is not None:
        scene = attrs.evolve(scene, start=Pose2(*options.start))
    if scene.mesh is not None:
        return _mesh_place(scene, options)
    if options.floor_m is not None:
        raise ConfigError(
            f"{PATH}.floor_m is for scans, which have floors at any height; the scene {scene.name!r:.80} has its at 0"
        )
    holds = Solids(blocks_of(scene, ceiling=options.ceiling))
    return Place(scene, holds, lamps_of(scene, ceiling=options.ceiling))


def _scene(wanted: str | Scene | None, options: WorldOptions) -> Scene:
    try:
        return load_scene(wanted)
    except UnknownNameError as error:
        scans = sorted(path.stem for path in _folder(options).rglob("*.usd")) if options.scenes else []
        remedy = (
            "Or give a scene file, ending in .json, or a USD file."
            if options.scenes
            else f"A scan by its id needs the folder of scans: --set {PATH}.scenes=DIR"
        )
        raise UnknownNameError("scene", str(wanted), (*KNOWN_SCENES, *scans[:20]), remedy) from error


def _folder(options: WorldOptions) -> Path:
    folder = Path(options.scenes)
    if not folder.is_dir():
        raise ConfigError(f"{PATH}.scenes: no such folder: {options.scenes}")
    return folder


def _scan(name: str, options: WorldOptions) -> Path | None:
    """Return a scan's file, by its id, where a folder of scans is named and holds it."""
    if not options.scenes or not name or any(sign in name for sign in "/\\:"):
        return None
    folder = _folder(options)
    tries = (place / f"{name}{suffix}" for suffix in USD_SUFFIXES for place in (folder / name, folder))
    return next((path for path in tries if path.is_file()), None)


def _scan_place(path: Path, options: WorldOptions) -> Place:
    if options.start is None or options.floor_m is None:
        raise SceneError(
            f"where in the scan {path.stem!r:.80} does the robot start? A USD file doesn't say; set {PATH}.start = "
            f"[x, y, yaw] and {PATH}.floor_m, the height of the floor there"
        )
    start = Pose2(*options.start)
    side_m = 2 * UNKNOWN_REACH_M
    scene = Scene(
        path.stem,
        (side_m, side_m),
        start,
        origin_m=(start.x_m - UNKNOWN_REACH_M, start.y_m - UNKNOWN_REACH_M),
    )
    return Place(scene, Scan(path, "usd", floor_m=options.floor_m), scan_lamps(options))


def _mesh_place(scene: Scene, options: WorldOptions) -> Place:
    """Return the place of a scene with a mesh: the scan of the same name in USD if it's there, else the mesh itself."""
    assert scene.mesh is not None
    floor_m = scene.mesh.floor_m if options.floor_m is None else options.floor_m
    path = Path(scene.mesh.path)
    if usd := _scan(path.stem, options):
        return Place(scene, Scan(usd, "usd", floor_m=floor_m, blocks=solid_blocks(scene)), scan_lamps(options))
    if path.suffix.lower() not in MODEL_SUFFIXES:
        raise SceneError(
            f"{path}: Isaac Lab converts {', '.join(MODEL_SUFFIXES)}, not {path.suffix or 'files without an ending'}; "
            f"or name the folder of the same scans in USD: --set {PATH}.scenes=DIR"
        )
    if not path.is_file():
        raise SceneError(f"{path}: no such mesh")
    if path.name.count(".") > 1:
        raise SceneError(f"{path}: Isaac Lab's converter takes names with one dot only; rename the file")
    model = Scan(path, "model", scene.mesh.up, scene.mesh.scale, floor_m, solid_blocks(scene))
    return Place(scene, model, scan_lamps(options))


def scan_lamps(options: WorldOptions) -> tuple[Lamp, ...]:
    """Return the lights of a scan: a dim sky through its gaps, and a lamp the robot carries, which hints at nothing."""
    sky = Lamp("sky", (0.0, 0.0, 0.0), SKY)
    return (sky, Lamp("hand", (0.0, 0.0, 0.0), HAND_LAMP)) if options.lamp else (sky,)
