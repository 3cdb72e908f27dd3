"""A converter that coerces nothing: 1 is no true, "3" no number, a word no list, NaN no amount."""

from __future__ import annotations

import enum
import functools
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, get_origin

import attrs

from navila_sdk.strict.words import found, suggestion

if TYPE_CHECKING:
    from cattrs import Converter


def strict_converter() -> Converter:
    """Return a new converter; cattrs is imported here because not every start needs it."""
    from cattrs import Converter

    made = Converter(detailed_validation=True, forbid_extra_keys=True)
    made.register_structure_hook(str, _text)
    made.register_structure_hook(enum.StrEnum, _choice)
    made.register_unstructure_hook(enum.StrEnum, lambda member: member.value)
    made.register_structure_hook_func(_is_literal, _literal)
    made.register_structure_hook(bool, _flag)
    made.register_structure_hook(int, _whole)
    made.register_structure_hook(float, _number)
    made.register_structure_hook_factory(_is_row, _row_hooks(made))
    made.register_structure_hook_factory(_is_list, _list_hooks(made))
    made.register_structure_hook_factory(attrs.has, _record_hooks(made))
    made.register_structure_hook_factory(_is_table, _table_hooks(made))
    return made


def checked_table(value: object, _: Any = None) -> dict[str, Any]:  # noqa: ANN401 - cattrs' own signature
    """Return the value, which must be a table.

    Raises:
        TypeError: It's none; says what was found.
    """
    if not isinstance(value, dict):
        raise TypeError(f"expected a table, {found(value)}")
    return cast("dict[str, Any]", value)


@functools.cache
def shared_converter() -> Converter:
    """Return the strict converter that readers of many values share; whoever registers hooks makes their own.

    To make one takes 4 ms, 25 times what it takes to read a row of results with it, and it's garbage that only the
    collector finds.
    """
    return strict_converter()


def _text(value: object, _: Any) -> str:  # noqa: ANN401 - cattrs' own signature
    if not isinstance(value, str):
        raise TypeError(f'expected text, {found(value)}; write it in quotes: "{value}"')
    return value


def _flag(value: object, _: Any) -> bool:  # noqa: ANN401 - cattrs' own signature
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, {found(value)}")
    return value


def _whole(value: object, _: Any) -> int:  # noqa: ANN401 - cattrs' own signature
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):  # numpy's are numbers, too
        raise TypeError(f"expected a whole number, {found(value)}")
    return int(value)


def _number(value: object, _: Any) -> float:  # noqa: ANN401 - cattrs' own signature
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"expected a number, {found(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, {found(value)}")
    return number


def _choice(value: object, kind: type[enum.StrEnum]) -> enum.StrEnum:
    return kind(_one_of(value, [str(member.value) for member in kind]))


def _literal(value: object, kind: Any) -> Any:  # noqa: ANN401 - cattrs' own signature
    return _one_of(value, get_args(kind))


def _one_of(value: object, words: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"expected one of {', '.join(words)}, {found(value)}{suggestion(value, words)}")
    return value


def _is_literal(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is a choice of words."""
    return get_origin(kind) is Literal and all(isinstance(word, str) for word in get_args(kind))


Hook = Callable[[object, Any], tuple[Any, ...]]


def _is_row(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is a tuple of a fixed number of values, such as a position."""
    parts = get_args(kind)
    return get_origin(kind) is tuple and bool(parts) and Ellipsis not in parts


def _row_hooks(made: Converter) -> Callable[[Any], Hook]:
    def hook_for(kind: Any) -> Hook:  # noqa: ANN401 - any type
        parts = get_args(kind)

        def hook(value: object, _: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cattrs' own signature
            items = _items(value)
            if items is None or len(items) != len(parts):
                raise TypeError(f"expected a list of {len(parts)} values, {found(value)}")
            return tuple(made.structure(item, part) for item, part in zip(items, parts, strict=True))

        return hook

    return hook_for


def _is_list(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is a tuple of any number of values of one type."""
    parts = get_args(kind)
    return get_origin(kind) is tuple and len(parts) == 2 and parts[1] is Ellipsis


def _list_hooks(made: Converter) -> Callable[[Any], Hook]:
    from cattrs.cols import homogenous_tuple_structure_factory

    def hook_for(kind: Any) -> Hook:  # noqa: ANN401 - any type
        structure = cast("Hook", homogenous_tuple_structure_factory(kind, made))
        of = "text" if get_args(kind)[0] is str else "values"

        def hook(value: object, kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cattrs' own signature
            if _items(value) is None:
                raise TypeError(f"expected a list of {of}, {found(value)}")
            return structure(value, kind)

        return hook

    return hook_for


def _record_hooks(made: Converter) -> Callable[[type[Any]], Callable[[object, Any], Any]]:
    from cattrs.gen import make_dict_structure_fn

    def hook_for(cls: type[Any]) -> Callable[[object, Any], Any]:
        structure = make_dict_structure_fn(cls, made, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True)
        return lambda value, kind: structure(checked_table(value), kind)

    return hook_for


def _is_table(kind: Any) -> bool:  # noqa: ANN401 - any type
    """Whether a type is a mapping from names to values."""
    return get_origin(kind) in (dict, Mapping)


def _table_hooks(made: Converter) -> Callable[[Any], Callable[[object, Any], Any]]:
    from cattrs.cols import mapping_structure_factory  # pyright: ignore[reportUnknownVariableType]

    def hook_for(kind: Any) -> Callable[[object, Any], Any]:  # noqa: ANN401 - any type
        structure = cast("Callable[[object, Any], Any]", mapping_structure_factory(kind, made))  # pyright: ignore[reportUnknownVariableType]
        return lambda value, kind: structure(checked_table(value), kind)

    return hook_for


def _items(value: object) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else None
