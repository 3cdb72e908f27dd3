"""From a scene as users name it to files that habitat-sim loads: a mesh of theirs, or one of our scenes exported.

habitat-sim takes z for the up axis of every bare ``.glb``, as Matterport's are. A file whose y is up, as glTF says,
gets a ``.stage_config.json`` that says so; that is habitat-sim's own way.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Literal

import attrs

from navila_habitat.options import HabitatOptions, Up
from navila_sdk.errors import CapabilityError, OutputError, SceneError
from navila_sdk.scenes import Scene, load_scene, scene_to_json

_AXES: dict[str, tuple[list[int], list[int]]] = {"y": ([0, 1, 0], [0, 0, -1]), "z": ([0, 0, 1], [0, 1, 0])}
DESCRIBED = (".scene_instance.json", ".stage_config.json")


@attrs.frozen(slots=True)
class Place:
    """A scene ready to be opened.

    Attributes:
        scene: Our description of it; None where there is but Habitat's own.
        file: The mesh.
        load: What habitat-sim is told to load.
        up: The mesh's up axis.
        floor_m: Height in Habitat of the floor that is our z = 0; None where nothing says.
    """

    scene: Scene | None
    file: Path
    load: str
    up: Literal["y", "z"]
    floor_m: float | None


def cache_folder(options: HabitatOptions) -> Path:
    """Return the folder for exported scenes and computed navmeshes, made where it isn't there.

    Raises:
        OutputError: It can't be made.
    """
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(options.cache).expanduser() if options.cache else Path(home) / "navila" / "habitat"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"can't make the cache {folder}: {error.strerror or error}; name another: --set worlds.habitat.cache=DIR"
        ) from error
    return folder


def find_place(spec: str | Scene | None, options: HabitatOptions, cache: Path) -> Place:
    """Return the scene that was asked for.

    Args:
        spec: A scene, its name, the path of a mesh or of Habitat's description of one; with a data set, a name in it.
        options: Up axis, data set.
        cache: Folder for what is exported.

    Raises:
        SceneError: No such file, or it's no scene.
        UnknownNameError: No scene of that name.
        CapabilityError: The scene has ground to climb.
        MissingDependencyError: Exporting a scene needs the SDK's extra ``mesh``.
    """
    if isinstance(spec, str) and (options.dataset or spec.endswith(DESCRIBED)):
        return _described(spec, options)
    scene = load_scene(spec)
    if scene.ground:
        raise CapabilityError(
            f"the scene {scene.name!r:.80} has ground to climb, and a body on a navmesh has no legs; "
            "take: --world mujoco --fidelity physics"
        )
    if scene.mesh is None:
        file, up = _exported(scene, cache), "y"
    else:
        file, up = Path(scene.mesh.path).expanduser().resolve(), scene.mesh.up
        if not file.is_file():
            raise SceneError(f"the scene {scene.name!r:.80} has no mesh: {file} isn't there")
        if scene.mesh.scale != 1.0:
            raise CapabilityError(
                f"Habitat takes meshes in metres; {file} is scaled by {scene.mesh.scale:g}: convert it"
            )
    axis: Literal["y", "z"] = up if options.up is Up.AUTO else "y" if options.up is Up.Y else "z"
    floor_m = scene.mesh.floor_m if scene.mesh else 0.0
    return Place(scene, file, _told(file, axis, cache), axis, floor_m)


def _described(spec: str, options: HabitatOptions) -> Place:
    file = Path(spec).expanduser()
    if options.dataset:
        dataset = Path(options.dataset).expanduser()
        if not dataset.is_file():
            raise SceneError(f"worlds.habitat.dataset: {dataset} isn't there; expected a .scene_dataset_config.json")
        return Place(None, dataset if not file.is_file() else file.resolve(), spec, "y", None)
    if not file.is_file():
        raise SceneError(f"no scene {file}: expected a file that habitat-sim loads")
    return Place(None, file.resolve(), str(file.resolve()), "y", None)


def _told(file: Path, up: str, cache: Path) -> str:
    """Return what habitat-sim loads: the mesh itself where its own guess is right, else a description."""
    guessed = "z" if file.suffix.lower() == ".glb" else "y"
    if up == guessed:
        return str(file)
    axis, front = _AXES[up]
    asset = os.path.relpath(file, cache)
    told = {"render_asset": asset, "collision_asset": asset, "up": axis, "front": front}
    key = hashlib.sha256(json.dumps([str(file), told]).encode()).hexdigest()[:16]
    description = cache / f"{file.name.split('.')[0]}-{key}.stage_config.json"
    _write(description, json.dumps(told).encode())
    return str(description)


def _exported(scene: Scene, cache: Path) -> Path:
    """Return the scene as a GLB with its light in it, for Habitat draws colours as they are.

    An equal scene is exported once. Where it starts and what is asked doesn't count.
    """
    from navila_sdk.scenes.mesh import write_glb

    bare = attrs.evolve(scene, start=attrs.evolve(scene.start, x_m=0.0, y_m=0.0, yaw_rad=0.0), errands=())
    key = hashlib.sha256(scene_to_json(bare).encode()).hexdigest()[:16]
    target = cache / f"scene-{key}-lit.glb"
    if not target.is_file():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            os.replace(write_glb(scene, Path(folder) / target.name, lit=True), target)
    return target


def _write(path: Path, data: bytes) -> None:
    """Write a file whole, whoever else writes it at the same time."""
    if path.is_file() and path.read_bytes() == data:
        return
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError as error:
        raise OutputError(f"can't write {path}: {error.strerror or error}") from error
