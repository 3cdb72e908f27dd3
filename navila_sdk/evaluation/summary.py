"""Rows to one table: the mean of each metric with its interval, over all episodes and by tier."""

from __future__ import annotations

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

    def of(self, rows: Sequence[EpisodeRow]) -> list[float]:
        """Return the metric of each row."""
        return [float(getattr(row.metrics, self.field)) for row in rows]

    def estimate(self, rows: Sequence[EpisodeRow]) -> Estimate:
        """Return its mean over rows, with interval."""
        find: Callable[[Sequence[float]], Estimate] = intervals.rate if self.rate else intervals.mean
        return find(self.of(rows))

    def shown(self, value: float) -> str:
        """Return a value as tables write it."""
        return f"{100 * value:.1f}" if self.unit == "%" else f"{value:.2f}"

    def signed(self, value: float) -> str:
        """Return a difference as tables write it."""
        return f"{100 * value:+.1f}" if self.unit == "%" else f"{value:+.2f}"


COLUMNS = (
    Column("SR", "sr", "stopped less than 3 m from the goal", "%", True),
    Column("SPL", "spl", "success by shortest over driven way", "%"),
    Column("OSR", "osr", "came within 3 m at any time", "%", True),
    Column("NE", "ne_m", "geodesic distance to the goal at the end", "m"),
    Column("nDTW", "ndtw", "likeness to the reference path", "%"),
    Column("SDTW", "sdtw", "success by likeness", "%"),
    Column("SR1", "sr_1m", "stopped less than 1 m from the goal", "%", True),
    Column("TL", "tl_m", "length of the driven path", "m"),
    Column("steps", "steps", "actions in units of 25 cm and 15 degrees"),
    Column("actions", "actions", "mid-level actions"),
    Column("collisions", "collisions", "times the body began to touch something"),
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
    """

    episodes: int
    errors: int
    estimates: Mapping[str, Estimate]
    outcomes: Mapping[str, int]


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
    )


def by_tier(rows: Sequence[EpisodeRow]) -> dict[str, Summary]:
    """Return the summary of each tier, easy to long; empty where there is only one."""
    tiers = sorted({row.tier for row in rows}, key=lambda tier: (_TIERS.index(tier) if tier in _TIERS else 99, tier))
    if len(tiers) < 2:
        return {}
    return {tier: summarised([row for row in rows if row.tier == tier]) for tier in tiers}


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain values: fractions for rates and likenesses, metres, seconds."""
    means = {name: estimate.mean for name, estimate in summary.estimates.items()}
    spans = {name: [estimate.low, estimate.high] for name, estimate in summary.estimates.items()}
    return {
        "episodes": summary.episodes,
        **means,
        "intervals": spans,
        "outcomes": dict(summary.outcomes),
        "errors": summary.errors,
    }
