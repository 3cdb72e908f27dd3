"""Left for right in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.vla.mirror import mirrored_text
from navila_sdk.vla.sentences import TRAINED

words = st.sampled_from(["Turn", "LEFT", "left,", "Right.", "box", "leftmost", "bright", "cleft", "30", "rights"])


@given(st.lists(words).map(" ".join))
def test_twice_is_once_and_back(text):
    assert mirrored_text(mirrored_text(text)) == text


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Turn left, then take the second door on your right.", "Turn right, then take the second door on your left."),
        ("LEFT. Right!", "RIGHT. Left!"),
        ("the leftmost bright box by the cleft", "the rightmost bright box by the cleft"),
        ("Go to the red box.", "Go to the red box."),
    ],
)
def test_sides_are_exchanged_and_nothing_else(text, other):
    assert mirrored_text(text) == other


def test_every_action_has_a_mirror_image_among_the_actions():
    assert sorted(map(mirrored_text, TRAINED)) == sorted(TRAINED)
