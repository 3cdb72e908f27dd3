"""Left for right in words: what is said of a picture, said of its mirror image.

A mirrored walk is as good a walk: training sees twice as many, and a model can be asked both ways round.
"""

from __future__ import annotations

import re

_OTHER = {"left": "right", "right": "left"}
_SIDES = re.compile(r"\b(left|right)", re.IGNORECASE)


def mirrored_text(text: str) -> str:
    """Return the text with left and right exchanged, as it was written: ``Left`` becomes ``Right``.

    Words that begin with a side go with it ("leftmost"). A right that is no side ("right after the door") would be
    exchanged, too: what instructions are generated from has none.
    """
    return _SIDES.sub(_exchanged, text)


def _exchanged(found: re.Match[str]) -> str:
    word = found.group()
    other = _OTHER[word.lower()]
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
