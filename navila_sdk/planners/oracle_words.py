"""Which thing or room of a scene an instruction means.

People name the destination last, except that what follows "past", "leave" and the like is only on the way, and
"in the kitchen" after a thing says which thing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import attrs

from navila_sdk.errors import InstructionError
from navila_sdk.scenes.palette import FURNITURE_COLORS, LANDMARK_COLORS
from navila_sdk.scenes.scene import Errand, Room, Scene, SceneObject

_MOST_LISTED = 12
_ON_THE_WAY = re.compile(
    r"\b(?:past|passing|pass|leave|leaving|out of|through|cross|crossing|along|from|exit|exiting|beyond|round|around)"
    r"(?: (?:by|the|a|an))*$"
)
_IN_ROOM = r",? (?:that is |which is |standing )?(?:in|inside|of) (?:the |a )?"


@attrs.frozen(slots=True)
class Mention:
    """Words of an instruction that name something: where they stand, and everything they could mean."""

    begin: int
    end: int
    text: str
    meant: tuple[SceneObject | Room, ...]


def plain(text: str) -> str:
    """Return the text in lower case with single spaces and without a final full stop."""
    return " ".join(text.casefold().split()).rstrip(".! ")


def errand_for(scene: Scene, instruction: str) -> Errand | None:
    """Return the errand with exactly this instruction, but for case, spaces and the final full stop."""
    wanted = plain(instruction)
    return next((errand for errand in scene.errands if plain(errand.instruction) == wanted), None)


def destination(scene: Scene, instruction: str) -> tuple[SceneObject, ...] | Room:
    """Return the room an instruction leads to, or the things it could mean, alike and in one room.

    Raises:
        InstructionError: It names nothing of the scene, something that isn't there, or several unlike things.
    """
    text = plain(instruction)
    found = _mentions(scene, text)
    if not found:
        raise InstructionError(
            f"the instruction {instruction[:120]!r} names nothing the oracle knows in {scene.name!r}. "
            f"{_known(scene, text)}"
        )
    ends = [mention for mention in found if not _ON_THE_WAY.search(text[: mention.begin].rstrip())]
    mention = (ends or found)[-1]
    if not mention.meant:
        raise InstructionError(f"there is no {mention.text} in {scene.name!r}. {_known(scene, mention.text)}")
    first = mention.meant[0]
    if isinstance(first, Room):
        return first
    things = tuple(thing for thing in mention.meant if isinstance(thing, SceneObject))
    kinds = dict.fromkeys((thing.name, thing.room) for thing in things)
    if len(kinds) > 1:
        options = "; ".join(_full(name, room) for name, room in list(kinds)[:_MOST_LISTED])
        raise InstructionError(f"{mention.text!r} could mean several things in {scene.name!r}. Say which: {options}.")
    return things


def _mentions(scene: Scene, text: str) -> list[Mention]:
    """Return what the text names, in order; what lies within a longer mention is part of it."""
    things: dict[str, list[SceneObject]] = {}
    for thing in scene.objects:
        for name in (plain(thing.name), plain(thing.noun)):
            if thing not in things.setdefault(name, []):
                things[name].append(thing)
    rooms = {plain(room.name): room for room in scene.rooms}
    found: list[Mention] = []
    for name in sorted({*things, *rooms}, key=lambda name: (-len(name), name)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if any(match.start() < other.end and other.begin < match.end() for other in found):
                continue
            if name in rooms:
                found.append(Mention(match.start(), match.end(), name, (rooms[name],)))
            else:
                found.append(_of_color(scene, text, match, tuple(things[name]), rooms))
    outer = [m for m in found if not any(o is not m and o.begin <= m.begin and m.end <= o.end for o in found)]
    return sorted(outer, key=lambda mention: mention.begin)


def _of_color(
    scene: Scene, text: str, match: re.Match[str], things: tuple[SceneObject, ...], rooms: dict[str, Room]
) -> Mention:
    """Return the mention of things, narrowed by the room named after them, and by a colour before a bare noun."""
    begin, end, named = match.start(), match.end(), match.group()
    before = re.search(r"(\w+) $", text[:begin])
    colors = {*LANDMARK_COLORS, *FURNITURE_COLORS, *(plain(thing.color) for thing in scene.objects)} - {""}
    if before and before.group(1) in colors:  # the full name was looked for first, so there is none
        return Mention(before.start(), end, f"{before.group(1)} {named}", ())
    room = re.match(_IN_ROOM + f"({'|'.join(map(re.escape, rooms)) or '(?!)'})(?!\\w)", text[end:])
    if room:
        end += room.end()
        named = f"{named} in the {room.group(1)}"
        things = tuple(thing for thing in things if plain(thing.room) == room.group(1))
    return Mention(begin, end, named, things)


def _full(name: str, room: str) -> str:
    return f"the {name} in the {room}" if room else f"the {name}"


def _known(scene: Scene, said: str) -> str:
    """Return what could be said instead, the nearest first."""
    names = list(dict.fromkeys([*(thing.name for thing in scene.objects), *(room.name for room in scene.rooms)]))
    if not names and not scene.errands:
        return "This scene has nothing with a name: pick an apartment (apartment:7), or set the option goal = [x, y]."
    listed = _nearest_first(names, said)[:_MOST_LISTED]
    return f"You could name: {', '.join(listed)}." if listed else "Its errands can be given word for word."


def _nearest_first(names: Iterable[str], said: str) -> list[str]:
    words = said.split()

    def likeness(name: str) -> float:
        size = len(name.split())
        spans = (" ".join(words[i : i + size]) for i in range(max(len(words) - size + 1, 1)))
        return max(difflib.SequenceMatcher(None, span, name).ratio() for span in spans)

    return sorted(names, key=lambda name: -likeness(name))
