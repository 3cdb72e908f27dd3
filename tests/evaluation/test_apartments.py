"""The apartment benchmark: its splits are what they claim to be, and its words lead where it says."""

import math
import re

import numpy as np
import pytest

from navila_sdk.errors import UnknownNameError
from navila_sdk.evaluation.apartments import ApartmentBenchmark, phrases
from navila_sdk.evaluation.apartments import benchmark as splits
from navila_sdk.evaluation.apartments.draw import TIERS, Drawer
from navila_sdk.evaluation.apartments.events import Along, Crossing, Face, Passing, Side, resampled, tell
from navila_sdk.evaluation.episodes import AGENT_RADIUS_M
from navila_sdk.geometry import Pose2
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.geodesic import geodesic_distance_m
from navila_sdk.scenes.landmarks import LANDMARK_NOUNS


@pytest.fixture(scope="module")
def bench():
    return ApartmentBenchmark()


@pytest.fixture(scope="module")
def unseen(bench):
    return bench.episodes("val-unseen")


def test_the_val_splits_are_fixed(bench, unseen):
    seen = bench.episodes("val-seen")
    assert (len(seen), len(unseen)) == (300, 600)
    # Shipped files must be what the code makes, or nobody could make the next version.
    again = splits.make_val_unseen(6)
    assert tuple(again) == tuple(unseen[: len(again)])
    assert tuple(splits.make_val_seen(3)) == tuple(seen[:3])
    for episodes in (seen, unseen):
        assert len({episode.episode_id for episode in episodes}) == len(episodes)


def test_unseen_is_new_in_layout_looks_furniture_and_words(bench, unseen):
    seeds = {int(episode.scene.split(":")[1]) for episode in unseen}
    looks = {episode.scene.split(":")[2] for episode in unseen}
    assert min(seeds) >= splits.UNSEEN_SEEDS_FROM
    assert looks == set(splits.UNSEEN_LOOKS)
    assert not looks & set(splits.TRAIN_LOOKS)
    for scene in sorted({episode.scene for episode in unseen})[:5]:
        assert any(thing.name in splits.HELD_OUT for thing in load_scene(scene).objects)
    new = [*phrases.STOP.held_out, *phrases.PASS.held_out, *phrases.LEAVE.held_out, *phrases.GO_TO.held_out]
    openings = [re.escape(wording.split("{")[0].strip()) for wording in new]
    spoken = " ".join(episode.instruction.lower() for episode in unseen)
    told = " ".join(episode.instruction.lower() for episode in bench.episodes("val-seen"))
    for opening in openings:
        assert re.search(opening, spoken), opening
        assert not re.search(rf"\b{opening}\b", told), opening


def test_every_tier_is_there_and_staying_put_never_succeeds(unseen):
    bounds = {tier.name: tier for tier in TIERS}
    counts = dict.fromkeys(bounds, 0)
    for episode in unseen:
        counts[episode.tier] += 1
        assert bounds[episode.tier].least_m <= episode.geodesic_m < bounds[episode.tier].most_m
    assert min(counts.values()) >= 150
    assert min(tier.least_m for tier in TIERS) > 3.0


def test_instructions_vary(unseen):
    assert len({episode.instruction for episode in unseen}) > 590
    # Words and structure, whatever is named: each sentence with its names taken out.
    names = "|".join(sorted({*LANDMARK_NOUNS, "kitchen", "bedroom", "bathroom", "study", "living room", "dining room"}))
    shapes = set()
    for seed in range(60):
        for episode in splits.train_episodes(seed, 2):
            shapes.add(re.sub(rf"(?:\w+ )?(?:{names})", "X", episode.instruction))
    assert len(shapes) > 0.8 * 100


@pytest.mark.parametrize("index", [0, 100, 300, 599])
def test_an_episode_is_sound(unseen, index):
    episode = unseen[index]
    scene = episode.place()
    start = (episode.start.x_m, episode.start.y_m)
    assert scene.start == episode.start
    assert scene.errands[0].instruction == episode.instruction
    assert geodesic_distance_m(scene, start, episode.goal_m, AGENT_RADIUS_M) == pytest.approx(
        episode.geodesic_m, abs=0.3
    )
    path = np.array(episode.reference_path_m)
    assert np.allclose(path[0], start, atol=0.05)
    assert np.allclose(path[-1], episode.goal_m, atol=0.3)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() <= 0.27


def test_train_keeps_out_what_is_held_out():
    kept = [seed for seed in range(12) if splits.train_scene(seed)]
    left_out = [seed for seed in range(12) if seed not in kept]
    assert kept
    assert left_out
    for seed in kept:
        assert not any(thing.name in splits.HELD_OUT for thing in splits.train_scene(seed)[1].objects)
    assert splits.train_episodes(left_out[0]) == []
    with pytest.raises(ValueError, match="seeds from 0"):
        splits.train_episodes(splits.UNSEEN_SEEDS_FROM)


def test_an_unknown_split(bench):
    with pytest.raises(UnknownNameError, match="val-unsen"):
        bench.episodes("val-unsen")


@pytest.mark.parametrize(
    ("degrees", "side"),
    [(0, Side.AHEAD), (39, Side.AHEAD), (60, Side.LEFT), (-90, Side.RIGHT), (130, Side.BEHIND), (-180, Side.BEHIND)],
)
def test_sides(degrees, side):
    assert Side.of(math.radians(degrees)) is side


def test_what_happens_on_a_way_is_told_in_order():
    """Through every doorway of a real way: what is left was where one was, what is entered comes next."""
    drawer = Drawer(load_scene("apartment:3"), "apartment:3")
    episode = drawer.draw(TIERS[2], Dice(5), "x", "train", held_out=False)
    assert episode is not None
    scene = load_scene("apartment:3")
    path = resampled(episode.reference_path_m)
    events = tell(scene, episode.start, path, None)
    crossings = [event for event in events if isinstance(event, Crossing)]
    assert len(crossings) >= 2
    at = scene.room_at(episode.start.x_m, episode.start.y_m).name
    for crossing in crossings:
        assert crossing.left == at
        at = crossing.entered
    assert scene.room_at(*episode.goal_m).name == at
    assert not any(isinstance(event, Face) for event in events[1:])
    assert all(isinstance(event, (Face, Crossing, Along, Passing)) for event in events)


def test_turning_the_start_turns_the_words():
    scene = load_scene("apartment:3")
    drawer = Drawer(scene, "apartment:3")
    episode = drawer.draw(TIERS[1], Dice(1), "x", "train", held_out=False)
    path = resampled(episode.reference_path_m)
    ahead = math.atan2(*(path[8] - path[0])[::-1])
    said = []
    for offset in (0, math.pi / 2, math.pi, -math.pi / 2):
        start = Pose2(episode.start.x_m, episode.start.y_m, math.remainder(ahead + offset, math.tau))
        first = tell(scene, start, path, None)[0]
        said.append(first.side if isinstance(first, Face) else None)
    assert said == [None, Side.RIGHT, Side.BEHIND, Side.LEFT]
