"""``navila-isaac``: the motion NaVILA-Bench really makes of a text: a velocity for a time.

Source: NaVILA-Bench isaaclab_exts/omni.isaac.vlnce/omni/isaac/vlnce/utils/eval_utils.py: substring tests, the
first hit wins, unknown text walks forward for half a second. Nothing is unparsed here.
"""

from __future__ import annotations

from navila_sdk.actions import Action, MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.grammar.dialect import Unparsed, register_dialect

FORWARD_MPS = 0.5
TURN_DEGPS = 30.0
_SECONDS_OF_TURN = (("45", 1.5), ("30", 1.0), ("15", 0.5))
_SECONDS_OF_MOVE = (("75", 1.5), ("50", 1.0), ("25", 0.5))
_DEFAULT_S = 0.5


def _seconds(text: str, table: tuple[tuple[str, float], ...]) -> float:
    return next((seconds for digits, seconds in table if digits in text), _DEFAULT_S)


def _forward(seconds: float) -> Action:
    return MoveForward(seconds * FORWARD_MPS)


class IsaacDialect:
    """Seconds times 0.5 m/s or 30 degrees/s."""

    name = "navila-isaac"

    def parse(self, text: str) -> tuple[Action, ...] | Unparsed:
        """Return the one motion the bench makes."""
        lower = text.lower()
        if "turn left" in lower:
            return (TurnLeft.degrees(_seconds(lower, _SECONDS_OF_TURN) * TURN_DEGPS),)
        if "turn right" in lower:
            return (TurnRight.degrees(_seconds(lower, _SECONDS_OF_TURN) * TURN_DEGPS),)
        if "move" in lower:  # covers "move forward"
            return (_forward(_seconds(lower, _SECONDS_OF_MOVE)),)
        if "stop" in lower:
            return (Stop(),)
        return (_forward(_DEFAULT_S),)


register_dialect(IsaacDialect())
