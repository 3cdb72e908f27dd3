"""Options of a plugin's own: strict, all problems at once, each with its path."""

import enum

import attrs
import pytest

import navila_sdk as navila
from navila_sdk.strict import read_options, within


class Gait(enum.StrEnum):
    TROT = "trot"
    WALK = "walk"


@attrs.frozen(kw_only=True)
class Options:
    gait: Gait = Gait.TROT
    speed_mps: float = attrs.field(default=0.5, validator=within(0, 2, "m/s"))
    start: tuple[float, float] | None = None
    names: tuple[str, ...] = ()
    loud: bool = False
    legs: int = 4


def test_what_fits_comes_out_typed():
    given = {"gait": "walk", "speed_mps": 1, "start": [1, 2.5], "names": ["a"], "loud": True, "legs": 2}
    assert read_options(Options, given, "worlds.mine") == Options(
        gait=Gait.WALK, speed_mps=1.0, start=(1.0, 2.5), names=("a",), loud=True, legs=2
    )
    assert read_options(Options, {}, "worlds.mine") == Options()


def test_everything_that_does_not_fit_is_told_at_once_with_its_path():
    wrong = {
        "gait": "trott",
        "speed_mps": 3,
        "start": [1],
        "names": "a",
        "loud": 1,
        "legs": 2.0,
        "lound": True,
    }
    with pytest.raises(navila.ConfigError) as caught:
        read_options(Options, wrong, "worlds.mine")
    assert list(caught.value.problems) == [
        "worlds.mine.gait: expected one of trot, walk, found 'trott' (str); did you mean 'trot'?",
        "worlds.mine.speed_mps: expected a number between 0 and 2 m/s; got 3.0",
        "worlds.mine.start: expected a list of 2 values, found [1] (list)",
        "worlds.mine.names: expected a list of text, found 'a' (str)",
        "worlds.mine.loud: expected true or false, found 1 (int)",
        "worlds.mine.legs: expected a whole number, found 2.0 (float)",
        "worlds.mine.lound: no such option; did you mean 'loud'?",
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "1", True, None])
def test_amounts_are_finite_numbers(value):
    with pytest.raises(navila.ConfigError, match=r"x\.speed_mps: expected a"):
        read_options(Options, {"speed_mps": value}, "x")
