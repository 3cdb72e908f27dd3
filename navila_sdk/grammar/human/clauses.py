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
from navila_sdk.grammar.human.tokens import Cursor, RefusedError

_STOPS = frozenset({"stop", "halt"})
_WAITS = frozenset({"wait", "pause"})
_TURNS = frozenset({"turn", "rotate", "spin", "pivot"})
_STEPS = frozenset({"step", "move", "shuffle"})
_STRAFES = frozenset({"strafe", "sidestep"})
_WALKS = frozenset({"walk", "go", "drive", "run", "head", "advance", "proceed", "travel", "continue", "march", "crawl"})
_MOVES = _STEPS | _WALKS
_FORWARD = frozenset({"forward", "forwards", "ahead", "straight"})
_BACKWARD = frozenset({"back", "backward", "backwards"})
_SIDES = frozenset({"left", "right"})
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
    if cursor.take("back", "up") or cursor.take("reverse"):
        return _sized(MoveBackward, _length(cursor, "how far back"))
    if cursor.take_one_of(_STRAFES):
        return _strafe(cursor)
    if cursor.take_one_of(_MOVES):
        return _move(cursor, verb, place)
    raise cursor.refuse(f"a motion command such as {_EXAMPLES}")


def _sized(kind: type[Action], size: Amount) -> Action:
    """Return the action of that size; an impossible size is refused with its place."""
    try:
        if kind in (TurnLeft, TurnRight):
            turn = TurnLeft if kind is TurnLeft else TurnRight
            return turn.degrees(size.value) if size.dimension == "degrees" else turn(size.value)
        return kind(size.value)  # pyright: ignore[reportCallIssue] - every other kind takes one amount
    except ActionError as error:
        raise RefusedError(str(error), size.span) from None


def _wait(cursor: Cursor, place: int) -> Action:
    cursor.take("for")
    size = amount(cursor, "time")
    if size is None:
        raise cursor.refuse("how long, as in 'wait 3 seconds'", place)
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


def _turn(cursor: Cursor, place: int) -> Action:
    if cursor.take("around") or cursor.take("round") or cursor.take("about"):
        return TurnLeft.degrees(180)
    side = _side(cursor)
    cursor.take("by")
    size = amount(cursor, "angle")
    if size is None:
        shown = "how far to turn, as in 'turn left 90 degrees'" if side else "a side and an angle"
        raise cursor.refuse(shown, place)
    side = side or _side(cursor)
    if side is None:
        raise cursor.refuse("'left' or 'right' after the angle", place)
    return _sized(TurnLeft if side == "left" else TurnRight, size)


def _length(cursor: Cursor, asked: str) -> Amount:
    cursor.take_one_of(frozenset({"by", "for"}))
    place = cursor.place
    size = amount(cursor, "length")
    if size is None:
        raise cursor.refuse(f"{asked}, as in '2 m'", place)
    return size


def _strafe(cursor: Cursor) -> Action:
    side = _side(cursor)
    size = _length(cursor, "how far")
    side = side or _side(cursor)
    if side is None:
        raise cursor.refuse("'left' or 'right'")
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
    if kind is None and cursor.peek().kind == "word":
        # "walk to the door": no direction and no amount; say what isn't understood.
        begin = cursor.place
        cursor.take_one_of(frozenset({"by", "for"}))
        if amount(cursor, "length") is None:
            raise cursor.refuse("a direction and a distance, as in 'walk forward 2 m'")
        cursor.back_to(begin)
    if kind is not None and cursor.done:
        raise cursor.refuse(f"how far, as in '{verb} forward 2 m'", place)
    size = _length(cursor, "how far")
    kind = kind or _heading(cursor, verb) or MoveForward
    return _sized(kind, size)
