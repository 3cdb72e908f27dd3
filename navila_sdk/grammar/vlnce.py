"""``navila-vlnce``: the motion NaVILA's VLN-CE evaluator really makes of a text, odd cases included.

Source: NaVILA evaluation/vlnce_baselines/navila_trainer.py: the class by one regex, the amount by a second,
snapped to 25 cm or 15 degrees and run as low-level steps. Where that code crashes, text is ``Unparsed``.
"""

from __future__ import annotations

import re

from navila_sdk.actions import Action, MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.errors import ActionError
from navila_sdk.grammar.dialect import Unparsed, register_dialect

_CLASSES = (
    (re.compile(r"\bstop\b", re.IGNORECASE), None, Stop),
    (re.compile(r"\bis move forward\b", re.IGNORECASE), re.compile(r"move forward (\d+) cm"), MoveForward),
    (re.compile(r"\bis turn left\b", re.IGNORECASE), re.compile(r"turn left (\d+) degree"), TurnLeft),
    (re.compile(r"\bis turn right\b", re.IGNORECASE), re.compile(r"turn right (\d+) degree"), TurnRight),
)
_TRAINED_STEPS = 3


def _steps(amount: int, unit: int) -> int:
    """Return the low-level steps of an amount: whole multiples as they are, others the nearest of three."""
    if amount % unit == 0:
        return max(amount // unit, 1)  # zero still executes one step
    return min(range(1, _TRAINED_STEPS + 1), key=lambda count: abs(count * unit - amount))


class VlnceDialect:
    """Steps of 25 cm and 15 degrees, times their count."""

    name = "navila-vlnce"

    def parse(self, text: str) -> tuple[Action, ...] | Unparsed:
        """Return the one action the evaluator executes."""
        for class_pattern, amount_pattern, kind in _CLASSES:
            if class_pattern.search(text) is None:
                continue
            if amount_pattern is None:
                return (Stop(),)
            return self._sized(text, amount_pattern, kind)
        reason = "no 'stop', 'is move forward', 'is turn left' or 'is turn right': upstream crashes here"
        return Unparsed(text, reason, (0, len(text)), self.name)

    def _sized(self, text: str, pattern: re.Pattern[str], kind: type[Action]) -> tuple[Action, ...] | Unparsed:
        unit = 25 if kind is MoveForward else 15
        found = pattern.search(text)
        try:
            count = _steps(int(found.group(1)), unit) if found else 1
        except ValueError:
            # int() refuses numbers of more than 4300 digits; upstream then takes its default amount.
            count = 1
        try:
            if kind is MoveForward:
                return (MoveForward.cm(unit * count),)
            turn = TurnLeft if kind is TurnLeft else TurnRight
            return (turn.degrees(unit * count),)
        except (ActionError, OverflowError) as error:
            span = found.span(1) if found else (0, len(text))
            return Unparsed(text, f"an impossible amount: {str(error)[:200]}", span, self.name)


register_dialect(VlnceDialect())
