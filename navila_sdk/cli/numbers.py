"""Numbers on the command line: click's ranges let NaN through, for it's neither below nor above anything."""

from __future__ import annotations

import math

import click


class FiniteRange(click.FloatRange):
    """A finite number in a range."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number of a text or a number, or fail with a usage error."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no finite number.", param, ctx)
        return number
