"""From what happens on a way to an instruction: which of it is told, in which words, joined how."""

from __future__ import annotations

from collections.abc import Sequence

from navila_sdk.evaluation.apartments import phrases as p
from navila_sdk.evaluation.apartments.events import Along, Crossing, Event, Face, Passing, Side
from navila_sdk.evaluation.apartments.names import Naming
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.floorplan import CORRIDOR
from navila_sdk.scenes.landmarks import LANDMARK_NOUNS

_MOST_CLAUSES = 6


class Teller:
    """Words an instruction.

    Args:
        dice: Chooses.
        held_out: Whether the held-out wordings may be used.
    """

    def __init__(self, dice: Dice, held_out: bool) -> None:
        self._dice, self._held_out = dice, held_out

    def _say(self, wordings: p.Wordings, **filled: str) -> str:
        return self._dice.pick(wordings.of(self._held_out)).format(**filled)

    def instruction(self, events: Sequence[Event], target: Naming | None, end_room: str, same_room: bool) -> str:
        """Return an instruction.

        Args:
            events: What happens on the way.
            target: What it leads to; None is the middle of ``end_room``.
            end_room: The room it ends in.
            same_room: Whether it begins there too.
        """
        goal = self._goal(target, end_room, same_room)
        short = target is not None and not any(isinstance(e, Crossing) for e in events) and self._dice.chance(50)
        clauses: list[str] = []
        if not short:
            entered = False
            for index, event in enumerate(events):
                said, entered = self._clause(event, events[index + 1 :], entered)
                if said:
                    clauses.append(said)
        elif events and isinstance(events[0], Face):
            clauses.append(self._say(p.FACE[events[0].side]))
        return self._joined([*clauses[-_MOST_CLAUSES:], goal])

    def _goal(self, target: Naming | None, room: str, same_room: bool) -> str:
        if target is None:
            return self._say(p.STOP_ROOM, room=room)
        name = target.thing.name
        if target.noun_alone and self._dice.chance(12):
            name = target.thing.noun
        elif len(target.beside) >= 2 and self._dice.chance(15):
            one, other = self._dice.shuffled(target.beside)[:2]
            name = self._say(p.BETWEEN, thing=name, one=one.name, other=other.name)
        elif target.beside and self._dice.chance(25):
            name = self._say(p.BESIDE, thing=name, one=self._dice.pick(target.beside).name)
        if not target.alone or (not same_room and self._dice.chance(45)):
            name = f"{name} in the {room}"
        return self._say(p.GO_TO if self._dice.chance(20) else p.STOP, thing=name)

    def _clause(self, event: Event, later: Sequence[Event], entered: bool) -> tuple[str, bool]:
        """Return what is said of an event ("" for nothing), and whether the room it leads into was named."""
        if isinstance(event, Face):
            return self._say(p.FACE[event.side]), False
        if isinstance(event, Along):
            return (self._say(p.ALONG) if self._dice.chance(35) else ""), False
        if isinstance(event, Passing):
            return self._pass(event, later), False
        if event.left == CORRIDOR:
            return self._out_of_corridor(event, entered), False
        return self._leave(event, later)

    def _pass(self, event: Passing, later: Sequence[Event]) -> str:
        others = [e for e in later if isinstance(e, Passing)]
        told = 75 if event.thing.noun in LANDMARK_NOUNS else 22
        if len(others) > 2 or not self._dice.chance(told):
            return ""
        if self._dice.chance(45):
            return self._say(p.PASS_SIDE, thing=event.thing.name, side=event.side)
        return self._say(p.PASS, thing=event.thing.name)

    def _leave(self, event: Crossing, later: Sequence[Event]) -> tuple[str, bool]:
        said = self._say(p.LEAVE, room=event.left)
        if event.left and self._dice.chance(45):
            said += self._say(p.DOOR_SIDE[event.side])
        if event.entered == CORRIDOR:
            if event.after in (Side.LEFT, Side.RIGHT):
                table = p.INTO_CORRIDOR if self._dice.chance(50) else p.TURN_AFTER
                return f"{said}, {self._say(table[event.after])}", True
            across = event.after is Side.AHEAD and len(later) > 0 and not isinstance(later[0], Along)
            return (f"{said}, {self._say(p.ACROSS)}" if across else said), True
        if self._dice.chance(60):
            return f"{said} and {self._say(p.ENTER, room=event.entered)}", True
        return said, False

    def _out_of_corridor(self, event: Crossing, entered: bool) -> str:
        if event.ordinal and event.ordinal in p.NTH and event.side in (Side.LEFT, Side.RIGHT):
            said = self._say(p.NTH_DOOR, nth=p.NTH[event.ordinal], side=event.side)
            return f"{said} into the {event.entered}" if self._dice.chance(40) else said
        return self._say(p.ENTER, room=event.entered)

    def _joined(self, clauses: Sequence[str]) -> str:
        text = clauses[0]
        for index, clause in enumerate(clauses[1:], 1):
            joint = self._dice.pick(p.LAST_JOINTS if index == len(clauses) - 1 else p.JOINTS)
            text += joint + clause
        sentences = text.split(". ")
        return ". ".join(sentence[:1].upper() + sentence[1:] for sentence in sentences) + "."
