"""From nested tables to a Config, strictly: no value is coerced, and every problem is reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import attrs

from navila_sdk.strict import found, strict_converter

if TYPE_CHECKING:
    from cattrs import Converter


@cache
def converter() -> Converter:
    """Return the converter of configurations: the strict one, and what is special to tables."""
    made = strict_converter()
    made.register_structure_hook(str, _text)
    made.register_structure_hook_factory(attrs.has, _tables_for(made))
    made.register_structure_hook_func(lambda kind: kind == str | None, _text_or_none)
    made.register_structure_hook_func(lambda kind: kind == Mapping[str, Any], _free_table)
    made.register_structure_hook_func(lambda kind: kind == Mapping[str, Mapping[str, Any]], _free_tables)
    return made


def _tables_for(made: Converter) -> Callable[[type[Any]], Callable[[Any, Any], Any]]:
    return lambda cls: _table_hook(cls, made)


def _table_hook(cls: type[Any], made: Converter) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn

    structure = make_dict_structure_fn(cls, made, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True)

    def hook(value: Any, kind: Any) -> Any:  # noqa: ANN401 - cattrs' own signature
        return structure(_free_table(value, kind), kind)

    return hook


def _text(value: object, _: Any) -> str:  # noqa: ANN401 - cattrs' own signature
    if not isinstance(value, str):
        raise TypeError(f'expected text, {found(value)}; write it in quotes: "{value}"')
    if not value.strip() or "\0" in value:
        raise ValueError(f"expected text that isn't empty, {found(value)}")
    return value


def _text_or_none(value: object, kind: Any) -> str | None:  # noqa: ANN401 - cattrs' own signature
    return None if value is None else _text(value, kind)


def _free_table(value: object, _: Any) -> dict[str, Any]:  # noqa: ANN401 - cattrs' own signature
    if not isinstance(value, dict):
        raise TypeError(f"expected a table, {found(value)}")
    return cast("dict[str, Any]", value)


def _free_tables(value: object, kind: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - cattrs' own signature
    tables = _free_table(value, kind)
    for name, below in tables.items():
        if not isinstance(below, dict):
            raise TypeError(f"expected a table of options under {name!r}, {found(below)}")
    return tables
