"""Legs trained in stages: what a recipe may say of them, and what comes out of each."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from navila_go2 import embodiment as go2

from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.choose import packaged_file
from navila_sdk.locomotion.network_file import read_layers
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.plugins import Plugins
from navila_sdk.training.locomotion.read_recipe import recipe_in, stages_in
from navila_sdk.training.source import source_version
from tests.training.legs import LEARNING, train

SMALL = ("-e", "go2", "--envs", "8")
STAGES = """
[[stages.blind]]
name = "calm"
steps = 200
learning = { entropy = 0.001 }

[[stages.blind]]
name = "light"
steps = 200
blend = 0.25
commands = { vx_mps = [-0.1, 0.7] }
"""


def _recipe(folder: Path, stages: str = STAGES, steps: str = "{ blind = 200 }") -> Path:
    lines = packaged_file(go2.recipe).read_text(encoding="utf-8").split("[[stages", 1)[0].splitlines()
    kept = [line for line in lines if not line.startswith("steps")]
    path = folder / "recipe.toml"
    path.write_text("\n".join([*kept, f"steps = {steps}", stages]), encoding="utf-8")
    return path


def test_a_stage_is_the_recipe_but_for_what_it_says(tmp_path):
    path = _recipe(tmp_path)
    first, calm, light = stages_in(path, "blind")
    assert (first.name, first.steps, first.blend, first.recipe) == ("first", 200, 1.0, recipe_in(path))
    assert (calm.name, calm.steps, calm.recipe.learning.entropy) == ("calm", 200, 0.001)
    assert calm.recipe.learning.kl == first.recipe.learning.kl
    assert calm.recipe.rewards == first.recipe.rewards
    assert (light.blend, light.recipe.commands.vx_mps) == (0.25, (-0.1, 0.7))
    # Not what the stage before it said: each can be read alone.
    assert light.recipe.learning == first.recipe.learning


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        (
            '[[stages.blind]]\nsteps = 1\nname = "a"\nlearning = { entropi = 1.0 }',
            r"stages.blind\[0\].learning.entropi",
        ),
        ('[[stages.blind]]\nsteps = 1\nname = "a"\ngaits = 1', r"stages.blind\[0\].gaits.*has no such key"),
        ('[[stages.blind]]\nname = "a"', r"stages.blind\[0\].steps: missing"),
        ('[[stages.blind]]\nsteps = 0\nname = "a"', r"stages.blind\[0\].*between 1 and"),
        ('[[stages.blind]]\nsteps = 1\nname = "../a"', r"stages.blind\[0\].*a folder's name"),
        ('[[stages.blind]]\nsteps = 1\nname = "first"', r"stages.blind\[0\].*not 'first'"),
        ('[[stages.blind]]\nsteps = 1\nname = "a"\nblend = 0.0', r"stages.blind\[0\].*between 0.001 and 1; got 0.0"),
        ('[[stages.blind]]\nsteps = 1\nname = "a"\n' * 2, "stages.blind: each stage needs a name of its own; twice: a"),
        ('[[stages.deaf]]\nsteps = 1\nname = "a"', "stages.*expected one of blind, vision"),
        ("[stages]\nblind = 3", "stages.*expected a list"),
    ],
)
def test_stages_that_do_not_fit_are_told_with_their_place(stages, told, tmp_path):
    path = _recipe(tmp_path, stages)
    with pytest.raises(ConfigError) as raised:
        recipe_in(path)
    assert raised.match(r"recipe.toml: ")
    assert raised.match(f"(?s).*{told}")


def test_a_kind_that_the_recipe_has_no_steps_for(tmp_path):
    with pytest.raises(ConfigError, match=r"learning.steps knows no 'vision'; it has: blind"):
        stages_in(_recipe(tmp_path, ""), "vision")


@pytest.mark.parametrize("name", ["go2", "h1", "t1"])
def test_shipped_recipes_have_stages_for_kinds_that_ship(name):
    body = Plugins().embodiment(name)
    for kind in body.policies:
        assert stages_in(packaged_file(body.recipe), kind)[0].steps >= 1_000_000


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a recipe and a run of its three stages, and what the run told."""
    folder = tmp_path_factory.mktemp("stages")
    return folder, train(folder / "run", *SMALL, "--recipe", str(_recipe(folder)))


@LEARNING
def test_each_stage_goes_on_from_the_one_before_it(trained):
    run, told = trained[0] / "run", trained[1]
    assert (told["stage"], told["policy"]) == ("light", str(run / "policy.onnx"))
    assert told["steps"] >= 600
    policy = load_policy(run / "policy.onnx")
    assert policy.card.commands.vx_mps == (-0.1, 0.7)
    assert policy.card.origin.steps == told["steps"]
    assert "in 3 stages" in policy.card.origin.summary
    assert policy.card.origin.commit == source_version()
    first, calm, light = (
        read_layers(p) for p in (run / "first/policy.onnx", run / "calm/policy.onnx", run / "policy.onnx")
    )
    # Few updates move weights little: stages that began afresh would be far apart.
    for begun, (weight, _) in zip(first, calm, strict=True):
        assert 0 < np.abs(weight - begun[0]).max() < 0.05
    assert any(np.abs(weight - begun[0]).max() > 0 for begun, (weight, _) in zip(calm, light, strict=True))


@LEARNING
def test_what_a_stage_finished_is_not_done_again(trained, tmp_path):
    run = shutil.copytree(trained[0] / "run", tmp_path / "run")
    stood = {name: (run / name / "checkpoint.safetensors").read_bytes() for name in ("first", "calm")}
    (run / "light" / "checkpoint.safetensors").unlink()
    calm, light = read_layers(run / "calm" / "policy.onnx"), read_layers(run / "policy.onnx")
    whole = _recipe(tmp_path, STAGES.replace("blend = 0.25", "blend = 1.0"))
    assert train(run, *SMALL, "--recipe", str(whole))["stage"] == "light"
    for name in ("first", "calm"):
        assert (run / name / "checkpoint.safetensors").read_bytes() == stood[name]
    # The same seed and the same beginning give the same stage; of what it learned, a quarter had been kept.
    for before, kept, learned in zip(calm, light, read_layers(run / "policy.onnx"), strict=True):
        for from_, now, to in zip(before, kept, learned, strict=True):
            np.testing.assert_allclose(now, from_ + 0.25 * (to - from_), atol=1e-6)


@LEARNING
def test_steps_of_ones_own_are_the_recipe_s_without_its_stages(tmp_path):
    told = train(tmp_path / "run", *SMALL, "--recipe", str(_recipe(tmp_path)), "--steps", "192")
    assert (told["stage"], told["steps"]) == ("first", 192)
    assert sorted(p.name for p in (tmp_path / "run").iterdir() if p.is_dir()) == []


@LEARNING
def test_a_policy_goes_on_by_the_stage_that_is_named(tmp_path):
    """The shipped one remembers, as its stages say; by the recipe's first it has too many inputs."""
    shipped = packaged_file(go2.policies["vision"])
    begun = ["--kind", "vision", "--begin-with", str(shipped), "--steps", "192"]
    told = train(tmp_path / "run", *SMALL, *begun, "--stage", "sure")
    assert (told["stage"], told["steps"]) == ("sure", 192)
    card = load_policy(tmp_path / "run" / "policy.onnx").card
    assert card.history == load_policy(shipped).card.history
    assert card.origin.trained_by.endswith("--begin-with vision.onnx --stage sure")


def test_who_has_something_to_climb_is_pushed_less():
    from navila_mujoco.gym.pushes import Pushes

    from navila_sdk.training.locomotion.recipe import Randomization

    rough = np.arange(400) % 2 == 0
    settings = Randomization(push_mps=2.0, push_rough=0.25, push_every_s=(0.02, 0.02), push_free_s=0.5)
    pushes = Pushes(settings, 400, 0.02, np.random.default_rng(1), rough)
    pushes.begin(np.arange(400))
    speed = np.zeros((400, 8))
    pushes.push(speed)
    assert pushes.free.all()
    assert np.abs(speed[rough, :2]).max() <= 0.5
    assert 1.5 < np.abs(speed[~rough, :2]).max() <= 2.0
    assert not speed[:, 2:].any()
