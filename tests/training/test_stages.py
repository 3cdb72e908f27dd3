"""A recipe carried out on a few pictures and walks: it learns, it can be broken off, its ONNX files are the model."""

import attrs
import numpy as np
import pytest

from navila_sdk.config import load_config
from navila_sdk.errors import ConfigError, DataError
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene
from navila_sdk.training.data.collect import Collector, CollectSettings, collect
from navila_sdk.training.data.pictures import collect_pictures
from navila_sdk.training.vla.lesson_plan import Plan
from navila_sdk.training.vla.recipe import Stage, VlaRecipe, preset_path, read_recipe
from navila_sdk.training.vla.shape import Shape

for package in ("torch", "transformers", "tokenizers", "accelerate", "onnx", "onnxscript"):
    pytest.importorskip(package, reason=f"{package} isn't installed: pip install 'navila-sdk[train-vla]'")

SMALL = Shape(
    side_px=24, patch_px=6, vision_hidden=32, vision_layers=1, vision_feed=64, hidden=32, layers=1, feed=64, head=16,
    vocabulary=500,
)  # fmt: skip
RECIPE = VlaRecipe(
    shape=SMALL,
    stages=(
        Stage(name="seen", task="see", data={"pictures": 1.0}, steps=30, batch=8, rate=3e-3),
        Stage(name="walk", data={"oracle": 1.0}, steps=24, batch=16, rate=3e-3, plan=Plan(look=0.3, steps=4)),
    ),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    plugins = Plugins.from_config(load_config().config)
    bodies, world = [plugins.embodiment("go2")], plugins.world("mujoco")
    collect_pictures(root / "pictures" / "shard-000000", [load_scene("apartment:7")], world, bodies, 24, 1)
    walks = collect(root / "oracle", [0], lambda _: train_episodes(0)[:2], Collector(world, bodies, CollectSettings()))
    assert sum(frames for _, frames in walks) > 10
    return root


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    from navila_sdk.training.vla.stages import run_stages

    out, losses = tmp_path_factory.mktemp("out"), {"seen": [], "walk": []}
    onnx = run_stages(RECIPE, data, out, report=lambda stage, progress: losses[stage.name].append(progress.loss))
    return out, onnx, losses


def test_every_stage_learns(made):
    for name, found in made[2].items():
        assert np.mean(found[-5:]) < 0.8 * np.mean(found[:3]), name


def test_the_onnx_files_are_the_model(made):
    from navila_sdk.training.vla.export_onnx import difference
    from navila_sdk.vla.model import NavilaModel

    out, onnx, _ = made
    assert difference(NavilaModel.from_pretrained(out / "walk"), onnx) < 1e-4


def test_what_is_shipped_is_half_as_large_and_says_the_same(made, tmp_path):
    from navila_sdk.training.vla.export_onnx import difference
    from navila_sdk.training.vla.ship import ship
    from navila_sdk.vla.model import NavilaModel

    out, onnx, _ = made
    shipped = ship(out / "walk", tmp_path / "shipped")
    assert difference(NavilaModel.from_pretrained(shipped), shipped / "onnx") < 1e-4
    for name in ("vision.onnx", "language.onnx"):
        # A file this small is mostly graph.
        assert (shipped / "onnx" / name).stat().st_size < 0.9 * (onnx / name).stat().st_size
    random = np.random.default_rng(1)
    frames = [random.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(8)]
    before, after = (
        NavilaModel.from_pretrained(f).logits(frames, "Go to the red box.") for f in (out / "walk", shipped)
    )
    assert np.abs(before - after).max() < 0.05
    weights = sorted((shipped / "llm").glob("*.safetensors"))
    assert weights[0].stat().st_size < 0.6 * (out / "walk" / "llm" / weights[0].name).stat().st_size


def test_without_torch_it_answers_the_same(made):
    from navila_nano.model import NanoModel
    from navila_nano.session import NanoSession

    from navila_sdk.vla.model import NavilaModel
    from navila_sdk.vla.session import Session

    out, onnx, _ = made
    theirs, ours = Session(NavilaModel.from_pretrained(out / "walk")), NanoSession(NanoModel(onnx))
    for session in (theirs, ours):
        session.reset("Go past the red box and stop at the blue cylinder.")
    random = np.random.default_rng(0)
    for _ in range(12):
        frame = random.integers(0, 256, (48, 64, 3), np.uint8)
        theirs.see(frame)
        ours.see(frame)
        wanted, found = theirs.answer("grammar", 32, lambda _: True).choice, ours.answer()
        assert found.index == wanted.index
        assert found.log_probabilities == pytest.approx(wanted.log_probabilities, abs=5e-3)


def test_a_blend_lies_between_what_a_stage_began_with_and_what_it_learned(made, data, tmp_path):
    from navila_sdk.training.vla.stages import run_stages
    from navila_sdk.vla.model import NavilaModel

    again = Stage(name="again", data={"oracle": 1.0}, steps=4, batch=16, rate=3e-3, plan=Plan(steps=4), blend=0.25)
    recipe = attrs.evolve(RECIPE, stages=(again,), storage="float16")
    told = []
    onnx = run_stages(recipe, data, tmp_path, start_from=made[0] / "walk", report=lambda *_: told.append(1))
    assert onnx == tmp_path / "shipped" / "onnx"
    begin, end, found = (
        NavilaModel.from_pretrained(tmp_path / name).network.state_dict() for name in ("fresh", "again", "again-blend")
    )
    assert any(not np.array_equal(begin[name], end[name]) for name in begin)
    for name, weight in found.items():
        assert np.allclose(weight, 0.75 * begin[name] + 0.25 * end[name], atol=1e-6), name
    walked = NavilaModel.from_pretrained(made[0] / "walk").network.state_dict()
    assert all(np.array_equal(walked[name], begin[name]) for name in begin)
    for begun in (None, made[0] / "walk"):
        run_stages(recipe, data, tmp_path, start_from=begun, report=lambda *_: told.append(1))
    assert len(told) == 4, "what is done isn't done again"
    with pytest.raises(DataError, match="began with another checkpoint"):
        run_stages(recipe, data, tmp_path, start_from=made[0] / "fresh")


def test_what_is_done_is_not_done_again(made, data):
    from navila_sdk.training.vla.stages import run_stages

    told = []
    run_stages(RECIPE, data, made[0], report=lambda *_: told.append(1))
    assert not told


def test_a_stage_broken_off_is_taken_up(data, tmp_path):
    from navila_sdk.training.vla.stages import run_stages

    short = attrs.evolve(RECIPE, stages=(RECIPE.stages[1],))
    whole, parts = [], []
    run_stages(short, data, tmp_path / "whole", report=lambda _, progress: whole.append(progress.loss))
    run_stages(
        short,
        data,
        tmp_path / "parts",
        report=lambda _, progress: parts.append(progress.loss),
        stop=lambda: len(parts) == 9,
    )
    assert len(parts) < len(whole)
    run_stages(short, data, tmp_path / "parts", report=lambda _, progress: parts.append(progress.loss))
    assert parts == pytest.approx(whole, rel=2e-2)


@pytest.mark.parametrize(
    "plan", [Plan(look=0.0, blind=1.0), Plan(look=0.0, mute=1.0), Plan(look=0.0, forgetful=1.0)], ids=str
)
def test_controls_see_less(made, data, plan):
    """Without images all is black, without instruction every prompt is the same, without history one frame is seen."""
    from navila_sdk.training.vla.lessons import Lessons
    from navila_sdk.training.vla.settings import FinetuneSettings
    from navila_sdk.vla.model import NavilaModel

    model = NavilaModel.from_pretrained(made[0] / "walk")
    lessons = Lessons({data / "oracle": 1.0}, model.config, model.tokenizer, plan)
    batch = next(lessons.batches(FinetuneSettings(batch=16), 0, 1, 0))
    if plan.blind:
        assert len(batch["pixels"]) == 1
        assert not batch["frames"].any()
    elif plan.mute:
        frames = model.config.num_frames
        prompt = model.tokenizer.prompt_ids("Go on.", frames)
        assert all(row[: len(prompt)].tolist() == prompt for row in batch["ids"])
    else:
        assert not batch["frames"][:, :-1].any()
        assert batch["frames"][:, -1].all()


def test_the_shipped_recipe_and_bad_ones(tmp_path):
    recipe = read_recipe(preset_path("navila_nano:record", "nano"))
    assert recipe.stages[0].task == "see"
    with pytest.raises(ConfigError, match="no recipe"):
        preset_path("navila_sdk.planners.random:record", "random")
    bad = tmp_path / "bad.toml"
    bad.write_text('[shape]\nhidden = 33\n[[stages]]\nname = "a"\nsteps = 0\n')
    with pytest.raises(ConfigError, match="doesn't fit") as caught:
        read_recipe(bad)
    assert "multiple" in str(caught.value)
    assert "data" in str(caught.value)


def test_a_stage_that_is_none(data, tmp_path):
    from navila_sdk.training.vla.stages import run_stages

    with pytest.raises(DataError, match="no stage 'wlak'"):
        run_stages(RECIPE, data, tmp_path, until="wlak")
