"""Numbers as people say them: digits, fractions, and words up to the hundreds, exactly."""

from __future__ import annotations

from fractions import Fraction

from navila_sdk.grammar.human.tokens import Cursor, RefusedError, Token

_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"""
_ONES = {word: value for value, word in enumerate(_WORDS.split()[:20])}
_TENS = {word: 10 * tens for tens, word in enumerate(_WORDS.split()[20:], 2)}
_VULGAR = {
    "½": Fraction(1, 2),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
}
_MINUS = ("-", "\N{MINUS SIGN}")
_PARTS = {
    "half": Fraction(1, 2),
    "halves": Fraction(1, 2),
    "quarter": Fraction(1, 4),
    "quarters": Fraction(1, 4),
    "third": Fraction(1, 3),
    "thirds": Fraction(1, 3),
}
_MAX_DIGITS = 24


def begins_number(token: Token) -> bool:
    """Whether a number of digits or a counting word begins with this token."""
    return token.kind == "number" or token.text in _ONES or token.text in _TENS


def number(cursor: Cursor) -> Fraction | None:
    """Take a number, or return None and leave the cursor where it was.

    Raises:
        RefusedError: A negative number, one that could be read two ways, or an absurdly long one.
    """
    token = cursor.peek()
    if token.kind == "ambiguous":
        raise cursor.refuse("a number")
    if token.text in _MINUS and cursor.peek(1).kind == "number":
        negative = cursor.peek(1)
        span = (token.span[0], negative.span[1])
        why = f"the amount -{negative.text[:40]} is negative; say the direction in words"
        raise RefusedError(why, span, impossible=True)
    if token.kind == "number":
        return _with_part(cursor, _digits(cursor))
    if token.text in _VULGAR:
        cursor.next()
        return _VULGAR[token.text]
    return _words(cursor)


def _digits(cursor: Cursor) -> Fraction:
    token = cursor.next()
    if len(token.text) > _MAX_DIGITS:
        raise RefusedError(f"a number of {len(token.text)} digits is no amount", token.span, impossible=True)
    value = Fraction(token.text)
    if cursor.peek().text == "/" and cursor.peek(1).kind == "number":
        cursor.next()
        below = cursor.next()
        if len(below.text) > _MAX_DIGITS or Fraction(below.text) == 0:
            raise RefusedError("a fraction needs a denominator other than zero", below.span)
        return value / Fraction(below.text)
    if value.denominator == 1:  # "2 1/2", not "2.5 1/2"
        if cursor.peek().text in _VULGAR:
            return value + _VULGAR[cursor.next().text]
        if cursor.peek().kind == "number" and cursor.peek(1).text == "/" and cursor.peek(2).kind == "number":
            part = cursor.peek()
            fraction = _digits(cursor)
            if not 0 < fraction < 1:
                raise RefusedError("a fraction behind a whole number must be less than one", part.span)
            return value + fraction
    return value


def _words(cursor: Cursor) -> Fraction | None:
    """Take number words: "half a", "a quarter of a", "twenty-five", "two hundred", "one point five"."""
    place = cursor.place
    whole = _cardinal(cursor)
    article = whole is None and cursor.take_one_of(frozenset({"a", "an"})) is not None
    if whole is None and cursor.take("full"):
        return Fraction(1)
    part = _PARTS.get(cursor.peek().text)
    if part is not None and (whole is None or whole > 0):
        cursor.next()
        cursor.take("of")
        cursor.take_one_of(frozenset({"a", "an"}))
        return part * (whole if whole is not None else 1)
    if whole is not None:
        return _with_part(cursor, whole)
    if article:
        cursor.take("full")
        return Fraction(1)
    cursor.back_to(place)
    return None


def _cardinal(cursor: Cursor) -> Fraction | None:
    below = _below_hundred(cursor)
    if cursor.peek().text == "hundred" or (
        below is None and cursor.peek().text == "a" and cursor.peek(1).text == "hundred"
    ):
        cursor.take("a")
        cursor.next()
        hundreds = 100 * (1 if below is None else below)
        place = cursor.place
        cursor.take("and")
        rest = _below_hundred(cursor)
        if rest is None:
            cursor.back_to(place)
        return Fraction(hundreds + (rest or 0))
    if below is None:
        return None
    if cursor.peek().text == "point" and cursor.peek(1).text in _ONES:
        cursor.next()
        digits = ""
        while cursor.peek().text in _ONES and _ONES[cursor.peek().text] < 10 and len(digits) < _MAX_DIGITS:
            digits += str(_ONES[cursor.next().text])
        return Fraction(f"{below}.{digits}") if digits else None
    return Fraction(below)


def _below_hundred(cursor: Cursor) -> int | None:
    word = cursor.peek().text
    if word in _ONES:
        cursor.next()
        return _ONES[word]
    if word not in _TENS:
        return None
    cursor.next()
    unit = _ONES.get(cursor.peek().text, 0)
    if 1 <= unit <= 9:
        cursor.next()
        return _TENS[word] + unit
    return _TENS[word]


def _with_part(cursor: Cursor, whole: Fraction) -> Fraction:
    """Add "and a half" or "and three quarters" where it follows."""
    extra = part_after_and(cursor)
    return whole + extra if extra is not None else whole


def part_after_and(cursor: Cursor) -> Fraction | None:
    """Take "and a half", "and a quarter", "and three quarters", or nothing."""
    place = cursor.place
    if cursor.take("and"):
        count = _below_hundred(cursor)
        article = count is None and cursor.take_one_of(frozenset({"a", "an"})) is not None
        part = _PARTS.get(cursor.peek().text)
        if part is not None and (article or count):
            cursor.next()
            return part * (count or 1)
    cursor.back_to(place)
    return None
