"""Fine-tuning: a toy mapping is learned exactly, an interrupted training goes on as if it hadn't been."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from PIL import Image

from navila_sdk.errors import DataError
from navila_sdk.training.vla.annotations import Record
from navila_sdk.training.vla.settings import FinetuneSettings
from navila_sdk.vla.sentences import TRAINED
from tests.vla.conftest import NEEDS, TINY

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
pytest.importorskip("accelerate", reason="accelerate isn't installed: pip install 'navila-sdk[train-vla]'")

COLORS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}
SAYS = dict(zip(COLORS, (TRAINED[1], TRAINED[3], TRAINED[9]), strict=True))


@pytest.fixture
def frames(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for name, rgb in COLORS.items():
        Image.new("RGB", (64, 48), rgb).save(folder / f"{name}.png")
    return folder


def toy():
    return [Record(name, "Do what the colour says.", SAYS[name], (f"{name}.png",) * 3) for name in COLORS]


def fresh():
    from navila_sdk.vla.model import NavilaModel

    torch.set_num_threads(1)
    return NavilaModel.from_pretrained(TINY)


def learnt(frames):
    from navila_sdk.training.vla.records import RecordSource

    model = fresh()
    return model, RecordSource(toy(), frames, model)


def settings(**changes):
    toys = {"steps": 50, "batch": 3, "accumulate": 1, "rate": 3e-3, "warm_up": 0.1, "save_every": 20}
    return FinetuneSettings(**{**toys, **changes})


def answers(model, folder):
    found = {}
    for name in COLORS:
        picture = np.asarray(Image.open(folder / f"{name}.png"))
        found[name] = model.generate([picture] * 3, "Do what the colour says.")
    return found


@pytest.mark.parametrize("rank", [0, 8])
def test_a_toy_mapping_is_learned_exactly(frames, tmp_path, rank):
    from navila_sdk.training.vla.finetune import finetune
    from navila_sdk.vla.model import NavilaModel

    if rank:
        pytest.importorskip("peft", reason="peft isn't installed: pip install 'navila-sdk[train-vla]'")
    losses = []
    given = settings(lora_rank=rank, steps=120 if rank else 50, rate=1e-2 if rank else 3e-3)
    out = finetune(*learnt(frames), tmp_path / "out", given, report=lambda progress: losses.append(progress.loss))
    assert losses[-1] < 0.1 < 1.0 < losses[0]
    again = NavilaModel.from_pretrained(out)
    assert answers(again, frames) == SAYS
    assert answers(fresh(), frames) != SAYS


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(frames, tmp_path):
    from navila_sdk.training.vla.finetune import finetune

    whole, broken = [], []
    given = settings(steps=8, batch=2, save_every=3)
    finetune(*learnt(frames), tmp_path / "whole", given, report=lambda p: whole.append(p.loss))
    finetune(
        *learnt(frames),
        tmp_path / "broken",
        given,
        report=lambda p: broken.append(p.loss),
        stop=lambda: len(broken) == 4,
    )
    assert len(broken) == 5
    finetune(*learnt(frames), tmp_path / "broken", given, report=lambda p: broken.append(p.loss))
    assert broken == pytest.approx(whole, rel=1e-4)


def test_the_loss_is_that_of_the_answers_alone(frames):
    from navila_sdk.training.vla.annotations import NORMALISERS
    from navila_sdk.training.vla.finetune import Learner
    from navila_sdk.training.vla.records import collate
    from navila_sdk.training.vla.samples import IGNORE, make_sample

    model = fresh()
    samples = [make_sample(r, frames, model.config, model.tokenizer, NORMALISERS["none"]) for r in toy()]
    with torch.inference_mode():
        total, count = Learner(model.network)(**collate(samples))
        alone = [Learner(model.network)(**collate([sample])) for sample in samples]
    assert int(count) == sum(int((sample.labels != IGNORE).sum()) for sample in samples)
    assert float(total) == pytest.approx(sum(float(loss) for loss, _ in alone), rel=1e-4)
    sample = samples[0]
    learned = sample.labels[sample.labels != IGNORE].tolist()
    assert learned == [*model.tokenizer.answer_ids(SAYS["red"]), model.tokenizer.stop_ids[0]]
    assert sample.ids[: len(sample.ids) - len(learned)].tolist() == model.tokenizer.prompt_ids(toy()[0].instruction, 8)


def test_frames_that_cannot_be_read(frames, tmp_path):
    from navila_sdk.training.vla.finetune import finetune

    (frames / "red.png").write_text("no picture")
    with pytest.raises(DataError, match=r"red\.png: this frame can't be read"):
        finetune(*learnt(frames), tmp_path / "out", settings(steps=1))


def test_a_state_of_another_training(frames, tmp_path):
    from navila_sdk.training.vla.finetune import finetune

    finetune(*learnt(frames), tmp_path / "out", settings(steps=1, train=("mm_projector",)))
    with pytest.raises(DataError, match="another training"):
        finetune(*learnt(frames), tmp_path / "out", settings(steps=2))


def test_the_rate_rises_and_falls():
    from navila_sdk.training.vla.finetune import rate_at

    given = settings(steps=100, rate=1.0, warm_up=0.1)
    rates = [rate_at(step, given) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * (i + 1) for i in range(10)])
    assert all(a >= b for a, b in itertools.pairwise(rates[9:]))
    assert rates[-1] < 0.001
    assert math.isclose(rates[55], 0.5, abs_tol=0.02)


def test_a_saved_model_is_the_same_model(tmp_path, golden, told):
    from navila_sdk.vla.model import NavilaModel
    from navila_sdk.vla.save import save_model

    model = fresh()
    again = NavilaModel.from_pretrained(save_model(model, tmp_path / "saved"))
    frames, instruction = list(golden["short2/frames_uint8"]), told["short2"]["instruction"]
    assert np.array_equal(again.logits(frames, instruction), model.logits(frames, instruction))
    from safetensors import safe_open

    paths = (folder / "vision_tower" / "model.safetensors" for folder in (tmp_path / "saved", TINY))
    names = []
    for path in paths:
        with safe_open(str(path), "pt") as held:
            names.append(set(held.keys()))
    assert names[0] == names[1]


@pytest.fixture(scope="module")
def golden():
    return np.load(TINY / "golden.npz")


@pytest.fixture(scope="module")
def told():
    import json

    return json.loads((TINY / "golden_meta.json").read_text())["cases"]
