"""Rows to one table: the mean of each metric with its interval, over all episodes and by tier."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from navila_sdk.evaluation import intervals
from navila_sdk.evaluation.intervals import Estimate
from navila_sdk.evaluation.row import EpisodeRow

_TIERS = ("easy", "medium", "long")


@attrs.frozen(slots=True)
class Column:
    """One metric of the table.

    Attributes:
        name: As papers write it.
        field: Attribute of ``EpisodeMetrics``.
        title: What it says.
        unit: "%" for rates and likenesses, which are fractions inside; "m", "s" or nothing.
        rate: Whether each episode gives 0 or 1.
    """

    name: str
    field: str
    title: str
    unit: str = ""
    rate: bool = False

    def value(self, row: EpisodeRow) -> float | None:
        """Return the metric of a row; None where it wasn't measured, or its definition leaves it undefined."""
        found: float | None = getattr(row.metrics, self.field)
        return None if found is None or self.field in row.metrics.undefined else float(found)

    def of(self, rows: Sequence[EpisodeRow]) -> list[float]:
        """Return the metric of each row that has it."""
        return [value for row in rows if (value := self.value(row)) is not None]

    def undefined(self, rows: Sequence[EpisodeRow]) -> int:
        """Return how many rows' definitions leave it undefined."""
        return sum(self.field in row.metrics.undefined for row in rows)

    def estimate(self, rows: Sequence[EpisodeRow]) -> Estimate:
        """Return its mean over the rows that have it, with interval; NaN where there is none.

        VLN-CE's own mean is NaN as soon as one episode's metric is; so is this one by its definitions.
        """
        values = self.of(rows)
        spoilt = any(self.field in row.metrics.undefined and row.metrics.compat == "vlnce" for row in rows)
        if spoilt or not values:
            return UNKNOWN
        find: Callable[[Sequence[float]], Estimate] = intervals.rate if self.rate else intervals.mean
        return find(values)

    def shown(self, value: float) -> str:
        """Return a value as tables write it."""
        if math.isnan(value):
            return "-"
        return f"{100 * value:.1f}" if self.unit == "%" else f"{value:.2f}"

    def signed(self, value: float) -> str:
        """Return a difference as tables write it."""
        if math.isnan(value):
            return "-"
        return f"{100 * value:+.1f}" if self.unit == "%" else f"{value:+.2f}"


UNKNOWN = Estimate(math.nan, math.nan, math.nan)

COLUMNS = (
    Column("SR", "sr", "stopped less than 3 m from the goal", "%", True),
    Column("SPL", "spl", "success by shortest over driven way", "%"),
    Column("OSR", "osr", "came within 3 m at any time", "%", True),
    Column("NE", "ne_m", "geodesic distance to the goal at the end", "m"),
    Column("nDTW", "ndtw", "likeness to the reference path", "%"),
    Column("SDTW", "sdtw", "success by likeness", "%"),
    Column("SR1", "sr_1m", "stopped less than 1 m from the goal", "%", True),
    Column("OSPL", "oracle_spl", "SPL of a stop at the best moment", "%"),
    Column("TL", "tl_m", "length of the driven path", "m"),
    Column("steps", "steps", "actions in units of 25 cm and 15 degrees"),
    Column("actions", "actions", "mid-level actions"),
    Column("collisions", "collisions", "times the body began to touch something"),
    Column("contact", "contact_s", "touching something", "s"),
    Column("falls", "falls", "times the body tilted past the limit"),
    Column("energy", "energy_j", "work of the motors, where the world tells", "J"),
    Column("jerk", "jerk_mps3", "root mean square jerk of the body", "m/s3"),
    Column("blocked", "blocked_s", "held by the safety chain", "s"),
    Column("idle", "idle_s", "waiting for a plan", "s"),
    Column("time", "duration_s", "on the robot's clock", "s"),
)
MAIN = COLUMNS[:7]


@attrs.frozen(slots=True)
class Summary:
    """What a set of rows comes to.

    Attributes:
        episodes: How many there are.
        errors: How many of them didn't run; they count as failures.
        estimates: Each metric by its name.
        outcomes: How often each way to end occurred, the most frequent first.
        undefined: By metric, how many episodes' definitions leave it undefined; only metrics where there are any.
        retried: How many had to be tried again, because a worker died or time was up.
    """

    episodes: int
    errors: int
    estimates: Mapping[str, Estimate]
    outcomes: Mapping[str, int]
    undefined: Mapping[str, int] = attrs.field(factory=dict[str, int])
    retried: int = 0


def summarised(rows: Sequence[EpisodeRow]) -> Summary:
    """Return the summary of rows.

    Raises:
        EvaluationError: There are none.
    """
    outcomes = Counter(row.outcome for row in rows)
    return Summary(
        len(rows),
        sum(bool(row.error) for row in rows),
        {column.name: column.estimate(rows) for column in COLUMNS},
        dict(sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))),
        {column.name: count for column in COLUMNS if (count := column.undefined(rows))},
        sum(bool(row.retried) for row in rows),
    )


def by_tier(rows: Sequence[EpisodeRow]) -> dict[str, Summary]:
    """Return the summary of each tier, easy to long; empty where there is only one."""
    tiers = sorted({row.tier for row in rows}, key=lambda tier: (_TIERS.index(tier) if tier in _TIERS else 99, tier))
    if len(tiers) < 2:
        return {}
    return {tier: summarised([row for row in rows if row.tier == tier]) for tier in tiers}


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain values: fractions for rates and likenesses, metres, seconds; None where unknown."""
    means = {name: plain_number(estimate.mean) for name, estimate in summary.estimates.items()}
    spans = {
        name: [plain_number(estimate.low), plain_number(estimate.high)] for name, estimate in summary.estimates.items()
    }
    return {
        "episodes": summary.episodes,
        **means,
        "intervals": spans,
        "outcomes": dict(summary.outcomes),
        "errors": summary.errors,
        "undefined": dict(summary.undefined),
        "retried": summary.retried,
    }


def plain_number(value: float) -> float | None:
    """Return a number for JSON: None where it's unknown."""
    return None if math.isnan(value) else value
