"""Everything that is wrong with a nested value, one line each, with its dotted path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import attrs

from navila_sdk.strict.words import suggestion


def structure_problems(error: BaseException, path: str = "", whole: str = "the configuration") -> Iterator[str]:
    """Yield every problem in what a converter raised.

    Args:
        error: What was raised.
        path: Dotted path of the value the error is about.
        whole: What the value without a path is called.
    """
    from cattrs import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

    if isinstance(error, ClassValidationError):
        noted, others = error.group_exceptions()
        for below, note in noted:
            yield from structure_problems(below, f"{path}.{note.name}".lstrip("."), whole)
        for below in others:
            yield from structure_problems(below, path, whole)
    elif isinstance(error, IterableValidationError):
        items, others = error.group_exceptions()
        for below, note in items:
            yield from structure_problems(below, f"{path}[{note.index}]", whole)
        for below in others:
            yield from structure_problems(below, path, whole)
    elif isinstance(error, ForbiddenExtraKeysError):
        fields = [field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", error.cl))]
        where = f"the table [{path}]" if path else whole
        for key in sorted(error.extra_fields):
            guess = suggestion(key, fields) or f"; known: {', '.join(fields)}"
            yield f"{f'{path}.{key}'.lstrip('.')}: {where} has no such key{guess}"
    elif isinstance(error, KeyError):
        yield f"{path}: missing"
    else:
        yield f"{path}: {error}" if path else str(error)
