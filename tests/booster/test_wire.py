"""A T1's messages, byte by byte."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_booster.twin import messages
from navila_booster.twin.cdr import HEADER, Writer, strings

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=30)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_strings_come_back(texts: list[str]) -> None:
    writer = Writer()
    for text in texts:
        writer.text(text)
    assert strings(writer.done(), len(texts)) == texts


@given(st.binary(max_size=60))
def test_what_is_no_message_is_none_or_strings(data: bytes) -> None:
    for message in (data, HEADER + data):
        found = strings(message, 3)
        assert found is None or len(found) == 3


def test_numbers_are_aligned_to_their_size() -> None:
    message = Writer().numbers("?", True).numbers("I", 7).text("ab").numbers("f", 0.5).done()
    assert message == HEADER + b"\x01\0\0\0" + b"\x07\0\0\0" + b"\x03\0\0\0ab\0\0" + struct.pack("<f", 0.5)


def test_the_low_state_is_as_long_as_the_vendors_type() -> None:
    message = messages.low_state((0.0, 0.1, 0.2), (0, 0, 0), (0, 0, 9.81))
    assert len(message) == 4 + 9 * 4 + 2 * (4 + messages.MOTORS * 36)
    assert struct.unpack_from("<3f", message, 4) == pytest.approx((0.0, 0.1, 0.2))
