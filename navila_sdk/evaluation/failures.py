"""Why episodes didn't run, gathered: one line for each kind of cause, with how many and which."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from navila_sdk.evaluation.row import EpisodeRow

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r"'[^']*'")


@attrs.frozen(slots=True)
class Failing:
    """Episodes that failed to run for one reason.

    Attributes:
        error: Type of what was raised.
        cause: What the first of them said.
        episodes: Their ids.
    """

    error: str
    cause: str
    episodes: tuple[str, ...]

    def told(self) -> str:
        """Return it as one line."""
        more = f" and {len(self.episodes) - 3} more" if len(self.episodes) > 3 else ""
        return f"{len(self.episodes)} x {self.error}: {self.cause} ({', '.join(self.episodes[:3])}{more})"


def failing(rows: Sequence[EpisodeRow]) -> list[Failing]:
    """Return the reasons, the most frequent first; causes that differ only in names and numbers are one."""
    found: dict[tuple[str, str], list[EpisodeRow]] = {}
    for row in rows:
        if row.error:
            kind = _NUMBER.sub("0", _QUOTED.sub("''", row.cause.replace(row.scene, "") if row.scene else row.cause))
            found.setdefault((row.error, kind), []).append(row)
    reasons = [
        Failing(error, same[0].cause, tuple(row.episode_id for row in same)) for (error, _), same in found.items()
    ]
    return sorted(reasons, key=lambda reason: -len(reason.episodes))
