"""Numbers of a configuration that make no sense, one line each, with their dotted path."""

from __future__ import annotations

import enum
import math
from collections.abc import Container, Iterator, Mapping
from typing import Any, cast

import attrs

from navila_sdk.config.bounds import bounds_of
from navila_sdk.strict import found


def range_problems(values: Mapping[str, Any], known: Container[str]) -> Iterator[str]:
    """Yield every finite number under a known path that makes no sense."""
    for path, value in flatten(values):
        if path not in known or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        bounds = bounds_of(path)
        if math.isfinite(value) and not bounds.holds(value):
            yield f"{path}: expected {bounds.expected()}, {found(value)}"


def flatten(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a settings value with its dotted path."""
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from flatten(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, dict) and value:
        for key, below in cast("dict[str, object]", value).items():
            yield from flatten(below, f"{path}.{key}".lstrip("."))
    else:
        yield path, value.value if isinstance(value, enum.Enum) else value
