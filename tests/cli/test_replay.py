"""``navila replay``: a recording through planner and executor again."""

import json

import pytest

from tests.cli.test_run import navila


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    done = navila("demo", "--json", "--out", "out", "--no-film", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_the_same_again(recording, tmp_path):
    done = navila("replay", str(recording / "episode.mcap"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "same" in done.stdout


def test_json_counts_what_was_compared(recording, tmp_path):
    done = navila("replay", str(recording), "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["same"] is True
    assert found["commands"] > 100


def test_another_planner_differs_and_exits_1(recording, tmp_path):
    done = navila("replay", str(recording), "--planner", "random", cwd=tmp_path)
    assert done.returncode == 1
    assert "recorded" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"\x89PNG not a recording at all" * 9, "MCAP"), (None, "absent")]
)
def test_what_is_no_recording_is_exit_2(content, words, tmp_path):
    path = tmp_path / "absent.mcap"
    if content is not None:
        path.write_bytes(content)
    done = navila("replay", str(path), cwd=tmp_path)
    assert done.returncode == 2
    assert words.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("part", [0.3, 0.5, 0.66, 0.9])
def test_a_truncated_recording_replays_as_far_as_it_goes(recording, part, tmp_path):
    whole = (recording / "episode.mcap").read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole[: int(len(whole) * part)])
    done = navila("replay", str(cut), cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "truncated" in done.stdout + done.stderr
