"""Validators for the fields of options classes, in the words that ``read_options`` reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def within(low: float, high: float, unit: str = "") -> Callable[[Any, Any, float | None], None]:
    """Return an attrs validator for a number between two bounds, both included; None passes."""
    span = f"{low:g} and {high:g} {unit}".rstrip()

    def check(_: object, __: object, value: float | None) -> None:
        if value is not None and not low <= value <= high:
            raise ValueError(f"expected a number between {span}; got {value!r}")

    return check
