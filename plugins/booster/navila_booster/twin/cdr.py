"""CDR, the bytes DDS messages are made of: little-endian, each number aligned to its own size.

Only what the twin's messages need: it writes and reads them itself, so that no vendor's type generator is needed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

HEADER = b"\x00\x01\x00\x00"
"""Of a little-endian message; alignment counts from behind it."""


class Writer:
    """Makes a message."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def numbers(self, kind: str, *values: float) -> Writer:
        """Add numbers of a ``struct`` kind: ``f``, ``I``, ``i``, ``B`` or ``?``."""
        size = struct.calcsize(kind)
        self._parts += bytes(-len(self._parts) % size)
        self._parts += struct.pack(f"<{len(values)}{kind}", *values)
        return self

    def text(self, value: str) -> Writer:
        """Add a string."""
        data = value.encode() + b"\x00"
        self.numbers("I", len(data))
        self._parts += data
        return self

    def block(self, data: bytes, count: int | None = None) -> Writer:
        """Add a sequence of bytes, or of ``count`` things that ``data`` already holds, aligned to 4."""
        self.numbers("I", len(data) if count is None else count)
        self._parts += data
        return self

    def integers(self, values: Iterable[int]) -> Writer:
        """Add a sequence of int32."""
        values = tuple(values)
        return self.numbers("I", len(values)).numbers("i", *values)

    def done(self) -> bytes:
        """Return the message with its header."""
        return HEADER + bytes(self._parts)


def strings(message: bytes, count: int) -> list[str] | None:
    """Return a message's first ``count`` strings; None where it isn't sound."""
    body, at, found = message[len(HEADER) :], 0, list[str]()
    if message[:2] != HEADER[:2]:
        return None
    for _ in range(count):
        at += -at % 4
        if at + 4 > len(body):
            return None
        (size,) = struct.unpack_from("<I", body, at)
        at += 4
        if size == 0 or at + size > len(body):
            return None
        try:
            found.append(body[at : at + size - 1].decode())
        except UnicodeDecodeError:
            return None
        at += size
    return found
