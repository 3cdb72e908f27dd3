"""Parsing in any dialect there is: registered in this process, or brought by an installed plugin."""

from __future__ import annotations

from navila_sdk import grammar
from navila_sdk.actions import Action
from navila_sdk.errors import UnknownNameError
from navila_sdk.grammar import Unparsed


def parse_action(text: str, dialect: str = "navila") -> Action | Unparsed:
    """Return the one action in ``text``, or ``Unparsed``.

    Raises:
        ActionError: ``text`` isn't a str.
        UnknownNameError: No such dialect.
        PluginError: The plugin that brings the dialect can't be used.
    """
    _find(dialect)
    return grammar.parse_action(text, dialect)


def parse_plan(text: str, dialect: str = "human") -> tuple[Action, ...] | Unparsed:
    """Return every action in ``text``, in order, or ``Unparsed``.

    Raises:
        ActionError: ``text`` isn't a str.
        UnknownNameError: No such dialect.
        PluginError: The plugin that brings the dialect can't be used.
    """
    _find(dialect)
    return grammar.parse_plan(text, dialect)


def _find(name: str) -> None:
    """Register a dialect that nobody registered yet, from the plugin of that name."""
    try:
        grammar.dialect_named(name)
    except UnknownNameError as unknown:
        from navila_sdk.plugins import Plugins

        try:
            found = Plugins().dialect(name)
        except UnknownNameError as error:
            raise UnknownNameError("dialect", name, {*unknown.known, *error.known}) from None
        grammar.register_dialect(found)
