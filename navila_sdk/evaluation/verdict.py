"""What the controls say of a result: whether it can be told apart from the same planner kept from its images or words.

A benchmark on which a blind planner does as well measures no seeing. Then the result is void, and every table says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from navila_sdk.evaluation import intervals
from navila_sdk.evaluation.controls import Control
from navila_sdk.evaluation.intervals import Estimate
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.rowlog import read_rows

FOLDER = "controls"
_VOIDING = {Control.NO_IMAGE: "images", Control.NO_INSTRUCTION: "its instructions"}


@attrs.frozen(slots=True)
class Beside:
    """A control's success beside the planner's own, over the episodes both have run.

    Attributes:
        control: Which.
        episodes: How many they share.
        own: The planner's success rate over them.
        other: The control's.
    """

    control: Control
    episodes: int
    own: Estimate
    other: Estimate

    @property
    def overlaps(self) -> bool:
        """Whether the two intervals of 95 % share a point."""
        return self.other.low <= self.own.high and self.own.low <= self.other.high

    @property
    def voids(self) -> bool:
        """Whether the result is void: the planner can't be told apart from itself without images, or without words."""
        return self.control in _VOIDING and self.overlaps

    def told(self) -> str:
        """Return it in words."""
        own, other = _span(self.own), _span(self.other)
        rates = f"SR {own} against {other} over {self.episodes} episodes"
        if self.voids:
            return (
                f"VOID: {self.control} can't be told apart from the planner ({rates}): this result says nothing about "
                f"what {_VOIDING[self.control]} are good for"
            )
        if self.control is Control.ORACLE:
            return f"oracle: {rates}; nobody can be expected to do better"
        if self.overlaps:
            return f"{self.control}: not told apart from the planner ({rates})"
        side = "below" if self.other.mean < self.own.mean else "above"
        return f"{self.control}: {side} the planner ({rates})"


def beside(rows: Sequence[EpisodeRow], controls: Mapping[Control, Mapping[str, EpisodeRow]]) -> list[Beside]:
    """Return each control beside the planner's rows; controls that share no episode are left out.

    Args:
        rows: The planner's.
        controls: Each control's rows by episode.
    """
    found: list[Beside] = []
    for control in Control:
        others = controls.get(control, {})
        known = [row for row in rows if "sr" not in row.metrics.undefined]
        pairs = [(row, others[row.episode_id]) for row in known if row.episode_id in others]
        if pairs:
            own = intervals.rate([row.metrics.sr for row, _ in pairs])
            other = intervals.rate([row.metrics.sr for _, row in pairs])
            found.append(Beside(control, len(pairs), own, other))
    return found


def control_folder(folder: Path, control: Control) -> Path:
    """Return where a control's results lie, inside the folder of those they stand beside."""
    return folder / FOLDER / str(control)


def controls_in(folder: Path) -> dict[Control, dict[str, EpisodeRow]]:
    """Return the rows of the controls that lie in a folder of results; raises as ``read_rows``."""
    return {control: rows for control in Control if (rows := read_rows(control_folder(folder, control)))}


def _span(rate: Estimate) -> str:
    return f"{100 * rate.mean:.1f} % [{100 * rate.low:.1f}, {100 * rate.high:.1f}]"
