"""``navila-vlnce`` and ``navila-isaac`` make of every golden text what upstream's own code made of it."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila

GOLDEN = json.loads((Path(__file__).parent.parent / "data" / "parse.json").read_text())
ROWS = [dict(zip(GOLDEN["columns"], row, strict=True)) for row in GOLDEN["rows"]]


def vlnce_motion(row):
    steps = row["vlnce_low_level_steps"]
    match row["vlnce_action"]:
        case "FWD":
            return navila.MoveForward(0.25 * steps)
        case "LEFT":
            return navila.TurnLeft.degrees(15 * steps)
        case "RIGHT":
            return navila.TurnRight.degrees(15 * steps)
        case "STOP":
            return navila.Stop()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_vlnce(row):
    found = navila.parse_action(row["text"], dialect="navila-vlnce")
    if row["vlnce_action"] == "None(crash)":
        assert isinstance(found, navila.Unparsed)
        assert "crash" in found.reason
    else:
        assert found == vlnce_motion(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_isaac(row):
    found = navila.parse_action(row["text"], dialect="navila-isaac")
    forward, _, turn = row["bench_velocity_vx_vy_wz"]
    seconds = row["bench_seconds"]
    assert row["bench_env_steps"] == int(seconds / 0.02)
    if forward:
        assert found == navila.MoveForward(forward * seconds)
    elif turn:
        kind = navila.TurnLeft if turn > 0 else navila.TurnRight
        assert isinstance(found, kind)
        assert found.angle_rad == pytest.approx(math.pi / 6 * seconds, abs=1e-12)
    else:
        assert found == navila.Stop()


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("is move forward 0 cm", navila.MoveForward(0.25)),  # zero still executes one step
        ("is turn left 0 degrees", navila.TurnLeft.degrees(15)),
        ("is move forward 62 cm", navila.MoveForward(0.5)),
        ("is turn right 1000 degree", navila.TurnRight.degrees(45)),  # no multiple: nearest of 15, 30, 45
        ("is move forward \uff17\uff15 cm", navila.MoveForward(0.75)),  # \d takes any Unicode digit
        ("Is Move Forward; then move forward 100 cm", navila.MoveForward(1.0)),
        ("is move forward, is turn left 30 degrees", navila.MoveForward(0.25)),  # class order decides
        (f"is move forward {'5' * 5000} cm", navila.MoveForward(0.25)),  # int() fails: the default amount
        (f"is turn left {'5' * 4000} degree", navila.TurnLeft.degrees(45)),  # no multiple of 15
        ("is move forward 75 CM", navila.MoveForward(0.25)),  # the amount is case-sensitive
        ("is move forward 37.5 cm", navila.MoveForward(0.25)),
        ("is turn left -30 degrees", navila.TurnLeft.degrees(15)),
        ("\u017ftop", navila.Stop()),  # IGNORECASE folds the long s
    ],
)
def test_vlnce_odd_cases(text, motion):
    assert navila.parse_action(text, dialect="navila-vlnce") == motion


def test_vlnce_refuses_what_no_robot_could_do():
    text = "is move forward 100000000 cm"
    found = navila.parse_action(text, dialect="navila-vlnce")
    assert isinstance(found, navila.Unparsed)
    assert text[slice(*found.span)] == "100000000"
    longer = navila.parse_action(f"is turn left {'0' * 400}{'5' * 3000} degrees", dialect="navila-vlnce")
    assert isinstance(longer, navila.Unparsed)


@given(st.text())
def test_no_text_raises(text):
    assert navila.parse_action(text, dialect="navila-vlnce") is not None
    assert navila.parse_action(text, dialect="navila-isaac")
