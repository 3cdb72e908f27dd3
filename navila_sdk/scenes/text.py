"""Scenes as JSON: strict to read, byte-identical to write.

One line per room, wall, doorway, object and errand, so that a change of a scene reads well in a diff.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes.check import checked_scene, scene_error
from navila_sdk.scenes.scene import Scene
from navila_sdk.strict import read_at_most, shared_converter, structure_problems

MAX_BYTES = 32 * 1024 * 1024
_LEFT_OUT = {"ground": (), "pitch_rad": 0.0, "origin_m": (0.0, 0.0), "mesh": None}
"""Fields younger than the format's first files are written only where they say something, so that those stay equal."""
_ALWAYS = object()


def _plain(value: Any) -> Any:  # noqa: ANN401 - any of a scene's values
    """Return the value as JSON has it; every float as a float, so that 1 and 1.0 are written alike."""
    if attrs.has(value.__class__):
        return _fields(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownVariableType]


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        field.name: (_floats if "float" in str(field.type) else _plain)(getattr(value, field.name))
        for field in attrs.fields(value.__class__)
        if getattr(value, field.name) != _LEFT_OUT.get(field.name, _ALWAYS)
    }


def _floats(value: float | tuple[float, ...]) -> float | list[float]:
    if isinstance(value, tuple):
        return [float(item) + 0.0 for item in value]
    return float(value) + 0.0  # + 0.0 turns -0.0 into 0.0


def _line(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def scene_to_json(scene: Scene) -> str:
    """Return the scene as JSON text: equal scenes give equal bytes, on any machine.

    Raises:
        SceneError: The scene isn't sound.
    """
    fields = _fields(checked_scene(scene))
    lines: list[str] = []
    for key, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            items = ",\n".join(f"  {_line(item)}" for item in value)  # pyright: ignore[reportUnknownVariableType]
            lines.append(f" {_line(key)}: [\n{items}\n ]")
        else:
            lines.append(f" {_line(key)}: {_line(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is given twice in one object")
    return found


def scene_from_json(text: str, name: str | None = None) -> Scene:
    """Return the scene in a JSON text.

    Args:
        text: As ``scene_to_json`` writes it; keys with a default may be left out.
        name: The scene's name; None takes the one in the text.

    Raises:
        SceneError: Not JSON, or not a sound scene; lists every problem with its path.
    """
    label = "the scene" if name is None else f"the scene {name!r}"
    try:
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise SceneError(f"{label} is no valid JSON: {reason}") from None
    if not isinstance(data, dict):
        raise SceneError(f"{label} must be a JSON object {{...}}; got a {type(data).__name__}")
    if name is not None:
        data["name"] = name
    return checked_scene(_structured(data, label))  # pyright: ignore[reportUnknownArgumentType]


def _structured(data: dict[str, Any], label: str) -> Scene:
    try:
        return shared_converter().structure(data, Scene)
    # cattrs groups whatever the hooks raise; all of it is the file's fault.
    except Exception as error:  # noqa: BLE001
        problems = tuple(structure_problems(error, whole="the scene"))
    raise scene_error(f"{label} doesn't fit the format", problems)


def read_scene(path: Path) -> Scene:
    """Return the scene in a file, named after the file's stem.

    Raises:
        SceneError: The file is missing, unreadable, over 32 MiB, no UTF-8, or no sound scene.
    """
    try:
        data = read_at_most(path, MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise SceneError(f"the scene file {path} is over {MAX_BYTES // 2**20} MiB")
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SceneError(f"the scene file {path} is not UTF-8 text; expected a scene JSON") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SceneError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SceneError(f"the scene file {path} can't be read: {reason}") from None
    scene = scene_from_json(text, name=path.stem)
    if scene.mesh is None or Path(scene.mesh.path).is_absolute():
        return scene
    return attrs.evolve(scene, mesh=attrs.evolve(scene.mesh, path=str(path.parent / scene.mesh.path)))


def save_scene(scene: Scene, path: str | Path) -> Path:
    """Write the scene as JSON and return the path.

    Raises:
        SceneError: The scene isn't sound.
        OutputError: The file can't be written.
    """
    target = Path(path)
    text = scene_to_json(scene)
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"can't write the scene to {target}: {error.strerror or error}") from None
    return target
