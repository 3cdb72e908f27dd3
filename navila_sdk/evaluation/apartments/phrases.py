"""The wordings. Each table's first part is for every split; the second is held out for val-unseen.

Braces name what is filled in: {room}, {thing}, {side}, {nth}.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(slots=True)
class Wordings:
    """Ways to say one thing: known ones, and those only val-unseen uses."""

    known: tuple[str, ...]
    held_out: tuple[str, ...] = ()

    def of(self, held_out: bool) -> tuple[str, ...]:
        """Return what may be used."""
        return self.known + self.held_out if held_out else self.known


FACE = {
    "left": Wordings(("turn left", "turn to your left", "make a left turn"), ("face left",)),
    "right": Wordings(("turn right", "turn to your right", "make a right turn"), ("face right",)),
    "behind": Wordings(("turn around", "turn all the way around"), ("face the other way",)),
}
LEAVE = Wordings(
    ("leave the {room}", "walk out of the {room}", "go out of the {room}", "exit the {room}"),
    ("head out of the {room}", "step out of the {room}"),
)
DOOR_SIDE = {
    "ahead": Wordings((" through the door ahead", " through the door in front of you"), (" by the doorway ahead",)),
    "left": Wordings((" through the door on the left", " through the door on your left"), (" by the left doorway",)),
    "right": Wordings(
        (" through the door on the right", " through the door on your right"), (" by the right doorway",)
    ),
    "behind": Wordings((" through the door behind you",), (" by the doorway at your back",)),
}
TURN_AFTER = {
    "left": Wordings(("turn left", "take a left", "go left"), ("bear left",)),
    "right": Wordings(("turn right", "take a right", "go right"), ("bear right",)),
}
INTO_CORRIDOR = {
    "left": Wordings(("turn left into the corridor", "go left along the corridor"), ("head left down the corridor",)),
    "right": Wordings(
        ("turn right into the corridor", "go right along the corridor"), ("head right down the corridor",)
    ),
}
ACROSS = Wordings(("cross the corridor", "go straight across the corridor"), ("head straight over the corridor",))
ALONG = Wordings(("walk along the corridor", "follow the corridor"), ("continue down the corridor",))
NTH_DOOR = Wordings(
    ("take the {nth} door on the {side}", "go through the {nth} door on your {side}"),
    ("use the {nth} doorway on the {side}",),
)
ENTER = Wordings(("go into the {room}", "enter the {room}", "walk into the {room}"), ("step into the {room}",))
PASS = Wordings(
    ("go past the {thing}", "walk past the {thing}", "pass the {thing}"),
    ("continue by the {thing}", "move on beyond the {thing}"),
)
PASS_SIDE = Wordings(
    ("go past the {thing} on your {side}", "pass the {thing} on the {side}", "walk by the {thing} on your {side}"),
    ("keep the {thing} on your {side}",),
)
STOP = Wordings(
    (
        "stop at the {thing}",
        "stop next to the {thing}",
        "stop in front of the {thing}",
        "stop by the {thing}",
        "wait at the {thing}",
        "wait by the {thing}",
    ),
    ("halt beside the {thing}", "come to a stop near the {thing}"),
)
STOP_ROOM = Wordings(("stop in the middle of the {room}", "wait in the middle of the {room}"), ("halt in the {room}",))
GO_TO = Wordings(
    ("go to the {thing}", "walk to the {thing}", "move to the {thing}", "go over to the {thing}"),
    ("make your way to the {thing}", "head for the {thing}"),
)
BETWEEN = Wordings(("{thing} between the {one} and the {other}",))
BESIDE = Wordings(("{thing} next to the {one}", "{thing} beside the {one}"), ("{thing} close to the {one}",))
NTH: Mapping[int, str] = {1: "first", 2: "second", 3: "third", 4: "fourth"}
JOINTS = (", ", ", then ", " and ", " and then ", ". Then ", ". ")
LAST_JOINTS = (" and ", ", and ", ", then ", " and then ", ". ", ". Then ")
