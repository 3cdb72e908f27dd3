"""The wire format: one msgpack map per message, arrays as dtype, shape and raw bytes. No pickle.

Both sides use these two functions; a message that isn't of this form is an error, never a guess.
"""

from __future__ import annotations

import math
from typing import Any, cast

import msgpack
import numpy as np
from numpy.typing import NDArray

from navila_client.faults import WireError

PROTOCOL = 1
MAX_BYTES = 32 * 2**20
MAX_DEPTH = 12
_ARRAY = "__array__"
_DTYPES = ("|u1", "<i4", "<i8", "<f4", "<f8")
_MAX_ITEMS = 100_000


def _written(value: object) -> dict[str, Any]:
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        if array.dtype.str not in _DTYPES:
            raise WireError(f"arrays of {array.dtype} don't travel; send one of uint8, int32, int64, float32, float64")
        return {_ARRAY: array.dtype.str, "shape": list(array.shape), "data": array.tobytes()}
    raise WireError(f"a {type(value).__name__} doesn't travel")


def pack(message: dict[str, Any]) -> bytes:
    """Return a message as bytes.

    Raises:
        WireError: It holds something that doesn't travel.
    """
    try:
        return cast("bytes", msgpack.packb(message, default=_written))
    except (TypeError, ValueError, OverflowError) as error:
        raise WireError(f"this message can't be written: {error}") from None


def unpack(data: bytes | str) -> dict[str, Any]:
    """Return a message; its arrays are read-only.

    Raises:
        WireError: It's text, too large, no msgpack, no map with a ``type``, or holds an array that can't be.
    """
    if isinstance(data, str):
        raise WireError("messages are binary (msgpack); this one is text")
    if len(data) > MAX_BYTES:
        raise WireError(f"this message has {len(data)} bytes; at most {MAX_BYTES} are taken")
    try:
        message: object = msgpack.unpackb(
            data,
            strict_map_key=True,
            max_array_len=_MAX_ITEMS,
            max_map_len=_MAX_ITEMS,
            max_ext_len=0,
        )
    except Exception as error:  # noqa: BLE001 - msgpack raises a dozen classes for damage
        raise WireError(f"this message isn't msgpack: {type(error).__name__}: {str(error)[:100]}") from None
    if not isinstance(message, dict) or not isinstance(cast("dict[str, object]", message).get("type"), str):
        raise WireError("a message is a map with a text under 'type'")
    return cast("dict[str, Any]", _read(cast("object", message), 0))


def _read(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise WireError(f"a message is nested at most {MAX_DEPTH} deep")
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        if _ARRAY in entries:
            return _array(entries)
        return {key: _read(item, depth + 1) for key, item in entries.items()}
    if isinstance(value, list):
        return [_read(item, depth + 1) for item in cast("list[object]", value)]
    return value


def _array(entries: dict[str, object]) -> NDArray[Any]:
    dtype, shape, data = entries[_ARRAY], entries.get("shape"), entries.get("data")
    sized = isinstance(shape, list) and len(cast("list[object]", shape)) <= 4
    if dtype not in _DTYPES or not sized or not isinstance(data, bytes):
        raise WireError("an array is dtype, shape and data")
    sides = cast("list[object]", shape)
    if not all(isinstance(side, int) and side >= 0 for side in sides):
        raise WireError(f"an array's shape is whole numbers; got {sides!r:.80}")
    whole = cast("list[int]", sides)
    kind = np.dtype(cast("str", dtype))
    if math.prod(whole) * kind.itemsize != len(data):
        raise WireError(f"an array of {whole} {kind} has {math.prod(whole) * kind.itemsize} bytes; got {len(data)}")
    return np.frombuffer(data, kind).reshape(whole)
