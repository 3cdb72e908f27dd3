"""Amounts: a number and a unit, as metres, degrees, radians or seconds."""

from __future__ import annotations

from fractions import Fraction

import attrs

from navila_sdk.grammar.human.numbers import number, part_after_and
from navila_sdk.grammar.human.tokens import Cursor, RefusedError

_NAMES = {
    ("length", Fraction(1)): "m metre metres meter meters",
    ("length", Fraction(1, 100)): "cm cms centimetre centimetres centimeter centimeters",
    ("length", Fraction(1, 1000)): "mm millimetre millimetres millimeter millimeters",
    ("length", Fraction(1000)): "km kilometre kilometres kilometer kilometers",
    ("length", Fraction(3048, 10000)): "ft foot feet '",
    ("length", Fraction(254, 10000)): 'in inch inches "',
    ("length", Fraction(9144, 10000)): "yd yard yards",
    ("degrees", Fraction(1)): "degree degrees deg degs ° º",  # the last is often typed for the one before
    ("degrees", Fraction(360)): "turn turns circle circles revolution revolutions",
    ("radians", Fraction(1)): "rad rads radian radians",
    ("time", Fraction(1)): "s sec secs second seconds",
    ("time", Fraction(60)): "min mins minute minutes",
}
_UNITS = {name: unit for unit, names in _NAMES.items() for name in names.split()}
_DIRECTIONS = frozenset(
    {"forward", "forwards", "ahead", "straight", "back", "backward", "backwards", "left", "right", "to"}
)
_EXAMPLES = {"length": "'2 m'", "angle": "'90 degrees'", "time": "'3 seconds'"}


@attrs.frozen(slots=True)
class Amount:
    """A quantity: ``dimension`` is "length" (m), "degrees", "radians" or "time" (s)."""

    dimension: str
    value: float
    span: tuple[int, int]


def _unit_next(cursor: Cursor) -> tuple[str, Fraction] | None:
    return _UNITS.get(cursor.peek().text)


def amount(cursor: Cursor, wanted: str) -> Amount | None:
    """Take an amount, or return None where no number comes.

    Args:
        cursor: Where to read.
        wanted: "length", "angle" or "time", for the error message.

    Raises:
        RefusedError: A number without a unit, or with a unit of another kind.
    """
    begin = cursor.peek().span[0]
    value = number(cursor)
    if value is None:
        return None
    if cursor.peek(1).text in _UNITS:
        cursor.take("full")  # "two full turns"
    unit = _unit_next(cursor)
    if unit is None:
        raise cursor.refuse(f"a unit after the number, as in {_EXAMPLES[wanted]}")
    dimension, scale = unit
    fits = dimension == wanted or (wanted == "angle" and dimension in ("degrees", "radians"))
    if not fits:
        raise cursor.refuse(f"a unit as in {_EXAMPLES[wanted]}")
    end = cursor.next().span[1]
    total = value * scale
    extra = part_after_and(cursor)
    if extra is not None:  # "a metre and a half"
        total += extra * scale
    else:
        more = _smaller_unit(cursor, dimension, scale)
        total += more if more is not None else 0
    if total <= 0:
        raise RefusedError("the amount must be greater than zero", (begin, end), impossible=True)
    return Amount(dimension, float(total), (begin, end))


def _smaller_unit(cursor: Cursor, dimension: str, scale: Fraction) -> Fraction | None:
    """Take the second part of "1 m 50 cm" or "5 feet and 6 inches", or nothing."""
    place = cursor.place
    joined = cursor.take("and")
    if cursor.peek().kind in ("number", "word"):
        value = number(cursor)
        unit = _unit_next(cursor)
        if value is not None and unit is not None and unit[0] == dimension and unit[1] < scale:
            cursor.next()
            if joined and cursor.peek().text in _DIRECTIONS:  # "move 2 m and 50 cm left": one move or two?
                raise cursor.refuse("a verb for the second distance, or the direction before the first")
            return value * unit[1]
    cursor.back_to(place)
    return None
