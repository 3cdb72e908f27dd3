"""The data engine on a real apartment: labels are the oracle's, pictures are the world's, shards come back whole."""

import json
import math

import attrs
import numpy as np
import pytest

from navila_sdk.actions import MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.config import load_config
from navila_sdk.errors import DataError
from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.geometry import Pose2
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.training.data.collect import Collector, CollectSettings, collect
from navila_sdk.training.data.export import export_annotations
from navila_sdk.training.data.shards import read_shard, shard_folders
from navila_sdk.training.data.stepping import after
from navila_sdk.training.vla.annotations import class_report, read_annotations
from navila_sdk.training.vla.questions import UNSEEN, bearing_words, distance_words, picture_questions, where

SEED = 0  # an apartment that train keeps


@pytest.fixture(scope="module")
def episodes():
    found = train_episodes(SEED)[:2]
    assert found
    return found


@pytest.fixture(scope="module")
def collector():
    plugins = Plugins.from_config(load_config().config)
    bodies = [plugins.embodiment(name) for name in ("go2", "h1", "t1")]
    return Collector(plugins.world("mujoco"), bodies, CollectSettings(), seed=3)


@pytest.fixture(scope="module")
def shard(tmp_path_factory, collector, episodes):
    root = tmp_path_factory.mktemp("shards")
    assert len(list(collect(root, [0], lambda _: episodes, collector))) == 1
    return root


def test_a_walk_without_slips_ends_at_the_goal(collector, episodes):
    sure = attrs.evolve(collector._settings, slips=(1.0, 0.0, 0.0))
    walked = Collector(collector._world, collector._bodies, sure).walked(episodes, 0)
    for track, frames in walked:
        assert track.labels[-1] == str(Stop())
        assert track.labels == track.taken
        assert track.left_m[-1] < 0.5
        assert len(frames) == len(track) == len(track.seen)
        assert all(frame.shape == (48, 64, 3) for frame in frames)


def test_what_is_drawn_depends_on_seed_and_number_alone(collector, episodes):
    first = collector.walked(episodes, 5)
    again = collector.walked(episodes, 5)
    other = collector.walked(episodes, 6)
    assert [track for track, _ in first] == [track for track, _ in again]
    assert all(np.array_equal(np.stack(x), np.stack(y)) for (_, x), (_, y) in zip(first, again, strict=True))
    assert [track.taken for track, _ in first] != [track.taken for track, _ in other]


def test_shards_come_back_and_are_not_made_twice(shard, collector, episodes):
    (folder,) = shard_folders(shard)
    tracks, frames = read_shard(folder)
    assert sum(len(track) for track in tracks) == len(frames)
    assert {track.instruction for track in tracks} == {episode.instruction for episode in episodes}
    assert not any(isinstance(parse_action(label), Unparsed) for track in tracks for label in track.labels)
    assert list(collect(shard, [0], lambda _: episodes, collector)) == []


def test_a_torn_shard_is_told(shard, tmp_path):
    (folder,) = shard_folders(shard)
    torn = tmp_path / "shard-000000"
    torn.mkdir()
    (torn / "tracks.jsonl").write_bytes((folder / "tracks.jsonl").read_bytes()[:-40])
    (torn / "frames.npy").write_bytes((folder / "frames.npy").read_bytes())
    with pytest.raises(DataError, match="can't be read"):
        read_shard(torn)
    with pytest.raises(DataError, match="holds no shards"):
        shard_folders(tmp_path / "none")


def test_what_is_seen_is_within_view_and_nearest_first(shard):
    (folder,) = shard_folders(shard)
    tracks, _ = read_shard(folder)
    track = tracks[0]
    assert any(track.seen)
    for seen in track.seen:
        distances = [centimetres for _, _, centimetres in seen]
        assert distances == sorted(distances)
        assert all(abs(degrees) <= 55 for _, degrees, centimetres in seen if centimetres > 200)
        assert all(0 <= index < len(track.things) for index, _, _ in seen)


def test_annotations_are_navilas(shard, tmp_path):
    path = export_annotations(shard, tmp_path / "out")
    records = read_annotations(path)
    tracks, frames = read_shard(shard_folders(shard)[0])
    assert len(records) == len(frames)
    assert set(class_report(records)) == {label for track in tracks for label in track.labels}
    raw = json.loads(path.read_text())[3]
    assert set(raw) == {"video_id", "q", "a", "frames"}
    assert all((tmp_path / "out" / "frames" / name).is_file() for name in raw["frames"])


def test_a_model_walks_and_the_oracle_labels(collector, episodes):
    class Spinner:
        def start(self, instructions):
            self.count = len(instructions)

        def choose(self, which, seen):
            assert all(view.rgb.shape == (48, 64, 3) for view in seen)
            return [Stop() if index == 0 else TurnLeft.degrees(45) for index in which]

    walked = collector.walked(episodes, 9, Spinner())
    turned = walked[1][0]
    assert str(TurnLeft.degrees(45)) in turned.taken
    # A stop too early is not taken: the oracle leads on.
    stopped = walked[0][0]
    steps = zip(stopped.labels, stopped.taken, strict=True)
    assert all(label == str(Stop()) for label, taken in steps if taken == str(Stop()))


def test_steps_end_where_the_body_would_touch():
    scene = load_scene("apartment:7")
    grid = occupancy(scene, 0.35)
    pose = Pose2(scene.start.x_m, scene.start.y_m, scene.start.yaw_rad)
    assert after(TurnLeft.degrees(30), pose, grid).yaw_rad == pytest.approx(pose.yaw_rad + math.radians(30))
    assert after(TurnRight.degrees(30), pose, grid).yaw_rad == pytest.approx(pose.yaw_rad - math.radians(30))
    for _ in range(60):
        ahead = after(MoveForward.cm(75), pose, grid)
        assert math.hypot(ahead.x_m - pose.x_m, ahead.y_m - pose.y_m) <= 0.7501
        assert grid.clearances_m(np.array([[ahead.x_m, ahead.y_m]]))[0] >= 0.3
        if ahead == pose:
            break
        pose = ahead
    else:
        raise AssertionError("no wall in sixty moves")


@pytest.mark.parametrize(
    ("degrees", "words"),
    [(0, "straight ahead"), (4, "straight ahead"), (-17, "20 degrees right"), (32, "30 degrees left")],
)
def test_bearings_in_words(degrees, words):
    assert bearing_words(degrees) == words


@pytest.mark.parametrize(("cm", "words"), [(10, "0 m"), (60, "0.5 m"), (290, "3 m"), (349, "3 m"), (880, "9 m")])
def test_distances_in_words(cm, words):
    assert distance_words(cm) == words


def test_questions_ask_about_what_is_and_what_is_not_in_sight(shard):
    tracks, _ = read_shard(shard_folders(shard)[0])
    track = tracks[0]
    answers = {UNSEEN: 0, "seen": 0}
    random = np.random.default_rng(0)
    for frame in range(len(track)):
        asked = picture_questions(track, frame, 5, random)
        assert len({question for question, _ in asked}) == len(asked)
        for question, answer in asked:
            if question.startswith("Where is"):
                answers[UNSEEN if answer == UNSEEN else "seen"] += 1
    assert min(answers.values()) > 0
    shown = {track.things[index] for index, _, _ in track.seen[0]}
    hidden = next(i for i, name in enumerate(track.things) if name not in shown)
    assert where(track, 0, hidden)[1] == UNSEEN


def test_every_pixel_is_labelled_by_what_it_shows(tmp_path):
    """Segments against depth: a wall, a thing and the floor are where the geometry says."""
    from navila_sdk.training.data.pictures import collect_pictures, read_pictures
    from navila_sdk.world import BEYOND, FLOOR, SOLID

    plugins = Plugins.from_config(load_config().config)
    scene = load_scene("apartment:7")
    count = collect_pictures(tmp_path / "a", [scene], plugins.world("mujoco"), [plugins.embodiment("go2")], 12, 5)
    (place,) = read_pictures(tmp_path)
    assert count == 12 == len(place.frames)
    assert place.things == tuple(thing.name for thing in scene.objects)
    shown = set(np.unique(place.segments).tolist())
    assert {SOLID, FLOOR, BEYOND} <= shown
    assert any(index >= 0 for index in shown)
    assert shown <= {*range(len(place.things)), SOLID, FLOOR, BEYOND}
    # Landmarks keep their colour: where one is shown, its colour outweighs the others.
    for index, name in enumerate(place.things):
        if name in ("red box", "blue cylinder") and (place.segments == index).sum() > 20:
            red, _, blue = place.frames[place.segments == index].mean(axis=0)
            assert (red > blue) == name.startswith("red")
    low = place.segments[:, -1]
    assert (low == BEYOND).sum() == 0
    assert np.isfinite(place.depth_m.astype(float)).all()


def test_pictures_that_are_damaged(tmp_path):
    from navila_sdk.training.data.pictures import read_pictures

    with pytest.raises(DataError, match="holds no pictures"):
        list(read_pictures(tmp_path))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "places.json").write_text("[[3, []]]")
    (tmp_path / "a" / "frames.npy").write_bytes(b"torn")
    with pytest.raises(DataError, match="can't be read"):
        list(read_pictures(tmp_path))
