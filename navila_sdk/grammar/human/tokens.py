"""A person's sentence as tokens, read once from left to right, and a cursor that knows where it stands."""

from __future__ import annotations

import re

import attrs

_TOKEN = re.compile(
    r"(?P<ambiguous>[0-9]+,[0-9][0-9,.]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)"
    r"|(?P<mark>[,;.!\n])"
    r"|(?P<blank>[^\S\n]+|(?<=[^\W_])-(?=[^\W\d_]))"  # "twenty-five", "90-degree": a hyphen inside is a blank
    r"|(?P<symbol>.)",
    re.DOTALL,
)

LINKS = frozenset({"and", "then", "next", "finally", "first", "afterwards", "please", "now", ",", ";", ".", "!", "\n"})


class RefusedError(Exception):
    """The sentence stops being understood; never leaves the dialect.

    Attributes:
        reason: What was expected and found.
        span: The offending characters.
        impossible: Whether it's understood all the same, and no body can do it: the amount is zero, negative or absurd.
    """

    def __init__(self, reason: str, span: tuple[int, int], *, impossible: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
        self.impossible = impossible


@attrs.frozen(slots=True)
class Token:
    """A word (lower case), number, mark or symbol, with its place in the text."""

    kind: str
    text: str
    span: tuple[int, int]


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of ``text`` without blanks; linear in its length."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "symbol"
        if kind != "blank":
            word = match.group()
            # Only ASCII: the Kelvin sign, for one, would become a k.
            found.append(Token(kind, word.lower() if word.isascii() else word, match.span()))
    return found


class Cursor:
    """Walks over tokens; ``take`` moves on only over what was expected."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    @property
    def place(self) -> int:
        """Index of the next token, to come back to."""
        return self._at

    def back_to(self, place: int) -> None:
        """Return to an earlier place."""
        self._at = place

    def peek(self, ahead: int = 0) -> Token:
        """Return a coming token; an empty one past the end."""
        at = self._at + ahead
        if at < len(self._tokens):
            return self._tokens[at]
        return Token("end", "", (len(self._text), len(self._text)))

    def next(self) -> Token:
        """Take the next token, whatever it is."""
        token = self.peek()
        self._at += 1
        return token

    def take(self, *words: str) -> bool:
        """Take these tokens if they come next, all of them."""
        if all(self.peek(ahead).text == word for ahead, word in enumerate(words)):
            self._at += len(words)
            return True
        return False

    def take_one_of(self, words: frozenset[str]) -> str | None:
        """Take the next token if it's one of ``words``."""
        token = self.peek()
        if token.text in words:
            self._at += 1
            return token.text
        return None

    def refuse(self, expected: str) -> RefusedError:
        """Return the error for the next token."""
        token = self.peek()
        if token.kind == "ambiguous":
            return RefusedError(f"{token.text!r} is ambiguous: write a decimal point, as in 2.5", token.span)
        word = self._text[slice(*token.span)]
        seen = repr(word[:60]) if word else "the end of the sentence"
        return RefusedError(f"expected {expected}, found {seen}", token.span)

    def incomplete(self, expected: str, since: int) -> RefusedError:
        """Return the error for a clause that ends too early, or for the word in it that isn't understood."""
        if not self.done and self.peek().text not in LINKS:
            return self.refuse(expected)
        span = (self._tokens[since].span[0], self._tokens[self._at - 1].span[1])
        return RefusedError(f"{self._text[slice(*span)][:60]!r} lacks {expected}", span)
