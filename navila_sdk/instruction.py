"""Checks an instruction once, at the door: text, not empty, not a book, not binary."""

from __future__ import annotations

import unicodedata

from navila_sdk.errors import InstructionError

MAX_CHARACTERS = 10_000


def checked_instruction(value: object) -> str:
    """Return the instruction without surrounding white space.

    Raises:
        InstructionError: It isn't a str, is blank, is longer than 10 000 characters, or holds control
            characters or bytes that are no text.
    """
    if not isinstance(value, str):
        raise InstructionError(f"an instruction is text (str); got {type(value).__name__}")
    text = value.strip()
    if not text:
        raise InstructionError("the instruction is empty; say what to do, such as 'turn left 90 degrees'")
    if len(text) > MAX_CHARACTERS:
        raise InstructionError(f"the instruction has {len(text)} characters; at most {MAX_CHARACTERS} are taken")
    for place, letter in enumerate(text):
        if letter not in "\n\r\t" and unicodedata.category(letter) in ("Cc", "Cs"):
            raise InstructionError(f"the instruction holds {letter!r} at character {place}; it looks binary, not text")
    return text
