"""The episode log: what goes in comes out bit for bit, cut anywhere it still reads, and nothing is overwritten."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from mcap.reader import make_reader

import navila_sdk as navila
from navila_sdk.events import Commanded, Observed
from navila_sdk.recording import EpisodeRecorder, new_run_folder, read_log, read_run_json, write_run_json
from tests.recording.episodes import record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log") / "run"
    return folder, record(folder, note="kept")


def test_every_event_reads_back_equal(recorded):
    folder, events = recorded
    log = read_log(folder)
    written = [event for event in events if not isinstance(event, Observed)]
    assert len(log.events) == len(written)
    for old, new in zip(written, log.events, strict=True):
        if isinstance(old, Commanded):
            assert (old.time_s, old.asked, old.sent, old.reasons) == (new.time_s, new.asked, new.sent, new.reasons)
            assert (old.state.pose, old.state.twist) == (new.state.pose, new.state.twist)
            assert np.array_equal(old.state.scan.range_m, new.state.scan.range_m)
            assert np.array_equal(old.state.scan.bearing_rad, new.state.scan.bearing_rad)
        else:
            assert old == new


def test_what_the_planner_saw_and_the_facts_are_there(recorded):
    folder, events = recorded
    log = read_log(folder / "episode.mcap")
    seen = [event for event in events if isinstance(event, Observed)]
    assert [frame.index for frame in log.frames] == [event.index for event in seen]
    assert [frame.pose for frame in log.frames] == [event.observation.pose for event in seen]
    assert log.frames[0].observation().rgb.shape == (6, 8, 3)
    assert len(log.film) == 2
    assert log.meta["note"] == "kept"
    assert log.scene.name == "open floor"
    assert (log.instruction, log.outcome, log.truncated) == ("go to the box", "stopped", False)


def test_other_tools_can_read_it(recorded):
    with (recorded[0] / "episode.mcap").open("rb") as stream:
        summary = make_reader(stream).get_summary()
    topics = {channel.topic for channel in summary.channels.values()}
    assert {"/command", "/camera", "/plan", "/action"} <= topics
    assert {schema.encoding for schema in summary.schemas.values()} == {"jsonschema"}
    assert "foxglove.CompressedImage" in {schema.name for schema in summary.schemas.values()}


def test_cut_at_any_byte_it_reads_as_far_as_it_goes(recorded, tmp_path):
    whole = (recorded[0] / "episode.mcap").read_bytes()
    counts = []
    for cut in sorted({*range(1, len(whole), max(len(whole) // 150, 1)), len(whole) - 1}):
        path = tmp_path / "cut.mcap"
        path.write_bytes(whole[:cut])
        try:
            log = read_log(path)
        except navila.RecordingError:
            counts.append(0)
            continue
        counts.append(len(log.events))
    assert counts == sorted(counts)
    assert counts[-1] == len(read_log(recorded[0]).events)
    assert counts[0] == 0


def test_with_wrong_bytes_anywhere_it_reads_as_far_as_they_are_right_or_says_what_is_wrong(recorded, tmp_path):
    whole = (recorded[0] / "episode.mcap").read_bytes()
    events = [repr(event) for event in read_log(recorded[0]).events]
    path, random, told = tmp_path / "damaged.mcap", np.random.default_rng(1), ""
    for place in random.integers(0, len(whole) - 8, 200):
        path.write_bytes(whole[:place] + random.bytes(8) + whole[place + 8 :])
        try:
            log = read_log(path)
        except navila.RecordingError as error:
            told += str(error)
            continue
        assert [repr(event) for event in log.events] == events[: len(log.events)]
    assert "is damaged" in told


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "can't read"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(999)), "no MCAP"),
        (lambda path: path.write_bytes(bytes(range(256)) * 40), "no MCAP"),
        (lambda path: path.mkdir(), "can't read"),
    ],
)
def test_what_is_no_log_is_a_recording_error(make, words, tmp_path):
    path = tmp_path / "some.mcap"
    make(path)
    with pytest.raises(navila.RecordingError, match=words):
        read_log(path)


def foreign_mcap(path, metadata=None):
    from mcap.writer import Writer

    with path.open("wb") as stream:
        writer = Writer(stream)
        writer.start()
        if metadata:
            writer.add_metadata("navila-episode", metadata)
        writer.finish()


def test_somebody_elses_mcap_and_another_version_are_named(tmp_path):
    foreign_mcap(tmp_path / "foreign.mcap")
    with pytest.raises(navila.RecordingError, match="no navila episode log"):
        read_log(tmp_path / "foreign.mcap")
    foreign_mcap(tmp_path / "future.mcap", {"version": "9", "meta": "{}"})
    with pytest.raises(navila.RecordingError, match="version 9"):
        read_log(tmp_path / "future.mcap")


def test_a_recording_is_never_overwritten(recorded):
    with pytest.raises(navila.OutputError, match="never overwritten"):
        EpisodeRecorder(recorded[0])


def test_a_folder_that_cannot_be_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(navila.OutputError, match="file"):
        EpisodeRecorder(tmp_path / "file" / "run")
    with pytest.raises(navila.OutputError, match="file"):
        new_run_folder(tmp_path / "file")


def test_a_full_disk_ends_the_recording_not_the_robot(tmp_path):
    script = f"""
        import resource, signal
        from pathlib import Path
        import navila_sdk as navila
        from navila_sdk.recording import EpisodeRecorder, read_log
        from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment
        folder = Path({str(tmp_path)!r}) / "run"
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
        robot = navila.Robot(fake_embodiment(), FakeDriver())
        recorder = EpisodeRecorder(folder, scene=robot.scene)
        robot.listen(recorder)
        episode = navila.Navigator(FakePlanner([navila.MoveForward(30.0)]), robot).navigate("go")
        print(episode.outcome, recorder.failed is not None)
        try:
            recorder.close()
        except navila.OutputError as error:
            print(error)
        log = read_log(folder)
        print(log.truncated)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    first, message, truncated = done.stdout.strip().split("\n")
    assert first == "stopped True"
    assert "cut short" in message
    assert truncated == "True"


def test_new_run_folders_never_collide(tmp_path):
    folders = {new_run_folder(tmp_path / "runs") for _ in range(5)}
    assert len(folders) == 5


def test_run_json_is_written_whole_with_versions(tmp_path):
    write_run_json(tmp_path, {"status": "running"})
    write_run_json(tmp_path, {"status": "ended", "result": {"outcome": "stopped"}})
    found = read_run_json(tmp_path)
    assert found["status"] == "ended"
    assert "navila-sdk" in found["versions"]
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("text", ["{", "[]", "null", "[" * 100_000, "\xff"])
def test_run_json_that_is_damaged_is_named(text, tmp_path):
    (tmp_path / "run.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(navila.RecordingError, match=r"run\.json"):
        read_run_json(tmp_path)
