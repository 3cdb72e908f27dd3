"""Everything that is wrong with a configuration, one line each, with its dotted path."""

from __future__ import annotations

import difflib
import enum
import math
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, cast

import attrs

from navila_sdk.config.bounds import bounds_of

_SHOWN = 80


def found(value: object) -> str:
    """Return the words for a value that doesn't fit."""
    text = repr(value)
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return f"found {shown} ({type(value).__name__})"


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return ", did you mean ...?" where a known word is near; else nothing."""
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def structure_problems(error: BaseException, path: str = "") -> Iterator[str]:
    """Yield every problem in what cattrs raised."""
    from cattrs import ClassValidationError, ForbiddenExtraKeysError

    if isinstance(error, ClassValidationError):
        noted, others = error.group_exceptions()
        for below, note in noted:
            yield from structure_problems(below, f"{path}.{note.name}".lstrip("."))
        for below in others:
            yield from structure_problems(below, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        fields = [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", error.cl))]
        where = f"the table [{path}]" if path else "the configuration"
        for key in sorted(error.extra_fields):
            guess = suggestion(key, fields) or f"; known: {', '.join(fields)}"
            yield f"{f'{path}.{key}'.lstrip('.')}: {where} has no such key{guess}"
    elif isinstance(error, KeyError):
        yield f"{path}: missing"
    else:
        yield f"{path}: {error}" if path else str(error)


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
