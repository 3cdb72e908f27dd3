"""``navila``: the model's own sentences, strictly: the ten trained ones, free amounts, canonical forms.

The trained targets are "The next action is move forward {25|50|75} cm.", "... turn {left|right} {15|30|45}
degree." and "I think I should stop because I have finished the instruction." (NaVILA's R2R annotations; the
human-video ones say "degrees").
"""

from __future__ import annotations

import functools
import re

from navila_sdk.actions import (
    ACTION_TYPES,
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    Stop,
    TurnLeft,
    TurnRight,
    Verb,
    Wait,
)
from navila_sdk.errors import ActionError
from navila_sdk.grammar.dialect import Unparsed, register_dialect
from navila_sdk.units import degrees_to_rad, shifted_value

_LEAD = r"(?:the next action is )?"
_SENTENCE = re.compile(
    rf"\s*{_LEAD}(?:"
    r"(?P<move>move forward|move backward|step left|step right) "
    r"(?P<distance>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>cm|m)"
    r"|(?P<turn>turn left|turn right) (?P<angle>[0-9]+(?:\.[0-9]+)?) ?(?:degrees?|deg|°)"
    r"|wait (?P<wait>[0-9]+(?:\.[0-9]+)?) ?(?:seconds?|s)"
    r"|(?P<stop>stop))\.?\s*",
    re.IGNORECASE | re.ASCII,
)
_FINISHED = re.compile(
    r"\s*I think I should stop because I have finished the instruction\.?\s*", re.IGNORECASE | re.ASCII
)
_MOVES: dict[str, type[MoveForward] | type[MoveBackward] | type[StepLeft] | type[StepRight]] = {
    "move forward": MoveForward,
    "move backward": MoveBackward,
    "step left": StepLeft,
    "step right": StepRight,
}
_TURNS: dict[str, type[TurnLeft] | type[TurnRight]] = {"turn left": TurnLeft, "turn right": TurnRight}

_LEAD_AT = re.compile(rf"\s*{_LEAD}", re.IGNORECASE | re.ASCII)
_VERB_AT = re.compile("|".join(str(verb) for verb in ACTION_TYPES), re.IGNORECASE | re.ASCII)
_AMOUNT_AT = re.compile(r" [0-9]+(?:\.[0-9]+)?(?![0-9.])")
_SIGNED_AT = re.compile(r" ([-+\u2212][0-9.]+)")
_UNITS_AT = {
    "distance": (re.compile(r" ?(?:cm|m)\b", re.IGNORECASE | re.ASCII), "'cm' or 'm'"),
    "angle": (re.compile(r" ?(?:degrees?\b|deg\b|°)", re.IGNORECASE | re.ASCII), "'degrees'"),
    "duration": (re.compile(r" ?(?:seconds?|s)\b", re.IGNORECASE | re.ASCII), "'seconds'"),
}
_END_AT = re.compile(r"\.?\s*$")
_QUANTITY = {
    Verb.TURN_LEFT: "angle",
    Verb.TURN_RIGHT: "angle",
    Verb.WAIT: "duration",
}


@functools.lru_cache(maxsize=1024)
def _made(move: str, distance: str, unit: str, turn: str, angle: str, wait: str) -> Action:
    """Return the action of matched parts; raises ActionError for an impossible amount."""
    if move:
        return _MOVES[move](shifted_value(distance, -2 if unit == "cm" else 0))
    if turn:
        return _TURNS[turn](degrees_to_rad(angle))
    return Wait(shifted_value(wait, 0))


class NavilaDialect:
    """Strict: a text is one action, whole, or it's ``Unparsed``."""

    name = "navila"

    def parse(self, text: str) -> tuple[Action, ...] | Unparsed:
        """Return the one action of the sentence."""
        found = _SENTENCE.fullmatch(text)
        if found is None:
            return (Stop(),) if _FINISHED.fullmatch(text) else self._refused(text)
        move, distance, unit, turn, angle, wait, stop = found.groups(default="")
        if stop:
            return (Stop(),)
        try:
            return (_made(move.lower(), distance, unit.lower(), turn.lower(), angle, wait),)
        except (ActionError, ArithmeticError, ValueError) as error:
            group = "distance" if move else "angle" if turn else "wait"
            return Unparsed(text, str(error)[:300], found.span(group), self.name)

    def _refused(self, text: str) -> Unparsed:
        """Return where the text stops being a sentence, and what was expected there."""

        def at(place: int, expected: str) -> Unparsed:
            end = len(text.rstrip())
            begin = min(len(text) - len(text[place:].lstrip()), end)
            seen = repr(text[begin : min(end, begin + 40)]) if begin < end else "the end"
            return Unparsed(text, f"expected {expected}, found {seen}", (begin, end), self.name)

        lead = _LEAD_AT.match(text)
        place = lead.end() if lead else 0
        verb = _VERB_AT.match(text, place)
        if verb is None:
            return at(place, "an action such as 'move forward 75 cm', 'turn left 30 degrees' or 'stop'")
        kind, place = Verb(verb.group().lower()), verb.end()
        if kind is not Verb.STOP:
            signed = _SIGNED_AT.match(text, place)
            if signed is not None:
                reason = f"expected an amount without a sign after {str(kind)!r}; the verb says the direction"
                return Unparsed(text, reason, signed.span(1), self.name)
            amount = _AMOUNT_AT.match(text, place)
            if amount is None:
                return at(place, f"an amount after {str(kind)!r}")
            unit_at, units = _UNITS_AT[_QUANTITY.get(kind, "distance")]
            unit = unit_at.match(text, amount.end())
            if unit is None:
                return at(amount.end(), f"{units} after the amount")
            place = unit.end()
        return at(place, "nothing more")


register_dialect(NavilaDialect())
