"""What a folder was made with: files that options name count too, and the words say what differs."""

import json

import pytest

import navila_sdk as navila
from navila_sdk.config import load_config
from navila_sdk.evaluation.made_with import claim, made_with, read_made_with
from navila_sdk.evaluation.rowlog import RowLog
from navila_sdk.evaluation.select import Held
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.plugins import Plugins
from tests.evaluation.places import benchmark, walk
from tests.evaluation.results import row


def settings(tmp_path, *sets, planner="human"):
    return EvalSettings(
        config=load_config(sets=sets, flags={"planner": planner}, cwd=tmp_path, env={}).config, workers=2
    )


def wanted(tmp_path, *sets, planner="human", bench=None):
    bench = bench or benchmark(walk(0))
    return made_with(bench, "val", settings(tmp_path, *sets, planner=planner), Plugins(env={}, folder=tmp_path))


def begin(folder, made):
    """Claim a folder and let one episode have its row."""
    claim(folder, made)
    with RowLog(folder) as log:
        log.append(row(walk(0), 1))


def test_a_checkpoint_trained_further_is_another_planner(tmp_path):
    model = tmp_path / "model" / "llm"
    model.mkdir(parents=True)
    (model / "weights").write_bytes(b"one")
    option = f"planners.navila.checkpoint={tmp_path / 'model'}"
    out = tmp_path / "out"
    begin(out, wanted(tmp_path, option, planner="navila"))
    claim(out, wanted(tmp_path, option, planner="navila"))
    (model / "weights").write_bytes(b"other")
    with pytest.raises(navila.EvaluationError, match=r"files\..*model"):
        claim(out, wanted(tmp_path, option, planner="navila"))


def test_options_of_planners_that_arent_asked_dont_matter(tmp_path):
    first = wanted(tmp_path)
    assert wanted(tmp_path, "planners.oracle.stop_radius_m=0.5").settings == first.settings
    assert wanted(tmp_path, "out=elsewhere", "scene=apartment:3").settings == first.settings
    asked = wanted(tmp_path, "planners.oracle.stop_radius_m=0.5", "default_planner=oracle", planner="auto")
    assert asked.settings["planner_options"] == {"oracle": {"stop_radius_m": 0.5}}


def test_other_workers_and_recordings_make_the_same(tmp_path):
    assert "workers" not in json.dumps(wanted(tmp_path).settings)


def test_a_benchmark_that_changed_without_a_word_is_noticed(tmp_path):
    begin(tmp_path / "out", wanted(tmp_path))
    with pytest.raises(navila.EvaluationError, match="episodes_sha256"):
        claim(tmp_path / "out", wanted(tmp_path, bench=benchmark(walk(0, instruction="walk forward 2 m"))))


def test_a_run_that_never_began_binds_nobody_to_its_settings(tmp_path):
    """Such as one that was refused for a simulator that isn't installed: the next try goes into the same folder."""
    out = tmp_path / "out"
    claim(out, wanted(tmp_path))
    with RowLog(out):
        pass
    claim(out, wanted(tmp_path, "seed=7"))
    assert read_made_with(out).settings["seed"] == 7
    with RowLog(out), pytest.raises(navila.EvaluationError, match="seed: 7 there, 0 now"):
        claim(out, wanted(tmp_path))  # one that is under way does


def test_the_camera_told_is_the_one_the_world_gives(tmp_path):
    camera = "0.82 m above the floor, 97 degrees wide, {} px"
    assert wanted(tmp_path).facts["body"]["camera"] == camera.format("64 x 48")
    assert wanted(tmp_path, "worlds.mujoco.picture_px=[512,512]").facts["body"]["camera"] == camera.format("512 x 512")
    with pytest.raises(navila.ConfigError, match=r"worlds\.mujoco\.picture_px: must be"):
        wanted(tmp_path, "worlds.mujoco.picture_px=[0,5]")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}'])
def test_an_eval_json_that_is_none(text, tmp_path):
    (tmp_path / "eval.json").write_text(text)
    with pytest.raises(navila.EvaluationError, match=r"eval\.json"):
        read_made_with(tmp_path)


def test_a_file_in_the_way_and_a_place_nobody_can_write(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(navila.OutputError, match="can't write"):
        claim(tmp_path / "file" / "out", wanted(tmp_path))


def test_settings_reach_a_worker_unchanged(tmp_path):
    made = settings(tmp_path, "navigator.mode=sync", "planners.oracle.goal=[1.0, 2.0]", "seed=3")
    assert EvalSettings.from_text(made.to_text()) == made
    with pytest.raises(navila.ConfigError, match="plain numbers, words and lists"):
        settings(tmp_path, "planners.human.when=2024-01-01").to_text()


def test_episodes_are_drawn_once(tmp_path):
    class Counting:
        name, version, splits, drawn = "counting", "1", ("val",), 0

        def episodes(self, split):
            self.drawn += 1
            return [walk(0)]

    counting = Counting()
    held = Held(counting)
    assert held.episodes("val") == held.episodes("val") == (walk(0),)
    assert counting.drawn == 1
