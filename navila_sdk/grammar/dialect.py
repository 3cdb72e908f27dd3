"""What a dialect is, what it returns when text is no action, and where dialects are looked up."""

from __future__ import annotations

from typing import Protocol

import attrs

from navila_sdk.actions import Action
from navila_sdk.errors import ActionError, UnknownNameError


@attrs.frozen(slots=True)
class Unparsed:
    """Text that is no action in a dialect: a result, not an error, and never a guess.

    Attributes:
        raw: The text as it came.
        reason: What was expected and what was found, in one line.
        span: Start and end of the offending characters in ``raw``.
        dialect: Name of the dialect that refused it.
        impossible: Whether it was understood, as a motion of an amount that can't be: zero, negative, absurd.
    """

    raw: str
    reason: str
    span: tuple[int, int] = (0, 0)
    dialect: str = ""
    impossible: bool = False

    def __bool__(self) -> bool:
        return False


class Dialect(Protocol):
    """One language of actions."""

    name: str

    def parse(self, text: str) -> tuple[Action, ...] | Unparsed:
        """Return the actions in ``text``, at least one, or why there are none. Never raises on any str."""
        ...


_dialects: dict[str, Dialect] = {}


def register_dialect(dialect: Dialect) -> None:
    """Make a dialect known to ``parse_action`` and ``parse_plan`` under ``dialect.name``."""
    _dialects[dialect.name] = dialect


def dialect_named(name: str) -> Dialect:
    """Return a registered dialect.

    Raises:
        UnknownNameError: Lists the registered dialects and the nearest guess.
    """
    try:
        return _dialects[name]
    except KeyError:
        raise UnknownNameError("dialect", name, _dialects) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ActionError(f"the text to parse must be a str; got {type(value).__name__}")
    return value


def parse_plan(text: str, dialect: str = "human") -> tuple[Action, ...] | Unparsed:
    """Return every action in ``text``, in order, or ``Unparsed``.

    Raises:
        ActionError: ``text`` isn't a str.
        UnknownNameError: No such dialect.
    """
    return dialect_named(dialect).parse(_text(text))


def parse_action(text: str, dialect: str = "navila") -> Action | Unparsed:
    """Return the one action in ``text``, or ``Unparsed``.

    Raises:
        ActionError: ``text`` isn't a str.
        UnknownNameError: No such dialect.
    """
    found = dialect_named(dialect).parse(_text(text))
    if isinstance(found, Unparsed):
        return found
    first, *more = found
    if more:
        return Unparsed(text, f"{len(found)} actions where one was asked for", (0, len(text)), dialect)
    return first
