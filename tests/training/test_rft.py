"""Plans drawn, rewarded and learned from: what the sampler says is what the network says, and the reward rises."""

import json
import subprocess
import sys

import numpy as np
import pytest

from navila_sdk.training.data.shards import Track, write_shard

for package in ("torch", "transformers", "tokenizers", "accelerate"):
    pytest.importorskip(package, reason=f"{package} isn't installed: pip install 'navila-sdk[train-vla]'")

import torch  # noqa: E402

from navila_sdk.training.rft.policy import chances, objective  # noqa: E402
from navila_sdk.training.rft.reinforce import reinforce  # noqa: E402
from navila_sdk.training.rft.sampling import Sampler  # noqa: E402
from navila_sdk.training.rft.settings import RftSettings  # noqa: E402
from navila_sdk.training.vla.finetune import finetune  # noqa: E402
from navila_sdk.training.vla.fresh import make_checkpoint  # noqa: E402
from navila_sdk.training.vla.learner import attending_plainly, states  # noqa: E402
from navila_sdk.training.vla.lesson_plan import Plan  # noqa: E402
from navila_sdk.training.vla.lessons import Lessons  # noqa: E402
from navila_sdk.training.vla.rows import RowMaker, batch_of  # noqa: E402
from navila_sdk.training.vla.samples import IGNORE  # noqa: E402
from navila_sdk.training.vla.settings import FinetuneSettings  # noqa: E402
from navila_sdk.training.vla.shape import Shape  # noqa: E402
from navila_sdk.training.vla.walked import Walked, following  # noqa: E402
from navila_sdk.vla.model import NavilaModel  # noqa: E402
from navila_sdk.vla.prompt import THEN  # noqa: E402
from navila_sdk.vla.sentences import TRAINED  # noqa: E402

SMALL = Shape(
    side_px=24, patch_px=6, vision_hidden=32, vision_layers=1, vision_feed=64, hidden=32, layers=2, feed=64, head=16,
    vocabulary=400,
)  # fmt: skip
WORDS = {"left": "turn left 45 degrees", "right": "turn right 45 degrees"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Walks whose words say which way to turn at the second step."""
    random, tracks = np.random.default_rng(0), []
    for number in range(24):
        word = sorted(WORDS)[number % 2]
        labels = ("move forward 75 cm", WORDS[word], "move forward 75 cm", "stop")
        frames = [random.integers(0, 256, (12, 16, 3), np.uint8) for _ in labels]
        blank = ((),) * 4
        left_m = (3.0, 2.0, 1.0, 0.0)
        track = Track(
            str(number), "empty", f"Go {word}.", "go2", "easy", labels, labels, left_m, ("",) * 4, (), blank
        )  # fmt: skip
        tracks.append((track, frames))
    root = tmp_path_factory.mktemp("walks")
    write_shard(root / "shard-000000", tracks)
    return root


@pytest.fixture(scope="module")
def taught(data, tmp_path_factory):
    root = tmp_path_factory.mktemp("taught")
    lines = [*TRAINED * 5, "Go left.", "Go right.", THEN]
    model = NavilaModel.from_pretrained(make_checkpoint(root / "fresh", SMALL, lines))
    plan = Plan(look=0.0, beside=0.0, ahead=1.0, steps=4, packed=0.5)
    lessons = Lessons({data: 1.0}, model.config, model.tokenizer, plan)
    finetune(model, lessons, root / "sft", FinetuneSettings(steps=160, batch=32, accumulate=1, rate=5e-3, seed=1))
    return root / "sft"


def situation(model, data, step=0):
    rows = RowMaker(model.tokenizer)
    random = np.random.default_rng(5)
    pictures = list(random.standard_normal((3, 3, 24, 24)).astype(np.float32))
    prompts = [
        rows.prompt("Go left.", [0] * 7 + [1]),
        rows.prompt("Go right, then go left and stop.", [0] * 6 + [1, 2]),
    ]
    return rows, prompts, pictures


def test_a_drawn_plan_is_as_likely_as_the_network_says(taught, data):
    """Almost cold, every token that was said must be the likeliest where all is computed in one go."""
    model = NavilaModel.from_pretrained(taught)
    rows, prompts, pictures = situation(model, data)
    talks = Sampler(model, 6, 1e-4).plans(prompts, torch.from_numpy(np.stack(pictures)), 3, torch.Generator())
    batch = batch_of(
        [rows.talked(p, [(t.ids, t.labels) for t in group]) for p, group in zip(prompts, talks, strict=True)], pictures
    )
    with torch.no_grad(), attending_plainly(model.network):
        logs, place = chances(model.network, batch)
        hidden, wanted, _ = states(model.network, **batch)
        told = model.network.llm.lm_head(hidden[:, :-1][wanted[:, 1:] != IGNORE]).log_softmax(dim=-1)
    said = sum(label != IGNORE for group in talks for talk in group for label in talk.labels)
    assert len(logs) == said == len(place)
    assert float((told.max(dim=-1).values - logs).max()) < 1e-3
    for group in talks:
        assert group[0].said == group[1].said == group[2].said
    # One prompt alone says the same: padding in front changes nothing.
    alone = Sampler(model, 6, 1e-4).plans(prompts[:1], torch.from_numpy(np.stack(pictures)), 2, torch.Generator())
    assert alone[0][0].said == talks[0][0].said


def test_plans_end_at_a_stop_at_the_horizon_or_at_nonsense(taught, data):
    model = NavilaModel.from_pretrained(taught)
    _, prompts, pictures = situation(model, data)
    generator = torch.Generator().manual_seed(3)
    for horizon in (1, 3):
        talks = Sampler(model, horizon, 1.5).plans(prompts, torch.from_numpy(np.stack(pictures)), 16, generator)
        for talk in (talk for group in talks for talk in group):
            actions = talk.actions()
            assert len(actions) <= horizon
            assert "stop" not in actions[:-1]
            assert len(talk.ids) == len(talk.labels)


def test_the_objective():
    now = torch.tensor([-1.0, -2.0, -0.5], requires_grad=True)
    gain = torch.tensor([1.0, -2.0, 0.5])
    loss, divergence = objective(now, now.detach(), now.detach(), gain, 0.2, 0.5)
    loss.sum().backward()
    # Where nothing has moved, the gradient is the plain policy gradient, and nothing is paid for straying.
    assert now.grad.tolist() == pytest.approx((-gain).tolist())
    assert divergence.abs().max() == 0
    far = torch.tensor([1.0, 1.0], requires_grad=True)
    loss, divergence = objective(far, torch.zeros(2), far.detach(), torch.tensor([1.0, -1.0]), 0.2, 0.0)
    loss.sum().backward()
    # A good plan that is likelier than the bound allows gains no more; a bad one is still pushed down.
    assert far.grad.tolist() == pytest.approx([0.0, float(np.e)])
    apart = objective(torch.tensor([-1.0]), torch.tensor([-1.0]), torch.tensor([-3.0]), torch.zeros(1), 0.2, 1.0)[1]
    assert float(apart) == pytest.approx(np.exp(-2) + 2 - 1)


def test_the_reward_rises_and_a_broken_training_goes_on(taught, data, tmp_path):
    def trained(out, steps, seen, stop=lambda: False):
        settings = RftSettings(steps=steps, prompts=6, group=8, rate=2e-3, kl=0.0, seed=2)
        reinforce(
            NavilaModel.from_pretrained(taught), Walked({data: 1.0}), out, settings, report=seen.append, stop=stop
        )

    whole, parts = [], []
    trained(tmp_path / "whole", 24, whole)
    assert np.mean([p.reward for p in whole[-5:]]) > np.mean([p.reward for p in whole[:5]]) + 0.05
    assert all(0 <= p.reward <= 1 and 0 <= p.first_right <= 1 and p.divergence >= 0 for p in whole)
    trained(tmp_path / "parts", 24, parts, stop=lambda: len(parts) == 3)
    trained(tmp_path / "parts", 5, parts)
    assert [p.reward for p in parts] == pytest.approx([p.reward for p in whole[:5]], abs=1e-6)


def test_what_follows_is_known_as_far_as_it_was_walked():
    labels = ("move forward 75 cm", "turn left 15 degrees", "move forward 25 cm", "stop")
    taken = ("move forward 75 cm", "turn right 15 degrees", "move forward 25 cm", "stop")
    track = Track("a", "s", "Go.", "go2", "", labels, taken, (1.0,) * 4, ("",) * 4, (), ((),) * 4)
    assert following(track, 0) == list(labels[:2])
    assert following(track, 1) == [labels[1]]
    assert following(track, 2) == list(labels[2:])


def test_the_command(taught, data, tmp_path):
    for package in ("onnx", "onnxscript"):
        pytest.importorskip(package, reason=f"{package} isn't installed: pip install 'navila-sdk[train-vla]'")
    out = tmp_path / "rft"
    code = "from navila_sdk.cli.main import main; main()"
    words = ["train", "rft", "--checkpoint", taught, "--data", data, "--out", out, "--steps", 2, "--prompts", 2]
    command = [sys.executable, "-c", code, *map(str, words), "--group", "2", "--json"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["updates"] == 2
    assert (out / "onnx" / "nano.json").is_file()
