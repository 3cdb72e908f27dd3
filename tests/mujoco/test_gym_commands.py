"""What bodies in training are asked, and for how long."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_mujoco.gym.commands import draw, how_long_s
from navila_mujoco.gym.env import LeggedGym

from navila_sdk.locomotion.choose import robot_model
from navila_sdk.training.locomotion.read_recipe import recipe_of

HELD_S, STOOD_S = (0.1, 0.2), (2.0, 3.0)


@pytest.mark.parametrize("stand_s", [None, STOOD_S])
def test_who_is_asked_to_stand_is_for_as_long_as_the_recipe_says(stand_s):
    settings = attrs.evolve(recipe_of(go2).commands, zero=0.5, hold_s=HELD_S, stand_s=stand_s)
    random = np.random.default_rng(1)
    command = draw(settings, 256, random)
    seconds = how_long_s(settings, command, random)
    stands = ~command.any(axis=1)
    assert 0.3 < stands.mean() < 0.7
    for who, (least, most) in ((stands, stand_s or HELD_S), (~stands, HELD_S)):
        assert least <= seconds[who].min() < seconds[who].max() <= most


def test_who_stands_goes_on_standing_while_others_are_asked_anew():
    recipe = recipe_of(go2)
    commands = attrs.evolve(
        recipe.commands, zero=0.5, exact_forward=0.0, exact_turn=0.0, hold_s=HELD_S, stand_s=STOOD_S
    )
    gym = LeggedGym(
        str(robot_model(go2)),
        attrs.evolve(recipe, commands=commands),
        vision=False,
        count=64,
        threads=1,
        seed=3,
    )
    begun = gym._command.copy()
    for _ in range(round(0.4 / gym.step_s)):
        gym.step(np.zeros((gym.count, gym.actions), np.float32))
    stands = ~begun.any(axis=1)
    assert (gym._command[stands] == 0).all()
    assert (gym._command[~stands] != begun[~stands]).any(axis=1).all()
