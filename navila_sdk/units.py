"""Exact conversions between SI floats and the decimal amounts of language.

``text -> float -> text`` and ``float -> text -> float`` are both lossless, so an action survives a
round trip through its sentence bit for bit.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
_EXACT_DIGITS = 15  # every decimal of at most 15 significant digits is one double and back
_WORKING_DIGITS = 60


def shifted_text(value: float, places: int) -> str:
    """Return the shortest plain decimal equal to ``value * 10**places`` (exact, no exponent)."""
    shifted = Decimal(repr(float(value))).scaleb(places)
    text = format(shifted, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shifted_value(text: str, places: int) -> float:
    """Return the double nearest to the decimal ``text`` times ``10**places``."""
    return float(Decimal(text).scaleb(places))


def degrees_to_rad(text: str) -> float:
    """Return the radians that the decimal number of degrees in ``text`` stands for.

    Up to 15 significant digits this is ``math.radians(float(text))``; longer amounts, which only the
    canonical form of an odd angle needs, are converted in extended precision and rounded once.
    """
    amount = Decimal(text)
    if len(amount.as_tuple().digits) <= _EXACT_DIGITS:
        return math.radians(float(amount))
    with localcontext() as context:
        context.prec = _WORKING_DIGITS
        return float(amount * _PI / 180)


def rad_to_degrees_text(angle_rad: float) -> str:
    """Return the shortest decimal number of degrees that ``degrees_to_rad`` maps back to the angle."""
    degrees = math.degrees(angle_rad)
    for digits in range(1, _EXACT_DIGITS + 1):
        text = format(Decimal(f"{degrees:.{digits}g}"), "f")
        if degrees_to_rad(text) == angle_rad:
            return text
    with localcontext() as context:
        context.prec = _WORKING_DIGITS
        exact = Decimal(angle_rad) * 180 / _PI
    for digits in range(_EXACT_DIGITS + 1, 40):
        with localcontext() as context:
            context.prec = digits
            text = format(+exact, "f")
        if len(Decimal(text).as_tuple().digits) > _EXACT_DIGITS and degrees_to_rad(text) == angle_rad:
            return text
    raise AssertionError(f"no decimal number of degrees for {angle_rad!r} rad")  # pragma: no cover
