"""The exception tree: what is the caller's fault exits with 2, everything else with 1."""

import pytest

import navila_sdk as navila
from navila_sdk import errors

CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("cls", CLASSES)
def test_exit_codes_follow_the_tree(cls):
    assert issubclass(cls, navila.NavilaError)
    assert cls.exit_code == (2 if issubclass(cls, navila.UserInputError) else 1)


def test_unknown_names_list_what_is_known_and_the_nearest():
    error = navila.UnknownNameError("colour", "grren", ["green", "blue"], "Or mix one.")
    assert str(error) == "no colour named 'grren'. Did you mean 'green'? Known: blue, green. Or mix one."
    assert "..." in str(navila.UnknownNameError("colour", "x" * 500, []))


def test_config_errors_hold_every_problem():
    error = navila.ConfigError("bad file", ["a.b: wrong", "c: missing"])
    assert error.problems == ("a.b: wrong", "c: missing")
    assert str(error) == "bad file\n  a.b: wrong\n  c: missing"
