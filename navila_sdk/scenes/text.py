"""Scenes as JSON: strict to read, byte-identical to write.

One line per room, wall, doorway, object and errand, so that a change of a scene reads well in a diff.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.errors import OutputError, SceneError
from navila_sdk.scenes.check import checked_scene, scene_error
from navila_sdk.scenes.scene import Scene, Shape

if TYPE_CHECKING:
    from cattrs import Converter

MAX_BYTES = 32 * 1024 * 1024


def _number(value: Any, _: object) -> float:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"must be a number; got {value!r:.60}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None


def _integer(value: Any, _: object) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number; got {value!r:.60}")
    return value


def _string(value: Any, _: object) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise ValueError(f"must be a text; got {value!r:.60}")
    return value


def _shape(value: Any, _: object) -> Shape:  # noqa: ANN401
    try:
        return Shape(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Shape)}; got {value!r:.60}") from None


@cache
def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(str, _string)
    converter.register_structure_hook(Shape, _shape)
    return converter


def _reason(error: BaseException, _: object) -> str:
    from cattrs.errors import ForbiddenExtraKeysError

    if isinstance(error, ForbiddenExtraKeysError):
        return f"unknown key: {', '.join(sorted(error.extra_fields))}"
    if isinstance(error, KeyError):
        return f"the key {error.args[0]!r} is missing"
    if isinstance(error, (TypeError, AttributeError)):
        return "must be of another kind (an object {...} or a list [...])"
    return str(error)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any of a scene's values
    """Return the value as JSON has it; every float as a float, so that 1 and 1.0 are written alike."""
    if attrs.has(value.__class__):
        return _fields(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownVariableType]


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        field.name: (_floats if "float" in str(field.type) else _plain)(getattr(value, field.name))
        for field in attrs.fields(value.__class__)
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
    from cattrs import transform_error
    from cattrs.errors import BaseValidationError

    try:
        return _converter().structure(data, Scene)
    except BaseValidationError as error:
        lines = transform_error(error, path="scene", format_exception=_reason)
    problems = tuple(
        f"{path.removeprefix('scene').removeprefix('.') or 'scene'}: {reason}"
        for reason, _, path in (line.partition(" @ ") for line in lines)
    )
    raise scene_error(f"{label} doesn't fit the format", problems)


def read_scene(path: Path) -> Scene:
    """Return the scene in a file, named after the file's stem.

    Raises:
        SceneError: The file is missing, unreadable, over 32 MiB, no UTF-8, or no sound scene.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SceneError(f"the scene file {path} is over {MAX_BYTES // 2**20} MiB")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SceneError(f"the scene file {path} is not UTF-8 text; expected a scene JSON") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SceneError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SceneError(f"the scene file {path} can't be read: {reason}") from None
    return scene_from_json(text, name=path.stem)


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
