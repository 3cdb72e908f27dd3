"""Reads single fields of a VLN-CE record, and says which one of which episode doesn't fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast

from navila_sdk.errors import EvaluationError

Json = Mapping[str, Any]


def numbers(record: Json, name: str, count: int, path: str = "") -> tuple[float, ...]:
    """Return a list of ``count`` finite numbers.

    Args:
        record: Where it stands.
        name: Its key there.
        count: How many there must be.
        path: Its name in messages; the key where it isn't given.

    Raises:
        EvaluationError: It's no such list.
    """
    return _numbers(record.get(name), path or name, count)


def length(record: Json, name: str, path: str) -> float:
    """Return a length in metres, at least 0; raises as ``numbers``."""
    value = record.get(name)
    if not _finite(value) or value < 0:
        raise EvaluationError(f"{path}: expected a finite number, at least 0; found {_shown(value)}")
    return float(value)


def points(record: Json, name: str) -> list[tuple[float, ...]]:
    """Return a list of points, each three finite numbers, at least one; raises as ``numbers``."""
    value: object = record.get(name)
    if not isinstance(value, list) or not value:
        raise EvaluationError(f"{name}: expected a list of points; found {_shown(cast('object', value))}")
    return [_numbers(point, f"{name}[{i}]", 3) for i, point in enumerate(cast("list[object]", value))]


def text(record: Json, name: str) -> str:
    """Return a text that isn't blank; raises as ``numbers``."""
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise EvaluationError(f"{name}: expected text; found {_shown(value)}")
    return value


def label(record: Json, name: str) -> str:
    """Return an id as text: files have numbers or text; empty where there is none."""
    value = record.get(name)
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def table(record: Json, name: str) -> Json:
    """Return a nested record; empty where there is none.

    Raises:
        EvaluationError: It's something else.
    """
    value = record.get(name, {})
    if not isinstance(value, dict):
        raise EvaluationError(f"{name}: expected an object; found {_shown(value)}")
    return cast("Json", value)


def _numbers(value: object, name: str, count: int) -> tuple[float, ...]:
    items = cast("Sequence[object]", value) if isinstance(value, list) else ()
    if len(items) != count or not all(_finite(item) for item in items):
        raise EvaluationError(f"{name}: expected {count} finite numbers; found {_shown(cast('object', value))}")
    return tuple(float(cast("float", item)) for item in items)


def _finite(value: object) -> TypeGuard[int | float]:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits, which JSON allows
        return False


def _shown(value: object) -> str:
    return "nothing" if value is None else f"{value!r:.80}"
