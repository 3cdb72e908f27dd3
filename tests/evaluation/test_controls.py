"""Controls: what a planner is kept from, what stands in its place, and when a result is void."""

import json

import attrs
import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.evaluation.controls import FORWARD_STEPS, WORDLESS, Control, Forward, Kept
from navila_sdk.evaluation.verdict import beside
from navila_sdk.observation import Observation
from navila_sdk.planner import watch_of
from tests.evaluation.places import navila_eval, rows_in, walk, written
from tests.evaluation.results import row

SEEN = Observation(np.full((4, 6, 3), 200, np.uint8), depth_m=np.ones((4, 6), np.float32), time_s=3.0)


class Curious:
    """Remembers what it was given."""

    def __init__(self):
        self.told, self.seen = "", []

    def reset(self, instruction):
        self.told = instruction

    def step(self, observation):
        self.seen.append(observation)
        return navila.Plan((navila.Stop(),), observation.pose, observation.time_s)


class Watching(Curious):
    def watch(self, observation):
        self.seen.append(observation)


def test_without_images_every_frame_is_black_and_nothing_else_changes():
    inner = Watching()
    kept = Kept(inner, Control.NO_IMAGE)
    kept.reset("go to the door")
    kept.step(SEEN)
    watch_of(kept)(SEEN)
    assert inner.told == "go to the door"
    for seen in inner.seen:
        assert not seen.rgb.any()
        assert seen.rgb.shape == SEEN.rgb.shape
        assert seen.depth_m is None
        assert (seen.pose, seen.time_s) == (SEEN.pose, SEEN.time_s)


def test_without_words_it_sees_and_is_told_nothing_of_the_way():
    inner = Curious()
    kept = Kept(inner, Control.NO_INSTRUCTION)
    kept.reset("go to the door")
    kept.step(SEEN)
    assert inner.told == WORDLESS
    assert inner.seen[0] is SEEN
    assert watch_of(kept) is None
    with pytest.raises(navila.InstructionError, match="empty"):
        kept.reset(" ")


def test_forward_goes_as_far_as_vlnces_hand_crafted_agent_and_stops():
    planner = Forward()
    for _ in range(2):
        planner.reset("anything")
        moves = []
        while (action := planner.step(SEEN).action) != navila.Stop():
            moves.append(action)
        assert sum(move.distance_m for move in moves) == pytest.approx(FORWARD_STEPS * 0.25)
        assert all(isinstance(move, navila.MoveForward) for move in moves)


EPISODES = [walk(number) for number in range(40)]


def rows_with(successes, count=40):
    return [row(episode, number < successes) for number, episode in enumerate(EPISODES[:count])]


def found(own, **controls):
    others = {Control(name.replace("_", "-")): {one.episode_id: one for one in rows} for name, rows in controls.items()}
    return beside(own, others)


def test_a_result_that_a_blind_planner_reaches_as_well_is_void():
    (against,) = found(rows_with(20), no_image=rows_with(18))
    assert against.voids
    assert against.told().startswith("VOID: no-image can't be told apart from the planner (SR 50.0 % [")
    assert "40 episodes" in against.told()


def test_a_result_far_from_its_controls_stands():
    against = found(rows_with(36), no_image=rows_with(4), no_instruction=rows_with(5), oracle=rows_with(40))
    assert [one.control for one in against] == ["no-image", "no-instruction", "oracle"]
    assert not any(one.voids for one in against)
    assert "below the planner" in against[0].told()


def test_random_at_the_same_rate_is_told_but_voids_nothing():
    (against,) = found(rows_with(3), random=rows_with(2))
    assert against.overlaps
    assert not against.voids
    assert "not told apart" in against.told()


def test_only_episodes_both_have_run_count():
    (against,) = found(rows_with(20), no_image=rows_with(0, count=10))
    assert (against.episodes, against.own.mean, against.other.mean) == (10, 1.0, 0.0)
    assert found(rows_with(20), no_image=[attrs.evolve(row(walk(0), True), episode_id="else")]) == []


def test_the_command_runs_controls_beside_the_planner_and_says_void(tmp_path):
    """The planner walks as it's told without looking: so a benchmark of such walks says nothing about seeing."""
    written(tmp_path, *(walk(number) for number in range(3)))
    words = ["--control", "no-image", "--control", "no-instruction", "--control", "forward", "--workers", "2"]
    done = navila_eval(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "VOID: no-image" in done.stdout
    assert "walks 1, val: odd on go2" in done.stdout
    controls = tmp_path / "out" / "controls"
    assert {path.name for path in controls.iterdir()} == {"no-image", "no-instruction", "forward"}
    made = json.loads((controls / "no-instruction" / "eval.json").read_text())["settings"]
    assert (made["planner"], made["control"]) == ("odd", "no-instruction")
    blind = [json.loads(line) for line in (controls / "no-image" / "rows.jsonl").read_text().splitlines()]
    assert all(one["actions"] == rows_in(tmp_path)[one["episode_id"]]["actions"] for one in blind)
    wordless = [json.loads(line) for line in (controls / "no-instruction" / "rows.jsonl").read_text().splitlines()]
    assert {one["outcome"] for one in wordless} == {"planner failed"}  # "Go on." is no motion command
    page = (tmp_path / "out" / "report.html").read_text()
    assert "VOID: no-image" in page
    assert '<span class="chip bad">void</span>' in page
    again = json.loads(navila_eval(tmp_path, "--json").stdout)
    assert again["void"] is True
    assert set(again["controls"]) == {"no-image", "no-instruction", "forward"}
    assert again["SR"] == 1.0
