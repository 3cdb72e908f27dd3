"""GLBs written byte by byte, as other programs write them: whatever glTF allows, without the library that reads."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FLOAT, BYTES, SHORTS, INTS = 5126, 5121, 5123, 5125
_TYPES = {
    np.dtype(np.float32): FLOAT,
    np.dtype(np.uint8): BYTES,
    np.dtype(np.uint16): SHORTS,
    np.dtype(np.uint32): INTS,
}
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Glb:
    """A GLB in the making: a header as plain values, and its bytes."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
        self._bytes = bytearray()

    def add(self, part: str, value: dict[str, Any]) -> int:
        """Add a value to one of the header's lists and return its index."""
        self.header.setdefault(part, []).append(value)
        return len(self.header[part]) - 1

    def view(self, content: bytes, **more: Any) -> int:
        """Add bytes and return their view."""
        self._bytes += bytes(-len(self._bytes) % 4)
        start = len(self._bytes)
        self._bytes += content
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(content), **more})

    def accessor(self, values: np.ndarray, **more: Any) -> int:
        """Add an array (N,) or (N, k) and return its accessor."""
        return self._described(values, self.view(values.tobytes()), **more)

    def _described(self, values: np.ndarray, view: int, **more: Any) -> int:
        wide = 1 if values.ndim == 1 else values.shape[1]
        told = {"bufferView": view, "componentType": _TYPES[values.dtype], "count": len(values), "type": _SHAPES[wide]}
        if wide == 3 and values.dtype == np.float32:
            told |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.add("accessors", {**told, **more})

    def interleaved(self, *arrays: np.ndarray) -> list[int]:
        """Add arrays side by side, as most engines do, and return their accessors."""
        rows = np.concatenate([np.ascontiguousarray(a).view(np.uint8).reshape(len(a), -1) for a in arrays], axis=1)
        view, found, at = self.view(rows.tobytes(), byteStride=rows.shape[1]), [], 0
        for values in arrays:
            found.append(self._described(values, view, byteOffset=at))
            at += values.dtype.itemsize * values.shape[1]
        return found

    def texture(self, picture: Image.Image, kind: str) -> dict[str, Any]:
        """Add a picture and return a texture of it, as a material names one."""
        content = io.BytesIO()
        picture.save(content, kind, **({"quality": 95} if kind == "JPEG" else {}))
        return self.encoded(content.getvalue(), kind)

    def encoded(self, content: bytes, kind: str, extension: str = "") -> dict[str, Any]:
        """Add a picture's bytes and return a texture of it; under an extension alone, if one is named."""
        image = self.add("images", {"bufferView": self.view(content), "mimeType": f"image/{kind.lower()}"})
        extension = extension or ("EXT_texture_webp" if kind == "WEBP" else "")
        source = {"extensions": {extension: {"source": image}}} if extension else {"source": image}
        return {"index": self.add("textures", source)}

    def material(self, **looks: Any) -> int:
        """Add a material with these looks of its metallic-roughness."""
        return self.add("materials", {"pbrMetallicRoughness": looks})

    def node(self, primitives: Sequence[dict[str, Any]], root: bool = True, **more: Any) -> int:
        """Add a mesh of primitives and a node that places it."""
        mesh = self.add("meshes", {"primitives": list(primitives)})
        number = self.add("nodes", {"mesh": mesh, **more})
        if root:
            self.header["scenes"][0]["nodes"].append(number)
        return number

    def write(self, path: Path) -> Path:
        """Write the file."""
        self.header["buffers"] = [{"byteLength": len(self._bytes)}]
        text = json.dumps(self.header).encode()
        text += b" " * (-len(text) % 4)
        body = bytes(self._bytes) + bytes(-len(self._bytes) % 4)
        whole = 12 + 8 + len(text) + 8 + len(body)
        head = struct.pack("<4sIII4s", b"glTF", 2, whole, len(text), b"JSON")
        path.write_bytes(head + text + struct.pack("<I4s", len(body), b"BIN\0") + body)
        return path
