"""Clauses: what a person asks for with one verb."""

from __future__ import annotations

from navila_sdk.actions import (
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    Stop,
    TurnLeft,
    TurnRight,
    Wait,
)
from navila_sdk.errors import ActionError
from navila_sdk.grammar.human.amounts import Amount, amount
from navila_sdk.grammar.human.numbers import begins_number
from navila_sdk.grammar.human.tokens import Cursor, RefusedError
from navila_sdk.units import degrees_to_rad

_STOPS = frozenset({"stop", "halt"})
_WAITS = frozenset({"wait", "pause"})
_TURNS = frozenset({"turn", "rotate", "spin", "pivot"})
_MAKES = frozenset({"make", "do", "take"})
_STEPS = frozenset({"step", "move", "shuffle"})
_STRAFES = frozenset({"strafe", "sidestep"})
_WALKS = frozenset({"walk", "go", "drive", "run", "head", "advance", "proceed", "travel", "continue", "march", "crawl"})
_MOVES = _STEPS | _WALKS
_FORWARD = frozenset({"forward", "forwards", "ahead", "straight"})
_BACKWARD = frozenset({"back", "backward", "backwards"})
_SIDES = frozenset({"left", "right"})
_ROTATIONS = {"clockwise": "right", "anticlockwise": "left", "counterclockwise": "left"}
_EXAMPLES = "'walk forward 2 m', 'turn left 90 degrees', 'wait 3 seconds' or 'stop'"


def clause(cursor: Cursor) -> Action:
    """Take one clause.

    Raises:
        RefusedError: It isn't understood, or an amount is missing or impossible.
    """
    place = cursor.place
    verb = cursor.peek().text
    if cursor.take_one_of(_STOPS):
        cursor.take_one_of(frozenset({"here", "there"}))
        return Stop()
    if cursor.take_one_of(_WAITS):
        return _wait(cursor, place)
    if cursor.take_one_of(_TURNS):
        return _turn(cursor, place)
    if cursor.take_one_of(_MAKES):
        return _made_turn(cursor, place)
    if cursor.take("back", "up") or cursor.take("reverse"):
        return _sized(MoveBackward, _length(cursor, place, "a distance, as in 'back up 50 cm'"))
    if cursor.take_one_of(_STRAFES) or cursor.take("side", "step"):
        return _strafe(cursor, place)
    if cursor.take_one_of(_MOVES):
        return _move(cursor, verb, place)
    raise cursor.refuse(f"a motion command such as {_EXAMPLES}")


def _sized(kind: type[Action], size: Amount) -> Action:
    """Return the action of that size; an impossible size is refused with its place."""
    try:
        if kind in (TurnLeft, TurnRight):
            turn = TurnLeft if kind is TurnLeft else TurnRight
            return turn(degrees_to_rad(repr(size.value)) if size.dimension == "degrees" else size.value)
        return kind(size.value)  # pyright: ignore[reportCallIssue] - every other kind takes one amount
    except ActionError as error:
        raise RefusedError(str(error), size.span, impossible=True) from None


def _wait(cursor: Cursor, place: int) -> Action:
    cursor.take("for")
    size = amount(cursor, "time")
    if size is None:
        raise cursor.incomplete("a time, as in 'wait 3 seconds'", place)
    return _sized(Wait, size)


def _side(cursor: Cursor) -> str | None:
    """Take "left", "to the left" or "to your left"."""
    place = cursor.place
    if cursor.take("to") and not (cursor.take("the") or cursor.take("your")):
        cursor.back_to(place)
        return None
    side = cursor.take_one_of(_SIDES)
    if side is None:
        cursor.back_to(place)
    return side


def _rotation(cursor: Cursor) -> str | None:
    """Take a side or a sense of rotation; return the side."""
    if cursor.take("counter", "clockwise") or cursor.take("anti", "clockwise"):
        return "left"
    sense = cursor.take_one_of(frozenset(_ROTATIONS))
    return _ROTATIONS[sense] if sense else _side(cursor)


def _turn(cursor: Cursor, place: int) -> Action:
    if cursor.take("around") or cursor.take("round") or cursor.take("about"):
        return TurnLeft.degrees(180)
    side = _rotation(cursor)
    cursor.take("by")
    size = _angle(cursor, place, side)
    return _turned(cursor, place, side or _rotation(cursor), size)


def _made_turn(cursor: Cursor, place: int) -> Action:
    """Take "make a quarter turn to the left", "... a 90 degree turn left" or "... a left turn of 90 degrees"."""
    noun = cursor.peek(1)
    if cursor.peek().text == "a" and (noun.text in _SIDES or noun.text == "turn" or begins_number(noun)):
        cursor.next()
    side = cursor.take_one_of(_SIDES)
    if cursor.take("turn"):  # "a turn" alone is of any angle; "a full turn" is an amount
        side = side or _rotation(cursor)
        cursor.take_one_of(frozenset({"of", "by"}))
    size = _angle(cursor, place, side)
    side = side or cursor.take_one_of(_SIDES)
    cursor.take("turn")
    return _turned(cursor, place, side or _rotation(cursor), size)


def _angle(cursor: Cursor, place: int, side: str | None) -> Amount:
    size = amount(cursor, "angle")
    if size is None:
        wanted = "an angle" if side else "a side and an angle"
        raise cursor.incomplete(f"{wanted}, as in 'turn left 90 degrees'", place)
    return size


def _turned(cursor: Cursor, place: int, side: str | None, size: Amount) -> Action:
    if side is None:
        raise cursor.incomplete("'left' or 'right', as in 'turn left 90 degrees'", place)
    return _sized(TurnLeft if side == "left" else TurnRight, size)


def _length(cursor: Cursor, place: int, wanted: str) -> Amount:
    cursor.take_one_of(frozenset({"by", "for"}))
    size = amount(cursor, "length")
    if size is None:
        raise cursor.incomplete(wanted, place)
    return size


def _strafe(cursor: Cursor, place: int) -> Action:
    side = _side(cursor)
    size = _length(cursor, place, "a distance, as in 'step left 20 cm'")
    side = side or _side(cursor)
    if side is None:
        raise cursor.incomplete("'left' or 'right', as in 'step left 20 cm'", place)
    return _sized(StepLeft if side == "left" else StepRight, size)


def _heading(cursor: Cursor, verb: str) -> type[Action] | None:
    """Take a direction of motion, if one comes."""
    if cursor.take_one_of(_BACKWARD):
        return MoveBackward
    if cursor.take_one_of(_FORWARD):
        while cursor.take_one_of(_FORWARD | {"on"}):
            pass
        return MoveForward
    place = cursor.place
    side = _side(cursor)
    if side is None:
        return None
    if verb not in _STEPS:
        cursor.back_to(place)
        raise cursor.refuse(f"'turn {side}' or 'step {side}' ('{verb} {side}' could mean either)")
    return StepLeft if side == "left" else StepRight


def _move(cursor: Cursor, verb: str, place: int) -> Action:
    kind = _heading(cursor, verb)
    wanted = "a distance" if kind else "a direction and a distance"
    size = _length(cursor, place, f"{wanted}, as in 'walk forward 2 m'")
    kind = kind or _heading(cursor, verb) or MoveForward
    return _sized(kind, size)
