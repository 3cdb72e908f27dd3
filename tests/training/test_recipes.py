"""The recipes that come along: policies shipped with them are what they say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.choose import locomotion_policy, packaged_file, robot_model
from navila_sdk.plugins import Plugins
from navila_sdk.training.locomotion.policy_card import policy_card
from navila_sdk.training.locomotion.read_recipe import recipe_file, recipe_in, recipe_of, stages_in

BODIES = ("go2", "h1", "t1")


@pytest.mark.parametrize("name", BODIES)
def test_shipped_cards_are_those_of_the_recipe(name):
    body = Plugins().embodiment(name)
    for kind in body.policies:
        shipped = locomotion_policy(body, kind).card
        last = stages_in(recipe_file(body), kind)[-1]
        assert policy_card(last.recipe, name, kind, shipped.origin) == shipped, kind


@pytest.mark.parametrize("moments", [0, -1, 101])
def test_a_memory_of_no_length_or_too_long_is_refused_before_training(moments, tmp_path):
    recipe = packaged_file(Plugins().embodiment("h1").recipe).read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^remember .*$", f"remember = {{ blind = {moments} }}", recipe)
    (tmp_path / "recipe.toml").write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"remember.blind: 1 to 100 control periods; got {moments}"):
        recipe_in(tmp_path / "recipe.toml")


@pytest.mark.parametrize("name", BODIES)
def test_training_moves_joints_as_far_as_the_card_says(name):
    from navila_mujoco.gym.env import LeggedGym

    body = Plugins().embodiment(name)
    card, recipe = locomotion_policy(body).card, recipe_of(body)
    gym = LeggedGym(str(robot_model(body, None)), recipe, vision=False, count=2, threads=1, seed=0)
    gym.step(np.ones((2, gym.actions), np.float32))
    default = np.array([servo.default_rad for servo in card.joints.values()])
    asked = gym.physics.ctrl[0, gym.body.actuators] - default
    np.testing.assert_allclose(asked, np.broadcast_to(card.action_scale, asked.shape))


def test_exploration_narrows_over_a_training():
    from navila_sdk.training.locomotion.recipe import Learning

    narrowing = Learning(steps={"blind": 1}, entropy=0.004, entropy_end=0.001)
    assert [narrowing.entropy_at(share) for share in (0.0, 0.5, 1.0, 2.0)] == pytest.approx(
        [0.004, 0.0025, 0.001, 0.001]
    )
    assert Learning(steps={"blind": 1}, entropy=0.004).entropy_at(0.7) == pytest.approx(0.004)


def test_each_kind_of_policy_has_its_units():
    from navila_sdk.training.locomotion.recipe import UNITS, Learning

    wide = Learning(steps={"blind": 1, "vision": 1}, hidden={"vision": (512, 256, 128)})
    assert wide.units("vision") == (512, 256, 128)
    assert wide.units("blind") == UNITS
