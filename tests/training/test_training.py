"""Training, from the command a user types to a policy that walks better than it began."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1

from navila_sdk.errors import CapabilityError, ConfigError, MissingDependencyError, OutputError
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.testing import fake_embodiment
from navila_sdk.training.locomotion.mirror import Mirror, mirrored_name
from navila_sdk.training.locomotion.read_recipe import recipe_of
from tests.training.legs import LEARNING, READY
from tests.training.legs import train as _train


@LEARNING
def test_a_short_training_beats_its_beginning_and_can_be_taken_up(tmp_path):
    folder = tmp_path / "run"
    told = _train(folder, "-e", "h1", "--steps", "350000", "--threads", "2")
    assert told["last_reward"] > told["first_reward"]
    card = load_policy(told["policy"]).card
    assert (card.embodiment, card.kind, card.origin.seed) == ("h1", "blind", 1)
    more = _train(folder, "-e", "h1", "--steps", "370000", "--threads", "2")
    assert more["steps"] >= 370_000
    assert more["first_reward"] > told["first_reward"]


@LEARNING
def test_the_exported_layers_are_the_symmetric_network():
    import numpy as np
    import torch

    from navila_sdk.training.locomotion.network import MirrorMLP

    inputs, outputs = Mirror((1, 0, 2, 3), (1.0, 1.0, -1.0, 1.0)), Mirror((1, 0), (-1.0, -1.0))
    network = MirrorMLP(inputs, outputs, (16, 8), gain=1.0)
    x = torch.randn(5, 4)
    mirrored = x[:, list(inputs.source)] * torch.tensor(inputs.sign)
    y = network(x)
    torch.testing.assert_close(network(mirrored), y[:, list(outputs.source)] * torch.tensor(outputs.sign))
    h = x.numpy()
    layers = network.dense()
    for i, (weight, bias) in enumerate(layers):
        h = h @ weight.T + bias
        if i < len(layers) - 1:
            h = np.where(h > 0, h, np.expm1(np.minimum(h, 0)))
    np.testing.assert_allclose(h, y.detach().numpy(), atol=1e-5)


def _network(inputs=4, seed=0, hidden=(16, 8)):
    import torch

    from navila_sdk.training.locomotion.network import MirrorMLP

    torch.manual_seed(seed)
    mirror = Mirror((1, 0, 2, 3), (1.0, 1.0, -1.0, 1.0))
    if inputs > mirror.size:
        mirror = Mirror.joined([mirror, Mirror.signs(*[-1.0] * (inputs - mirror.size))])
    return MirrorMLP(mirror, Mirror((1, 0), (-1.0, -1.0)), hidden, gain=1.0)


@LEARNING
def test_a_network_takes_on_exported_layers_and_what_it_sees_beside_starts_at_zero():
    import torch

    known, wider = _network(seed=1), _network(inputs=6, seed=2)
    wider.fill(known.dense())
    x = torch.randn(5, 6)
    torch.testing.assert_close(wider(x), known(x[:, :4]), atol=1e-5, rtol=1e-5)


@LEARNING
def test_a_network_of_more_units_takes_on_exported_layers_and_has_room_to_learn():
    import torch

    known, wider = _network(seed=1), _network(inputs=6, seed=2, hidden=(24, 12))
    wider.fill(known.dense())
    x = torch.randn(5, 6)
    y = wider(x)
    torch.testing.assert_close(y, known(x[:, :4]), atol=1e-5, rtol=1e-5)
    y.square().sum().backward()
    heard = wider.even[-1].weight.grad[:, 4:]
    assert (heard.abs().sum(0) > 0).all(), "what a new unit says can be learned"


@LEARNING
def test_layers_that_no_symmetric_network_has_are_refused():
    known = _network(seed=1)
    layers = known.dense()
    layers[0][0][0, 0] += 0.5
    with pytest.raises(ConfigError, match="left and right differently"):
        _network().fill(layers)
    with pytest.raises(ConfigError, match=r"4 inputs and layers of \[12, 8, 2\].* 4 inputs and layers of \[16, 8, 2\]"):
        _network(hidden=(12, 8)).fill(known.dense())


@LEARNING
def test_a_training_can_begin_with_a_policy_and_be_taken_up(tmp_path):
    import numpy as np

    from navila_sdk.locomotion.choose import packaged_file
    from navila_sdk.locomotion.network_file import read_layers

    shipped = packaged_file(go2.policies["blind"])
    begun = ["-e", "go2", "--envs", "8", "--begin-with", str(shipped)]
    told = _train(tmp_path / "run", *begun, "--steps", "192")
    assert load_policy(told["policy"]).card.origin.trained_by.endswith("--begin-with blind.onnx")
    # The critic learns alone at first, so the policy is still the one it began with.
    for given, (weight, bias) in zip(read_layers(shipped), read_layers(Path(told["policy"])), strict=True):
        np.testing.assert_allclose(weight, given[0], atol=1e-5)
        np.testing.assert_allclose(bias, given[1], atol=1e-5)
    assert _train(tmp_path / "run", *begun, "--steps", "384")["steps"] == 384


@LEARNING
def test_a_recipe_of_ones_own_with_more_units_goes_on_from_a_policy_of_fewer(tmp_path):
    import numpy as np

    from navila_sdk.locomotion.choose import packaged_file

    shipped, recipe = packaged_file(go2.policies["blind"]), tmp_path / "wide.toml"
    lines = packaged_file(go2.recipe).read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("hidden"))
    recipe.write_text(text.replace("[learning]", "[learning]\nhidden = { blind = [640, 320, 128] }"))
    begun = ["-e", "go2", "--envs", "8", "--steps", "192", "--recipe", str(recipe), "--begin-with", str(shipped)]
    told = _train(tmp_path / "run", *begun)
    before, after = load_policy(shipped), load_policy(told["policy"])
    assert after.card.origin.trained_by.endswith("--begin-with blind.onnx --recipe wide.toml")
    seen = np.random.default_rng(1).normal(size=before.card.inputs).astype(np.float32)
    np.testing.assert_allclose(after.act(seen), before.act(seen), atol=1e-4)


@LEARNING
def test_a_policy_that_remembers_goes_on_from_one_that_did_not(tmp_path):
    import numpy as np

    from navila_sdk.locomotion.choose import packaged_file

    shipped, recipe = packaged_file(h1.policies["vision"]), tmp_path / "memory.toml"
    recipe.write_text(re.sub("(?m)^remember .*", "remember = { vision = 4 }", packaged_file(h1.recipe).read_text()))
    begun = ["-e", "h1", "--kind", "vision", "--envs", "8", "--steps", "192", "--recipe", str(recipe)]
    told = _train(tmp_path / "run", *begun, "--begin-with", str(shipped))
    before, after = load_policy(shipped), load_policy(told["policy"])
    assert (before.card.history, after.card.history.frames) == (None, 4)
    seen = np.random.default_rng(1).normal(size=after.card.inputs).astype(np.float32)
    np.testing.assert_allclose(after.act(seen), before.act(seen[: before.card.inputs]), atol=1e-4)


@LEARNING
def test_a_checkpoint_that_can_not_be_written_is_told_and_the_old_one_stands(tmp_path):
    import torch

    from navila_sdk.vla.tensor_file import write_tensors

    path = tmp_path / "run" / "checkpoint.safetensors"
    with pytest.raises(OutputError, match="is the folder still there"):
        write_tensors(path, {"a": torch.zeros(2)})
    path.parent.mkdir()
    write_tensors(path, {"a": torch.zeros(2)})
    path.with_name(path.name + ".part").mkdir()
    stood = path.read_bytes()
    with pytest.raises(OutputError, match="can't write"):
        write_tensors(path, {"a": torch.ones(2)})
    assert path.read_bytes() == stood


@LEARNING
def test_a_blend_lies_between_what_it_began_with_and_what_it_learned(tmp_path):
    import numpy as np

    from navila_sdk.locomotion.network_file import read_layers
    from navila_sdk.training.locomotion.average import blend

    begin, learned = _network(), _network(seed=1)
    ends = [layers.dense() for layers in (begin, learned)]
    blend(learned, ends[0], 0.25)
    for low, high, (weight, bias) in zip(*ends, learned.dense(), strict=True):
        np.testing.assert_allclose(weight, 0.75 * low[0] + 0.25 * high[0], atol=1e-6)
        np.testing.assert_allclose(bias, 0.75 * low[1] + 0.25 * high[1], atol=1e-6)
    from navila_sdk.locomotion.choose import packaged_file

    shipped = packaged_file(go2.policies["blind"])
    told = _train(
        tmp_path / "run", "-e", "go2", "--envs", "8", "--begin-with", str(shipped), "--blend", "0.5", "--steps", "192"
    )
    assert load_policy(told["policy"]).card.origin.trained_by.endswith("--begin-with blind.onnx --blend 0.5")
    assert len(read_layers(Path(told["policy"]))) == len(read_layers(shipped))
    with pytest.raises(AssertionError, match="--blend needs the policy"):
        _train(tmp_path / "run", "-e", "go2", "--blend", "0.5", "--steps", "192")


@LEARNING
def test_terrain_stays_as_hard_as_it_was_where_a_training_is_taken_up(tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    seeing, checkpoint = ["-e", "go2", "--kind", "vision"], tmp_path / "run" / "checkpoint.safetensors"
    _train(tmp_path / "run", *seeing, "--envs", "8", "--steps", "192")
    begun = load_file(checkpoint)
    assert len(begun["levels"]) == 8
    assert begun["levels"].max() < 0.7, "a training begins on easy terrain"
    save_file({**begun, "levels": torch.full((8,), 0.9, dtype=torch.float64)}, checkpoint)
    # Half a second; a fall takes a tenth, a crossing gives an eighth. Further bodies begin like those there were.
    _train(tmp_path / "run", *seeing, "--envs", "12", "--steps", "400")
    levels = load_file(checkpoint)["levels"]
    assert len(levels) == 12
    assert levels.min() >= 0.7


@LEARNING
def test_what_comes_out_is_the_mean_of_the_last_updates():
    import torch

    from navila_sdk.training.locomotion.average import WeightAverage

    network = torch.nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(100.0)
    average = WeightAverage(network)
    for i in range(2000):
        network.weight.data.fill_(1.0 if i % 2 else 3.0)
        average.update()
    average.apply()
    assert network.weight.item() == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-e", "dog"], "no embodiment named 'dog'"),
        (["--begin-with", "absent.onnx"], "absent.onnx: there is no such file"),
        (["--recipe", "absent.toml"], "absent.toml: this recipe can't be read"),
        (["--recipe", "recipe.toml"], "gait: missing"),
        (["--blend", "0.5"], "--blend needs the policy"),
        (["-e", "go2", "--kind", "vision", "--stage", "last"], "--stage 'last': the recipe has: first, sure"),
    ],
)
def test_what_does_not_fit_is_told_before_a_learner_is_needed(words, told, tmp_path):
    (tmp_path / "recipe.toml").write_text("fallen_below_m = 0.2\n")
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was loaded')\n")
    command = [sys.executable, "-m", "navila_sdk.cli.main", "train", "locomotion", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.skipif(READY, reason="the extra 'train' is installed")
def test_without_the_extra_it_says_how_to_get_it():
    from navila_sdk.cli.train import command

    with pytest.raises(MissingDependencyError, match=r"navila-sdk\[train\]"):
        CliRunner().invoke(command, ["locomotion"], catch_exceptions=False)


def test_a_body_without_a_recipe(tmp_path, monkeypatch):
    import attrs

    with pytest.raises(CapabilityError, match="no training recipe"):
        recipe_of(fake_embodiment())
    package = tmp_path / "some_robot_plugin"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "recipe.toml").write_text("colour = 'red'")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        recipe_of(attrs.evolve(go2, recipe="some_robot_plugin:recipe.toml"))
    assert "colour" in str(caught.value)
    assert "joints: missing" in str(caught.value)


def test_mirrors():
    assert Mirror.joined([Mirror.signs(1, -1), Mirror.swap(["L", "R"], [("L", "R")])]).source == (0, 1, 3, 2)
    with pytest.raises(ValueError, match="undo itself"):
        Mirror((1, 2, 0), (1.0, 1.0, 1.0))
    with pytest.raises(ConfigError, match="isn't there"):
        mirrored_name("left_hip", [("left", "right")], ["left_hip"])
