"""The files a mesh comes in: which kinds, what else belongs to one, and whether they are whole."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

from navila_sdk.errors import SceneError
from navila_sdk.scenes.mesh.gltf import gltf_facts

KINDS = (".glb", ".obj", ".ply")
MAX_BYTES = 2 * 1024**3
_CHUNK = 1 << 22
_HEADER = 1 << 16
_LIBRARY = re.compile(rb"^mtllib[ \t]+(.+?)\s*$", re.MULTILINE)
_PICTURE = re.compile(rb"^\s*map_Kd[ \t]+(?:-\S+[ \t]+\S+[ \t]+)*(.+?)\s*$", re.MULTILINE)
_FACES = re.compile(rb"^element face (\d+)\s*$", re.MULTILINE)


def check_file(path: Path, most_triangles: int) -> None:
    """Check what can be checked without reading the whole file.

    Raises:
        SceneError: It's missing, of another kind, too large, breaks off, or a picture it names isn't there.
    """
    size = _size(path)
    if path.suffix.lower() not in KINDS:
        raise SceneError(
            f"{path}: meshes are read from {', '.join(KINDS)}; this is {path.suffix or 'without an ending'}"
        )
    if size > MAX_BYTES:
        raise SceneError(f"the mesh {path} has {size / 2**30:.1f} GiB; at most {MAX_BYTES // 2**30} GiB can be used")
    count = _announced(path)
    if count is not None and not count:
        raise SceneError(f"the mesh {path} holds no triangle")
    if count is not None and count > most_triangles:
        raise too_many(path, count, most_triangles)
    missing = [name for name in companions(path) if not (path.parent / name).is_file()]
    if missing:
        raise SceneError(
            f"the mesh {path} names {len(missing)} file{'s' * (len(missing) > 1)} that aren't beside it: "
            f"{', '.join(missing[:5])}; put them there, or export the mesh with its pictures inside (GLB)"
        )


def too_many(path: Path, count: int, most: int) -> SceneError:
    """Return the error for a mesh of too many triangles."""
    return SceneError(
        f"the mesh {path} has {count} triangles; at most {most} can be used. Make a coarser one, such as with "
        "trimesh's simplify_quadric_decimation or Blender's Decimate"
    )


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a mesh file and of what belongs to it, 64 hex digits.

    Raises:
        SceneError: It can't be read.
    """
    _size(path)
    digest = hashlib.sha256()
    for file in (path, *(path.parent / name for name in companions(path))):
        try:
            with file.open("rb") as content:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            digest.update(b"missing")
        except OSError as error:
            raise SceneError(f"the mesh {file} can't be read: {error.strerror or error}") from None
    return digest.hexdigest()


def companions(path: Path) -> tuple[str, ...]:
    """Return the names of the files that a mesh file names: pictures, and an OBJ's materials."""
    if path.suffix.lower() == ".glb":
        return tuple(unquote(name) for name in gltf_facts(path).pictures)
    if path.suffix.lower() != ".obj":
        return ()
    names: list[str] = []
    for found in _LIBRARY.findall(_start(path)):
        name = found.decode("utf-8", "replace")
        names.append(name)
        folder = Path(name).parent
        if (path.parent / name).is_file():
            pictures = _PICTURE.findall(_start(path.parent / name, 1 << 24))
            names += [str(folder / picture.decode("utf-8", "replace")) for picture in pictures]
    return tuple(dict.fromkeys(names))


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise SceneError(f"there is no mesh {path}")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        if isinstance(error, SceneError):
            raise
        raise SceneError(f"the mesh {str(path)[:200]!r} can't be read: {error!s:.120}") from None
    if not size:
        raise SceneError(f"the mesh {path} is empty")
    return size


def _start(path: Path, length: int = _HEADER) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError as error:
        raise SceneError(f"the mesh {path} can't be read: {error.strerror or error}") from None


def _announced(path: Path) -> int | None:
    """Return how many triangles a file's header announces, or None where it has none."""
    if path.suffix.lower() == ".glb":
        return gltf_facts(path).triangles
    if path.suffix.lower() == ".ply":
        found = _FACES.search(_start(path))
        return int(found[1]) if found else None
    return None
