"""Results that others published, with where each stands and what it was measured with."""

from __future__ import annotations

import importlib.resources
from functools import cache

import attrs

from navila_sdk.strict import strict_converter


@attrs.frozen(slots=True, kw_only=True)
class Published:
    """One line of somebody's table; rates in percent as printed, None where the table has none.

    Attributes:
        benchmark: As ``navila eval`` calls it.
        split: Its split.
        model: Who did it, with what.
        ne_m: NE in metres.
        osr: OSR.
        sr: SR.
        spl: SPL.
        ndtw: nDTW.
        source: Where it stands.
        profile: What it was measured with: turn and step, camera, sliding, whose metrics.
    """

    benchmark: str
    split: str
    model: str
    ne_m: float | None = None
    osr: float | None = None
    sr: float | None = None
    spl: float | None = None
    ndtw: float | None = None
    source: str
    profile: str

    def cells(self) -> list[str]:
        """Return NE, OSR, SR, SPL and nDTW as tables write them."""
        rates = (self.osr, self.sr, self.spl, self.ndtw)
        return [_cell(self.ne_m, 2), *(_cell(rate, 1) for rate in rates)]


def published(benchmark: str, split: str) -> tuple[Published, ...]:
    """Return the published results on a split of a benchmark, in the order of their publication."""
    return tuple(line for line in _lines() if (line.benchmark, line.split) == (benchmark, split))


def _cell(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


@cache
def _lines() -> tuple[Published, ...]:
    import json

    text = importlib.resources.files("navila_sdk.evaluation").joinpath("published.json").read_text(encoding="utf-8")
    return strict_converter().structure(json.loads(text)["results"], tuple[Published, ...])
