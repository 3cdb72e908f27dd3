"""The wire: what travels comes back, and what is no message is an error."""

from __future__ import annotations

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from navila_client import WireError, pack, unpack

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
shapes = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
numbers = st.sampled_from(["u1", "<i4", "<i8", "<f4", "<f8"])


@given(plain)
def test_what_is_plain_comes_back(value):
    assert unpack(pack({"type": "x", "value": value})) == {"type": "x", "value": value}


@given(numbers.flatmap(lambda dtype: arrays.arrays(dtype, shapes)))
def test_arrays_come_back_as_they_are(array):
    again = unpack(pack({"type": "x", "deep": [{"a": array}]}))["deep"][0]["a"]
    assert again.dtype == array.dtype
    assert again.shape == array.shape
    assert again.tobytes() == array.tobytes()


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_refused(data):
    try:
        message = unpack(data)
    except WireError:
        return
    assert isinstance(message["type"], str)


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array(["a"]), np.zeros(2, complex), 2**70])
def test_what_does_not_travel(value):
    with pytest.raises(WireError):
        pack({"type": "x", "value": value})


def _array(**changes):
    whole = {"__array__": "|u1", "shape": [2, 2], "data": b"1234"}
    return msgpack.packb({"type": "x", "value": {**whole, **changes}})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("text", "binary"),
        (b"", "isn't msgpack"),
        (msgpack.packb([1]), "a map with a text"),
        (msgpack.packb({"type": 3}), "a map with a text"),
        (msgpack.packb({1: 2}), "isn't msgpack"),
        (_array(shape=[3, 3]), "has 9 bytes; got 4"),
        (_array(shape=[-1, 4]), "whole numbers"),
        (_array(shape="22"), "dtype, shape and data"),
        (_array(shape=[1] * 5), "dtype, shape and data"),
        (_array(shape=[2**40, 2**40]), "bytes; got 4"),
        (_array(__array__="|O"), "dtype, shape and data"),
        (_array(data="1234"), "dtype, shape and data"),
        (msgpack.packb({"type": "x", "value": msgpack.ExtType(4, b"x")}), "isn't msgpack"),
    ],
)
def test_messages_that_are_none(data, told):
    with pytest.raises(WireError, match=told):
        unpack(data)


def test_nested_too_deep():
    value = 1
    for _ in range(30):
        value = [value]
    with pytest.raises(WireError, match="nested"):
        unpack(pack({"type": "x", "value": value}))
