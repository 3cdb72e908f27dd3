"""Runs side by side: only shared episodes count, pairs are tested, unlike benchmarks refused."""

import json
import subprocess

import pytest

import navila_sdk as navila
from navila_sdk.evaluation.compare import compare
from tests.evaluation.places import NAVILA, walk
from tests.evaluation.results import results, row

EPISODES = [walk(number) for number in range(10)]


@pytest.fixture
def folders(tmp_path):
    """The second run succeeds where the first fails, six times of ten, and was run on one episode less."""
    a = [row(episode, number < 3) for number, episode in enumerate(EPISODES)]
    b = [row(episode, True) for episode in EPISODES[:9]]
    results(tmp_path / "a", EPISODES, a)
    results(tmp_path / "b", EPISODES, b, embodiment="h1")
    return tmp_path


def test_pairs_are_compared_over_shared_episodes(folders):
    first, second = compare([folders / "a", folders / "b"])
    assert (first.summary.episodes, second.summary.episodes) == (9, 9)
    assert not first.differences
    assert second.differences["SR"].mean == pytest.approx(6 / 9)
    assert second.p_values["SR"] == pytest.approx(2 / 2**6)
    assert second.differences["NE"].mean == pytest.approx(-3.5 * 6 / 9)
    assert second.differences["nDTW"].mean == 0.0
    assert "NE" not in second.p_values


def test_the_command_prints_both_and_their_difference(folders):
    words = [*NAVILA, "eval", "--compare", "a", "b"]
    done = subprocess.run(words, cwd=folders, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "33.3 [12.1, 64.6]" in done.stdout
    assert "+66.7" in done.stdout
    assert "p=0.0312" in done.stdout
    done = subprocess.run([*words, "--json"], cwd=folders, capture_output=True, text=True, timeout=60)
    found = json.loads(done.stdout)
    assert [run["folder"] for run in found] == ["a", "b"]
    assert found[1]["embodiment"] == "h1"
    assert found[1]["p_values"]["SR"] == pytest.approx(1 / 32)


def test_what_cant_be_compared(folders, tmp_path):
    with pytest.raises(navila.EvaluationError, match="at least two"):
        compare([folders / "a"])
    with pytest.raises(navila.EvaluationError, match="holds no evaluation"):
        compare([folders / "a", folders])
    results(tmp_path / "other", EPISODES[:4], [row(EPISODES[0], True)])
    with pytest.raises(navila.EvaluationError, match="episodes_sha256 differs"):
        compare([folders / "a", tmp_path / "other"])
    results(tmp_path / "rest", EPISODES, [row(EPISODES[9], True)])
    with pytest.raises(navila.EvaluationError, match="share no episode"):
        compare([folders / "b", tmp_path / "rest"])
    (tmp_path / "rest" / "eval.json").write_text("{}")
    with pytest.raises(navila.EvaluationError, match="another version"):
        compare([folders / "b", tmp_path / "rest"])
