"""The words that say what was found and what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 80


def found(value: object) -> str:
    """Return the words for a value that doesn't fit."""
    text = repr(value)
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return f"found {shown} ({type(value).__name__})"


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return ", did you mean ...?" where a known word is near; else nothing."""
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
