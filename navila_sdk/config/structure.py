"""From nested tables to a Config, strictly: no value is coerced, and every problem is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from navila_sdk.strict import checked_table, found, strict_converter

if TYPE_CHECKING:
    from cattrs import Converter


@cache
def converter() -> Converter:
    """Return the converter of configurations: the strict one, and what is special to tables."""
    made = strict_converter()
    made.register_structure_hook(str, _text)
    made.register_structure_hook_func(lambda kind: kind == str | None, _text_or_none)
    made.register_structure_hook_func(lambda kind: kind == Mapping[str, Any], checked_table)
    made.register_structure_hook_func(lambda kind: kind == Mapping[str, Mapping[str, Any]], _free_tables)
    return made


def _text(value: object, _: Any) -> str:  # noqa: ANN401 - cattrs' own signature
    if not isinstance(value, str):
        raise TypeError(f'expected text, {found(value)}; write it in quotes: "{value}"')
    if not value.strip() or "\0" in value:
        raise ValueError(f"expected text that isn't empty, {found(value)}")
    return value


def _text_or_none(value: object, kind: Any) -> str | None:  # noqa: ANN401 - cattrs' own signature
    return None if value is None else _text(value, kind)


def _free_tables(value: object, _: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - cattrs' own signature
    tables = checked_table(value)
    for name, below in tables.items():
        if not isinstance(below, dict):
            raise TypeError(f"expected a table of options under {name!r}, {found(below)}")
    return tables
