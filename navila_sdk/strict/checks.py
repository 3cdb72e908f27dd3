"""Validators for the fields of options classes, in the words that ``read_options`` reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from navila_sdk.errors import ConfigError

MAX_PICTURE_PX = 4096
"""Longest side of a picture that a world is asked to draw."""


def within(low: float, high: float, unit: str = "") -> Callable[[Any, Any, float | None], None]:
    """Return an attrs validator for a number between two bounds, both included; None passes."""
    span = f"{low:g} and {high:g} {unit}".rstrip()

    def check(_: object, __: object, value: float | None) -> None:
        if value is not None and not low <= value <= high:
            raise ValueError(f"expected a number between {span}; got {value!r}")

    return check


def picture_sides(_: object, __: object, value: tuple[int, int] | None) -> None:
    """Validate an option that is a picture's width and height in pixels; None passes."""
    if value is not None and not _drawable(*value):
        raise ValueError(f"must be [width, height], each 1 to {MAX_PICTURE_PX} pixels; got {list(value)}")


def check_picture_px(width_px: int, height_px: int) -> None:
    """Check the size of a picture that is asked for.

    Raises:
        ConfigError: A side isn't 1 to 4096 pixels.
    """
    if not _drawable(width_px, height_px):
        raise ConfigError(f"a picture's sides are 1 to {MAX_PICTURE_PX} pixels; got {width_px} x {height_px}")


def is_websocket_url(url: str) -> bool:
    """Whether a text is an address ``ws://HOST:PORT`` or ``wss://HOST:PORT``, with a host and a port there can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that don't close, a port over 65535
        return False


def _drawable(*sides_px: int) -> bool:
    return all(1 <= side <= MAX_PICTURE_PX for side in sides_px)
