"""Networks from elsewhere: TorchScript actors, ONNX that mjlab and Isaac Lab projects export with metadata."""

from __future__ import annotations

import warnings

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

from navila_sdk.cli.policy import command
from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.arrays import layers_from_npz
from navila_sdk.locomotion.card import CARD_KEY
from navila_sdk.locomotion.foreign import import_policy
from navila_sdk.locomotion.network_file import write_network
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.plugins import Plugins
from tests.locomotion.samples import answer, card, layers

GO2_JOINTS = [f"{leg}_{part}_joint" for leg in ("FL", "FR", "RL", "RR") for part in ("hip", "thigh", "calf")]
METADATA = {
    "run_path": "somebody/velocity/abc123",
    "joint_names": ",".join(GO2_JOINTS),
    "joint_stiffness": ",".join(["20.000"] * 12),
    "joint_damping": ",".join(["1.000"] * 12),
    "default_joint_pos": ",".join(["0.100", "0.800", "-1.500"] * 4),
    "command_names": "twist",
    "observation_names": "base_lin_vel,base_ang_vel,projected_gravity,joint_pos,joint_vel,actions,command",
    "action_scale": ",".join(["0.250"] * 12),
}
CARD = """
embodiment = "sample"
kind = "blind"
action_scale = [0.5]
terms = [{ name = "projected_gravity" }, { name = "command" }, { name = "joint_position" }]
commands = { vx_mps = [-1, 1], vy_mps = [0, 0], wz_radps = [-1, 1] }
base_height_m = 0.3
joints = { a = { default_rad = 0.0, kp = 1.0, kd = 0.1 }, b = { default_rad = 0.5, kp = 2.0, kd = 0.1 } }
"""


def exported(path, inputs=48, outputs=12, **metadata):
    """Write an ONNX file as those exporters do, and return what it computes."""
    made = card()
    random = np.random.default_rng(1)
    network = [
        (random.normal(size=(b, a)).astype(np.float32) * 0.2, random.normal(size=b).astype(np.float32))
        for a, b in ((inputs, 16), (16, outputs))
    ]
    plain = layers(made)
    write_network(path, plain, made)
    model = onnx.load(str(path))
    for i, (weight, bias) in enumerate(network):
        for name, value in ((f"w{i}", weight), (f"b{i}", bias)):
            held = next(t for t in model.graph.initializer if t.name == name)
            held.CopyFrom(onnx.numpy_helper.from_array(value, name))
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = inputs
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = outputs
    onnx.helper.set_model_props(model, {key: value for key, value in metadata.items() if value is not None})
    path.write_bytes(model.SerializeToString())
    return network


def test_metadata_becomes_a_card_and_the_network_stays_as_it_was(tmp_path):
    network = exported(tmp_path / "policy.onnx", **METADATA)
    out = tmp_path / "ours.onnx"
    words = ["import", str(tmp_path / "policy.onnx"), "-e", "go2", "--out", str(out)]
    told = CliRunner().invoke(command, words, catch_exceptions=False)
    assert "48 inputs, 12 joints" in told.output
    policy = load_policy(out)
    assert list(policy.card.joints) == GO2_JOINTS
    assert policy.card.joints["FL_calf_joint"].default_rad == -1.5
    assert policy.card.action_scale == (0.25,)
    assert [term.name for term in policy.card.terms][-1] == "command"
    assert policy.card.origin.trained_by == "somebody/velocity/abc123"
    x = np.sin(np.arange(48, dtype=np.float32))
    assert policy.act(x) == pytest.approx(answer(network, x), abs=1e-5)


def test_a_height_scan_is_the_bodys_own_map(tmp_path):
    names = "base_ang_vel,projected_gravity,velocity_commands,joint_pos,joint_vel,actions,height_scan"
    exported(tmp_path / "policy.onnx", inputs=45 + 187, **{**METADATA, "observation_names": names})
    go2 = Plugins().embodiment("go2")
    made = import_policy(tmp_path / "policy.onnx", tmp_path / "ours.onnx", None, go2)
    assert made.kind == "vision"
    assert made.height_map == go2.height_map


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"joint_stiffness": None}, "lacks the metadata joint_stiffness"),
        ({"observation_names": "base_ang_vel,motion_anchor_pos_b"}, "reads motion_anchor_pos_b"),
        ({"joint_damping": "1.0,2.0"}, "joint_damping holds 2 numbers for 12 joints"),
        ({"default_joint_pos": "a" + ",0" * 11}, "isn't a list of numbers"),
        ({"default_joint_pos": "nan" + ",0" * 11}, "default_joint_pos holds"),
        ({"observation_names": "base_ang_vel,command"}, "reads \\[1, 48\\], but its card describes 6"),
        ({"joint_stiffness": ",".join(["-1"] * 12)}, "kp 0 to 10000"),
    ],
)
def test_metadata_that_cannot_be_right(tmp_path, change, told):
    exported(tmp_path / "policy.onnx", **{**METADATA, **change})
    out = tmp_path / "ours.onnx"
    out.write_text("what was there")
    with pytest.raises(PolicyError, match=told):
        import_policy(tmp_path / "policy.onnx", out, None, Plugins().embodiment("go2"))
    assert out.read_text() == "what was there"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ours.onnx", "policy.onnx"]


def test_an_onnx_without_metadata_takes_a_card(tmp_path):
    (tmp_path / "card.toml").write_text(CARD)
    exported(tmp_path / "policy.onnx", inputs=8, outputs=2)
    made = import_policy(tmp_path / "policy.onnx", tmp_path / "ours.onnx", tmp_path / "card.toml")
    assert made.inputs == 8
    assert CARD_KEY in {entry.key for entry in onnx.load(str(tmp_path / "ours.onnx")).metadata_props}
    with pytest.raises(PolicyError, match="which robot"):
        import_policy(tmp_path / "policy.onnx", tmp_path / "ours.onnx", None)
    with pytest.raises(PolicyError, match="says nothing about its numbers"):
        import_policy(tmp_path / "actor.npz", tmp_path / "ours.onnx", None)


def _scripted(path, *, normaliser=False, recurrent=False, name="actor"):
    torch = pytest.importorskip("torch", reason="TorchScript is read with torch; install the extra [train]")

    class Normalizer(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("_mean", torch.linspace(-1, 1, 8).reshape(1, -1))
            self.register_buffer("_std", torch.linspace(0.5, 2, 8).reshape(1, -1))

        def forward(self, x):
            return (x - self._mean) / (self._std + 1e-2)

    class Exported(torch.nn.Module):
        def __init__(self):
            super().__init__()
            layers = torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.ELU(), torch.nn.Linear(6, 2))
            setattr(self, name, layers)
            self.normalizer = Normalizer() if normaliser else torch.nn.Identity()
            if recurrent:
                self.memory = torch.nn.LSTM(8, 8)

        def forward(self, x):
            return getattr(self, name)(self.normalizer(x))

    torch.manual_seed(3)
    module = Exported()
    with warnings.catch_warnings():
        # Deprecated, and what everyone's exporters still use.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.trace(module, torch.zeros(1, 8)).save(str(path))
    return lambda x: module(torch.from_numpy(x).reshape(1, -1)).detach().numpy()[0]


@pytest.mark.parametrize("normaliser", [False, True])
def test_torchscript_gives_what_it_gave(tmp_path, normaliser):
    (tmp_path / "card.toml").write_text(CARD)
    theirs = _scripted(tmp_path / "policy.pt", normaliser=normaliser)
    import_policy(tmp_path / "policy.pt", tmp_path / "ours.onnx", tmp_path / "card.toml")
    policy = load_policy(tmp_path / "ours.onnx")
    for seed in range(5):
        x = np.random.default_rng(seed).normal(size=8).astype(np.float32)
        assert policy.act(x) == pytest.approx(theirs(x), abs=1e-5)


def test_torchscript_that_is_no_layered_actor(tmp_path):
    (tmp_path / "card.toml").write_text(CARD)
    _scripted(tmp_path / "named.pt", name="decoder")
    _scripted(tmp_path / "recurrent.pt", recurrent=True)
    (tmp_path / "text.pt").write_text("no archive")
    for name, told in (("named", "no layer is named"), ("recurrent", "recurrent network"), ("text", "no TorchScript")):
        with pytest.raises(PolicyError, match=told):
            import_policy(tmp_path / f"{name}.pt", tmp_path / "ours.onnx", tmp_path / "card.toml")
    assert not (tmp_path / "ours.onnx").exists()


def test_a_file_that_is_no_archive_is_no_npz(tmp_path):
    (tmp_path / "actor.npz").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(PolicyError, match="it isn't a zip archive"):
        layers_from_npz(tmp_path / "actor.npz")
