"""A mirrored walk: what lay left lies right, in pictures, words, labels and bearings, and nothing else changes."""

import attrs
import numpy as np

from navila_sdk.training.data.shards import Track
from navila_sdk.training.vla.mirrored import mirrored

WALK = Track(
    episode_id="7-easy-0",
    scene="apartment:7",
    instruction="Turn left and stop at the red box on your right.",
    embodiment="somebody",
    tier="easy",
    labels=("turn left 30 degrees", "stop"),
    taken=("turn right 15 degrees", "stop"),
    left_m=(2.0, 0.5),
    rooms=("kitchen", "kitchen"),
    things=("red box", "blue lamp"),
    seen=(((0, 20, 150), (1, -5, 300)), ()),
    ahead=((2, 1, 90, 40, -10, 120, 35), (-1, 0, 0, 0, 0, 0, 0)),
)


def test_left_is_right():
    frames = np.random.default_rng(1).integers(0, 256, (2, 4, 6, 3), np.uint8)
    walk, pictures = mirrored(WALK, frames)
    assert walk.instruction == "Turn right and stop at the red box on your left."
    assert (walk.labels, walk.taken) == (("turn right 30 degrees", "stop"), ("turn left 15 degrees", "stop"))
    assert walk.seen == (((0, -20, 150), (1, 5, 300)), ())
    assert walk.ahead == ((2, 1, -90, 40, 10, 120, -35), (-1, 0, 0, 0, 0, 0, 0))
    np.testing.assert_array_equal(pictures[:, :, 0], frames[:, :, -1])
    again, back = mirrored(walk, pictures)
    assert again == WALK
    np.testing.assert_array_equal(back, frames)
    kept = ("episode_id", "scene", "embodiment", "tier", "left_m", "rooms", "things", "first")
    assert {k: v for k, v in attrs.asdict(walk).items() if k in kept} == {
        k: v for k, v in attrs.asdict(WALK).items() if k in kept
    }
