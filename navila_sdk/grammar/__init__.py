"""Mid-level actions and their languages: text to actions, one dialect per family of speakers."""

from navila_sdk.grammar import human, isaac, navila, vlnce
from navila_sdk.grammar.dialect import (
    Dialect,
    Unparsed,
    dialect_named,
    parse_action,
    parse_plan,
    register_dialect,
)

__all__ = ["Dialect", "Unparsed", "dialect_named", "parse_action", "parse_plan", "register_dialect"]

# Importing a dialect's module registers it.
_SHIPPED = (human, isaac, navila, vlnce)
