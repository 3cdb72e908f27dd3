"""A plugin's record in readable lines: every field, its value with units, and where a number comes from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

import attrs


def describe_record(record: object) -> list[dict[str, str]]:
    """Return field, value and source of every leaf of a record."""
    if not attrs.has(type(record)):
        return [{"field": "name", "value": str(getattr(record, "name", record)), "source": ""}]
    sources: Mapping[str, str] = getattr(record, "sources", {})
    return [
        {"field": path, "value": _shown(path, value), "source": _source(path, sources)}
        for path, value in _leaves(record, "")
        if not path.startswith("sources")
    ]


def _leaves(value: object, path: str) -> Iterator[tuple[str, Any]]:
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _leaves(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping) and value:
        for key, below in cast("Mapping[str, object]", value).items():
            yield from _leaves(below, f"{path}.{key}")
    else:
        yield path, value


def _source(path: str, sources: Mapping[str, str]) -> str:
    """Return the source of the longest path that covers this one."""
    while path:
        if path in sources:
            return sources[path]
        path = path.rpartition(".")[0]
    return sources.get("", "")


def _shown(path: str, value: object) -> str:
    if value is None or value == {}:
        return "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(item) for item in cast("frozenset[object]", value)))
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        text = ", ".join(_shown(path, item) for item in items[:4])
        return f"{text}, ... ({len(items)} in all)" if len(items) > 4 else text
    if isinstance(value, float):
        degrees = f" ({math.degrees(value):.4g} degrees)" if path.endswith(("_rad", "_radps")) else ""
        return f"{value:.6g}{degrees}"
    if callable(value):
        return f"{getattr(value, '__module__', '?')}:{getattr(value, '__qualname__', value)}"
    return str(value)
