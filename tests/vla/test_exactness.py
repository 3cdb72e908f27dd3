"""Stage by stage, what upstream's own code computes: pixels, ids, features, tokens, logits, answers."""

from __future__ import annotations

import numpy as np
import pytest

from navila_sdk.memory import navila_indices
from navila_sdk.vla.images import pixels_of
from tests.vla.conftest import CASES, NEEDS

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)
ALL = pytest.mark.parametrize("case", CASES)


def seen(golden, case):
    frames = golden[f"{case}/frames_uint8"]
    return [None if index is None else frames[index] for index in navila_indices(len(frames))]


def pixels(golden, case, config):
    made = [pixels_of(frame, config.side_px, config.mean, config.deviation) for frame in seen(golden, case)]
    return np.stack(made)


def test_pixels_are_equal(golden, model):
    assert np.array_equal(pixels(golden, "short2", model.config), golden["short2/pixel_values"])


@ALL
def test_the_frames_seen_are_upstreams(golden, case):
    means = [np.zeros(3) if frame is None else frame.reshape(-1, 3).mean(axis=0) for frame in seen(golden, case)]
    assert np.array(means) == pytest.approx(golden[f"{case}/sampled_mean_rgb"], abs=1e-6)


@pytest.mark.parametrize("case", [*CASES, "long13"])
def test_ids_are_equal(golden, told, model, case):
    ids = model.tokenizer.prompt_ids(told[case]["instruction"], 8)
    assert ids == golden[f"{case}/input_ids"].tolist()


@ALL
def test_features_and_tokens(golden, model, case):
    with torch.inference_mode():
        features = model.network.features(torch.from_numpy(pixels(golden, case, model.config)))
        tokens = model.network.mm_projector(features)
    assert np.abs(features.numpy() - golden[f"{case}/float32/vision_features"]).max() < 5e-5
    assert np.abs(tokens.numpy() - golden[f"{case}/float32/projector_out"]).max() < 5e-5


def test_the_projector_merges_patches_as_upstream_does(golden):
    from navila_sdk.vla.network import Downsample

    made = Downsample()(torch.from_numpy(golden["downsample/in"]))
    assert np.array_equal(made.numpy(), golden["downsample/out"])


@ALL
def test_logits(golden, told, model, case):
    logits = model.logits(list(golden[f"{case}/frames_uint8"]), told[case]["instruction"])
    assert logits.dtype == np.float32
    theirs = golden[f"{case}/float32/logits"][0]
    assert np.abs(logits[-len(theirs) :] - theirs).max() < 5e-5


@ALL
def test_greedy_answers(golden, told, model, case):
    frames = list(golden[f"{case}/frames_uint8"])
    # Upstream's transformers put a BOS of its own before the answer.
    ids = golden[f"{case}/float32/generated_ids"][0, 1:].tolist()
    answer = [token for token in ids if token not in model.tokenizer.stop_ids]
    text = model.generate(frames, told[case]["instruction"], decode="free", max_new_tokens=32)
    assert text == model.tokenizer.text_of(answer).strip()
