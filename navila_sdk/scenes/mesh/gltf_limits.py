"""What a GLB may hold that can't be read here, told by name with what mends it: never left out, never misread.

The library that reads the rest passes over some of glTF without a word; what it would get wrong is refused here first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from navila_sdk.errors import SceneError

Json = Mapping[str, Any]

_READ = frozenset(("EXT_texture_webp", "KHR_texture_transform", "KHR_lights_punctual", "KHR_xmp_json_ld"))
_LOOKS = "KHR_materials_"
"""Extensions of this name say how light plays on a surface: its base colour stays what it is."""
_MENDS = {
    "KHR_draco_mesh_compression": "cp",
    "EXT_meshopt_compression": "cp",
    "KHR_mesh_quantization": "dequantize",
    "KHR_texture_basisu": "ktxdecompress",
    "EXT_texture_avif": "png",
}
"""The verb of glTF Transform's command line that takes an extension out of a file."""
_COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
OLDER = "KHR_materials_pbrSpecularGlossiness"
"""The form that materials had before; some archives of scans keep to it."""
_GET_IT = "npm install --global @gltf-transform/cli"
_FAN, _FLOAT = 6, 5126


def check_readable(path: Path, content: Json) -> None:
    """Check that a GLB's header asks for nothing that can't be read here.

    Args:
        path: The file, for the message.
        content: Its header.

    Raises:
        SceneError: It does; says what, and how to make a file without it.
    """
    names = dict.fromkeys(_extensions(content))
    if not names:
        if told := next(_misread(content), ""):
            raise SceneError(f"{path}: {told}")
        return
    verbs = dict.fromkeys(_MENDS.get(name, "") for name in names)
    commands = ", then ".join(_command(verb) for verb in verbs)
    mend = f"write it anew without: {commands} ({_GET_IT})" if all(verbs) else "export it anew without"
    raise SceneError(f"{path}: needs the glTF extension {', '.join(names)[:200]}, which can't be read here; {mend}")


def _extensions(content: Json) -> Iterator[str]:
    """Yield the extensions without which the file would be read wrong."""
    for name in _list(content, "extensionsRequired"):
        if str(name) not in _READ and not str(name).startswith(_LOOKS):
            yield str(name)
    for primitive in _primitives(content):
        yield from (name for name in _COMPRESSED if name in _table(primitive, "extensions"))
    for view in _list(content, "bufferViews"):
        if "EXT_meshopt_compression" in _table(view, "extensions"):
            yield "EXT_meshopt_compression"
    textures = _list(content, "textures")
    for info in base_textures(content):
        texture = _table({"texture": _item(textures, info.get("index"))}, "texture")
        known = _table(texture, "extensions")
        if "source" not in texture and "EXT_texture_webp" not in known:
            yield from (str(name) for name in known)


def _misread(content: Json) -> Iterator[str]:
    """Yield what the library that reads meshes would leave out or misread."""
    accessors = _list(content, "accessors")
    for primitive in _primitives(content):
        attributes = _table(primitive, "attributes")
        position, uv = (_item(accessors, attributes.get(name)) for name in ("POSITION", "TEXCOORD_0"))
        if primitive.get("mode") == _FAN:
            yield "holds triangle fans, which can't be read here; export it with triangles"
        if "sparse" in _table({"position": position}, "position"):
            yield "has sparse accessors, which can't be read here; export it without"
        elif isinstance(position, dict) and position.get("componentType", _FLOAT) != _FLOAT:
            yield f"has positions that aren't floats; write it anew with {_command('dequantize')} ({_GET_IT})"
        if isinstance(uv, dict) and cast("Json", uv).get("componentType", _FLOAT) != _FLOAT:
            yield f"has texture coordinates that aren't floats; write it anew with {_command('dequantize')} ({_GET_IT})"
    for info in base_textures(content):
        moved = _table(_table(info, "extensions"), "KHR_texture_transform")
        if moved.get("texCoord", info.get("texCoord", 0)) != 0:
            yield "lays its pictures by a second set of texture coordinates, which isn't read here; export it with one"
        if moved.get("rotation", 0) != 0:
            yield "turns a picture by KHR_texture_transform, which isn't read here; bake the turn into the coordinates"


def _command(verb: str) -> str:
    return f"gltf-transform {verb} IN.glb OUT.glb"


def base_textures(content: Json) -> Iterator[Json]:
    """Yield the texture of each material's base colour, of those that have one."""
    for material in _list(content, "materials"):
        info = base_texture(material)
        if info:
            yield info


def base_texture(material: object) -> Json:
    """Return what a material says of its base colour's picture; empty without one."""
    looks = _table({"material": material}, "material")
    older = _table(_table(looks, "extensions"), OLDER)
    return _table(older, "diffuseTexture") or _table(_table(looks, "pbrMetallicRoughness"), "baseColorTexture")


def _primitives(content: Json) -> Iterator[Json]:
    for mesh in _list(content, "meshes"):
        for primitive in _list(_table({"mesh": mesh}, "mesh"), "primitives"):
            if isinstance(primitive, dict):
                yield cast("Json", primitive)


def _item(values: Sequence[Any], index: object) -> object:
    return values[index] if isinstance(index, int) and 0 <= index < len(values) else None


def _list(content: Json, name: str) -> Sequence[Any]:
    found = content.get(name)
    return cast("list[Any]", found) if isinstance(found, list) else []


def _table(content: Json, name: str) -> Json:
    found = content.get(name)
    return cast("Json", found) if isinstance(found, dict) else {}
