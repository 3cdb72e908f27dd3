"""``human``: a person's own words, any number of actions: "turn left 90 degrees, go back 1 m and stop".

Nothing is guessed: the first word that isn't understood makes the sentence ``Unparsed``, with its place.
The one thing taken for granted is that a move with a distance and no direction ("walk 2 m") goes forward.
"""

from __future__ import annotations

from navila_sdk.actions import Action, Stop
from navila_sdk.grammar.dialect import Unparsed, register_dialect
from navila_sdk.grammar.human.clauses import clause
from navila_sdk.grammar.human.tokens import LINKS, Cursor, RefusedError

_MAY_END = frozenset({"please", "now", ",", ";", ".", "!", "\n"})


def _skip_links(cursor: Cursor) -> None:
    """Take what joins clauses; a sentence may not end in a word that promises more."""
    last = ""
    while True:
        if cursor.take("after", "that"):
            last = "after that"
            continue
        link = cursor.take_one_of(LINKS)
        if link is None:
            break
        last = link
    if cursor.done and last and last not in _MAY_END:
        raise cursor.refuse(f"a motion command after {last!r}")


class HumanDialect:
    """Motion commands in English, metric or imperial, digits or words."""

    name = "human"

    def parse(self, text: str) -> tuple[Action, ...] | Unparsed:
        """Return the actions in order, at least one."""
        cursor = Cursor(text)
        actions: list[Action] = []
        try:
            _skip_links(cursor)
            while not cursor.done:
                if actions and actions[-1] == Stop():
                    raise cursor.refuse("nothing after 'stop' (use 'wait 3 seconds' for a pause)")
                actions.append(clause(cursor))
                _skip_links(cursor)
        except RefusedError as refused:
            return Unparsed(text, refused.reason, refused.span, self.name, refused.impossible)
        if not actions:
            return Unparsed(text, "no motion command in it", (0, len(text)), self.name)
        return tuple(actions)


register_dialect(HumanDialect())
