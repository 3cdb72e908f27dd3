"""Actions: amounts are checked, the canonical sentence is exact."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.actions import MAX_ANGLE_RAD, MAX_DISTANCE_M, MIN_AMOUNT
from navila_sdk.units import degrees_to_rad, rad_to_degrees_text, shifted_text, shifted_value


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (navila.MoveForward(0.75), "move forward 75 cm"),
        (navila.MoveForward.cm(25), "move forward 25 cm"),
        (navila.MoveBackward(0.125), "move backward 12.5 cm"),
        (navila.TurnLeft.degrees(30), "turn left 30 degrees"),
        (navila.TurnRight(math.pi / 4), "turn right 45 degrees"),
        (navila.StepLeft(1), "step left 100 cm"),
        (navila.StepRight(0.2), "step right 20 cm"),
        (navila.Wait(2.5), "wait 2.5 seconds"),
        (navila.Stop(), "stop"),
    ],
)
def test_canonical_sentence(action, sentence):
    assert str(action) == sentence


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf, -1, 0, 1e9, "far", None, 1e-9])
@pytest.mark.parametrize(
    "make",
    [navila.MoveForward, navila.MoveForward.cm, navila.TurnLeft, navila.TurnRight.degrees, navila.Wait],
)
def test_impossible_amounts_are_refused(make, amount):
    with pytest.raises((navila.ActionError, TypeError, ValueError)) as caught:
        make(amount)
    assert isinstance(caught.value, navila.ActionError) or amount in ("far", None)


def test_refusal_names_value_and_bounds():
    with pytest.raises(navila.ActionError, match=r"between 1e-06 and 1000 metres; got -3.0"):
        navila.MoveForward(-3)


def test_degrees_equal_radians_for_the_trained_angles():
    for degrees in (15, 30, 45, 90, 180):
        assert navila.TurnLeft.degrees(degrees) == navila.TurnLeft(math.radians(degrees))


@given(st.floats(MIN_AMOUNT, MAX_DISTANCE_M))
def test_centimetre_text_is_lossless(distance_m):
    text = shifted_text(distance_m, 2)
    assert shifted_value(text, -2) == distance_m
    assert "e" not in text.lower()


@given(st.floats(MIN_AMOUNT, MAX_ANGLE_RAD))
def test_degree_text_is_lossless(angle_rad):
    assert degrees_to_rad(rad_to_degrees_text(angle_rad)) == angle_rad


@given(st.integers(1, 3600))
def test_whole_degrees_stay_whole(degrees):
    assert rad_to_degrees_text(math.radians(degrees)) == str(degrees)


def test_displacement_signs():
    assert navila.MoveForward(1).displacement().x_m == 1
    assert navila.MoveBackward(1).displacement().x_m == -1
    assert navila.StepLeft(1).displacement().y_m == 1
    assert navila.TurnLeft(1).displacement().yaw_rad == 1
    assert navila.TurnRight(1).displacement().yaw_rad == -1


def test_embodiment_refuses_a_verb_it_lacks_naming_both():
    from navila_sdk.testing import fake_embodiment

    body = fake_embodiment("cart", verbs={navila.Verb.MOVE_FORWARD, navila.Verb.STOP})
    with pytest.raises(navila.CapabilityError, match=r"cart can't 'step left 20 cm'.*move forward, stop"):
        body.check_can(navila.StepLeft(0.2))
