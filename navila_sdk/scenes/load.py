"""From what a user writes (``apartment:7``, ``empty``, a file) to a scene."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import attrs

from navila_sdk.errors import SceneError, UnknownNameError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.check import checked_scene
from navila_sdk.scenes.scene import Scene
from navila_sdk.scenes.text import read_scene

DEFAULT_SCENE = "empty"
EMPTY_SIDE_M = 20.0
MAX_SEED = 2**63 - 1
KNOWN_SCENES = ("apartment:SEED", "apartment:SEED:LOOK", "apartment:SEED:LOOK:uneven", "empty", "terrain:KIND")
_SEED = re.compile(r"[0-9]{1,19}", re.ASCII)
_FLOOR = re.compile(r"uneven(?::([0-9]{1,2}(?:\.[0-9]{1,2})?))?", re.ASCII)


def load_scene(spec: str | Path | Scene | None = None) -> Scene:
    """Return the scene that ``spec`` asks for.

    Args:
        spec: ``"empty"`` (an open floor of 20 x 20 m), ``"apartment:SEED"`` (a generated apartment, the same
            for a seed everywhere), ``"apartment:SEED:LOOK"`` (the same in other paint; see ``scenes.looks``),
            ``"apartment:SEED:LOOK:uneven"`` (with sills in its doorways and boards on its floor, ``uneven:12`` for
            sills of 12 cm; see ``scenes.uneven``), ``"terrain:KIND"`` (something to climb, for legs in physics; see
            ``scenes.terrain``), a path to a scene JSON, a path to a mesh (``.glb``, ``.obj``, ``.ply``;
            ``FILE#up=z,floor=2.8``, see ``scenes.mesh.place``), a scene (returned as it is), or None for ``empty``.

    Raises:
        UnknownNameError: No scene of that name, and no such file; or no such look.
        SceneError: The seed isn't a whole number from 0 to 2**63 - 1, or the scene can't be read or isn't sound.
        MissingDependencyError: A mesh was asked for without the extra ``mesh``.
    """
    if spec is None:
        spec = DEFAULT_SCENE
    if isinstance(spec, Scene):
        return checked_scene(spec)
    if isinstance(spec, Path):
        return _file(str(spec))
    if not isinstance(spec, str):  # pyright: ignore[reportUnnecessaryIsInstance] - users' input
        raise SceneError(f"a scene is a name, a path or a Scene; got {type(spec).__name__}")
    kind, colon, seed = spec.partition(":")
    if spec == "empty":
        return empty_scene()
    if kind == "apartment":
        return _apartment(spec, seed if colon else None)
    if kind == "terrain":
        from navila_sdk.scenes.terrain import terrain

        return terrain(seed)
    if spec.lower().endswith((".json", ".glb", ".obj", ".ply")) or "/" in spec or "\\" in spec or "#" in spec:
        return _file(spec)
    hint = "Or give the path of a scene file, ending in .json, .glb, .obj or .ply."
    raise UnknownNameError("scene", spec, KNOWN_SCENES, hint)


def _file(spec: str) -> Scene:
    from navila_sdk.scenes.mesh.place import is_mesh, mesh_scene

    return mesh_scene(spec) if is_mesh(spec) else read_scene(Path(spec))


def empty_scene() -> Scene:
    """Return an open floor without walls; the robot starts in the middle, facing +x."""
    return Scene("empty", (EMPTY_SIDE_M, EMPTY_SIDE_M), Pose2(EMPTY_SIDE_M / 2, EMPTY_SIDE_M / 2, 0.0))


@functools.lru_cache(maxsize=16)  # drawing one takes a tenth of a second, and a benchmark asks for each many times
def _apartment(spec: str, asked: str | None) -> Scene:
    from navila_sdk.scenes.apartment import apartment
    from navila_sdk.scenes.looks import in_look

    if asked is None:
        raise SceneError("which apartment? Write 'apartment:SEED' with a whole number, such as 'apartment:7'")
    seed, *more = asked.split(":", 2)
    look, floor = (*more, "", "")[:2]
    if not _SEED.fullmatch(seed) or int(seed) > MAX_SEED:
        raise SceneError(f"{spec[:80]!r}: the seed must be a whole number from 0 to {MAX_SEED}, as in 'apartment:7'")
    scene = apartment(int(seed))
    if more:
        scene = attrs.evolve(in_look(scene, look), name=f"{scene.name}:{look}")
    return _floored(scene, spec, floor, int(seed)) if len(more) > 1 else scene


def _floored(scene: Scene, spec: str, floor: str, seed: int) -> Scene:
    from navila_sdk.scenes.dice import Dice
    from navila_sdk.scenes.uneven import MOST_CM, RISE_CM, uneven

    found = _FLOOR.fullmatch(floor)
    rise_cm = float(found[1] or RISE_CM) if found else 0.0
    if not 0 < rise_cm <= MOST_CM:
        raise SceneError(
            f"{spec[:80]!r}: there is no floor {floor[:40]!r}; write 'uneven', or 'uneven:CM' with the height of its "
            f"sills in centimetres, over 0 and at most {MOST_CM:g}, as in 'apartment:7:plain:uneven:12'"
        )
    return attrs.evolve(uneven(scene, rise_cm, Dice(seed)), name=f"{scene.name}:{floor}")
