"""The strict dialect: whole sentences of the model, exact amounts, and spans for what doesn't fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.actions import MAX_ANGLE_RAD, MAX_DISTANCE_M, MAX_DURATION_S, MIN_AMOUNT

distances = st.floats(MIN_AMOUNT, MAX_DISTANCE_M)
angles = st.floats(MIN_AMOUNT, MAX_ANGLE_RAD)
actions = st.one_of(
    st.builds(navila.MoveForward, distances),
    st.builds(navila.MoveBackward, distances),
    st.builds(navila.StepLeft, distances),
    st.builds(navila.StepRight, distances),
    st.builds(navila.TurnLeft, angles),
    st.builds(navila.TurnRight, angles),
    st.builds(navila.Wait, st.floats(MIN_AMOUNT, MAX_DURATION_S)),
    st.just(navila.Stop()),
)


@given(actions)
def test_the_canonical_sentence_parses_to_the_same_action(action):
    assert navila.parse_action(str(action)) == action


@given(actions)
def test_with_the_models_lead_and_stop_too(action):
    assert navila.parse_action(f"The next action is {action}.") == action


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("The next action is move forward 25 cm.", navila.MoveForward(0.25)),
        ("The next action is move forward 50 cm.", navila.MoveForward(0.5)),
        ("The next action is move forward 75 cm.", navila.MoveForward(0.75)),
        ("The next action is turn left 15 degree.", navila.TurnLeft.degrees(15)),
        ("The next action is turn left 30 degree.", navila.TurnLeft.degrees(30)),
        ("The next action is turn left 45 degree.", navila.TurnLeft.degrees(45)),
        ("The next action is turn right 15 degrees.", navila.TurnRight.degrees(15)),
        ("The next action is turn right 30 degrees.", navila.TurnRight.degrees(30)),
        ("The next action is turn right 45 degrees.", navila.TurnRight.degrees(45)),
        ("I think I should stop because I have finished the instruction.", navila.Stop()),
        ("The next action is stop.", navila.Stop()),
        ("  THE NEXT ACTION IS MOVE FORWARD 0.75 M \n", navila.MoveForward(0.75)),
        ("move forward 75cm", navila.MoveForward(0.75)),
        ("turn right 45°.", navila.TurnRight.degrees(45)),
        ("move forward 25.5 cm", navila.MoveForward(0.255)),
    ],
)
def test_what_the_model_says(text, action):
    assert navila.parse_action(text) == action


@pytest.mark.parametrize(
    ("text", "span_text", "word"),
    [
        ("The next action is move forward 75 cm and then stop.", "and then stop.", "nothing more"),
        ("move forward", "", "amount"),
        ("move forward seventy-five cm", "seventy-five cm", "amount"),
        ("move forward 75 degrees", "degrees", "'cm' or 'm'"),
        ("turn left 30 cm", "cm", "'degrees'"),
        ("turn left 30", "", "'degrees'"),
        ("move forward 0 cm", "0", "between"),
        ("move forward 9999999 m", "9999999", "between"),
        ("move forward -5 cm", "-5", "without a sign"),
        ("turn left +5 degrees", "+5", "without a sign"),
        (" move forward 75 m m ", "m", "nothing more"),
        ("wait 3 cm", "cm", "'seconds'"),
        ("turn left 0.0 degrees", "0.0", "between"),
        ("move forward 75 cm.\n\nstop", ".\n\nstop", "nothing more"),
        ("I think I \u017fhould stop", "I think I \u017fhould stop", "an action such as"),
        ("move forward 1e5 cm", "e5 cm", "'cm' or 'm'"),
        ("Empty video.", "Empty video.", "an action such as"),
        ("", "", "an action such as"),
        ("The next action is stopping.", "ping.", "nothing more"),
        ("\u017ftop", "\u017ftop", "an action such as"),
        ("move forward \u0667\u0665 cm", "\u0667\u0665 cm", "amount"),
    ],
)
def test_what_does_not_fit_is_unparsed_with_its_place(text, span_text, word):
    found = navila.parse_action(text)
    assert isinstance(found, navila.Unparsed)
    assert found.raw == text
    assert text[slice(*found.span)] == span_text
    assert word in found.reason
    assert found.dialect == "navila"


@given(st.text())
def test_no_text_raises(text):
    assert navila.parse_action(text) is not None


def test_bytes_and_unknown_dialects_are_typed_errors():
    with pytest.raises(navila.ActionError, match="must be a str; got bytes"):
        navila.parse_action(b"stop")
    with pytest.raises(navila.UnknownNameError, match="Did you mean 'navila-vlnce'"):
        navila.parse_action("stop", dialect="navila-vlnse")


def test_unparsed_is_falsy_and_actions_are_not():
    assert not navila.parse_action("hm")
    assert navila.parse_action("stop")


def test_a_third_party_dialect_registers_like_ours():
    class Shout:
        name = "shout"

        def parse(self, text):
            return (navila.Stop(),) if text == "STOP!" else navila.Unparsed(text, "no")

    navila.register_dialect(Shout())
    assert navila.parse_action("STOP!", dialect="shout") == navila.Stop()
