"""Files of episodes and rows: strict to read, whole or not at all, and a torn line is dropped."""

import gzip
import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import navila_sdk as navila
from navila_sdk.evaluation.file import read_benchmark, read_episodes, write_benchmark
from navila_sdk.evaluation.row import EpisodeRow, error_row
from navila_sdk.evaluation.rowlog import ROWS_NAME, RowLog, read_rows
from tests.evaluation.places import benchmark, walk


@pytest.mark.parametrize("name", ["walks.json", "walks.json.gz"])
def test_a_benchmark_comes_back_and_equal_ones_give_equal_bytes(name, tmp_path):
    made = benchmark(walk(0), walk(1, split="train"), walk(2))
    path = write_benchmark(tmp_path / name, made)
    assert read_benchmark(path) == made
    assert read_episodes(path) == made.all_episodes
    assert path.read_bytes() == write_benchmark(tmp_path / f"again-{name}", made).read_bytes()
    assert read_benchmark(path).splits == ("val", "train")
    assert [episode.episode_id for episode in made.episodes("val")] == ["walk-0", "walk-2"]
    with pytest.raises(navila.UnknownNameError, match="no split named 'vla'"):
        made.episodes("vla")


def test_a_scene_file_lies_beside_its_episodes(tmp_path):
    (tmp_path / "deep").mkdir()
    path = write_benchmark(tmp_path / "deep" / "walks.json", benchmark(walk(0, scene="flat.json"), walk(1)))
    assert [episode.scene for episode in read_episodes(path)] == [str(tmp_path / "deep" / "flat.json"), "empty"]


def changed(**changes):
    def change(data):
        data["episodes"][1].update(changes)

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.pop("episodes"), "episodes: missing"),
        (lambda data: data.update(episodes=[]), "episodes: there are none"),
        (lambda data: data.update(format=2), "format: this navila_sdk reads 1; found 2"),
        (lambda data: data.update(nmae="x"), "nmae: the file has no such key; did you mean 'name'?"),
        (lambda data: data.update(version=""), "can't be empty"),
        (lambda data: data["episodes"][1].pop("goal_m"), "episodes[1].goal_m: missing"),
        (changed(goal_m=[1.0]), "episodes[1].goal_m: expected a list of 2 values"),
        (changed(goal_m=[1.0, "2"]), "episodes[1].goal_m: expected a number"),
        (changed(geodesic_m=-1.0), "episodes[1].geodesic_m: can't be negative"),
        (changed(reference_path_m=[]), "episodes[1].reference_path_m: needs at least one point"),
        (changed(instruction=" "), "episodes[1].instruction: the instruction is empty"),
        (changed(episode_id="walk-0"), "the id 'walk-0' is given 2 times"),
        (changed(split=""), "episodes[1]: episode_id and split can't be empty"),
        (changed(start={"x_m": 1.0, "y_m": 1.0, "yaw": 0.0}), "episodes[1].start.yaw"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_path(change, told, tmp_path):
    path = write_benchmark(tmp_path / "walks.json", benchmark(walk(0), walk(1)))
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(navila.EvaluationError) as caught:
        read_benchmark(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.json", b"{", "no valid JSON"),
        ("a.json", b"[1]", "must hold a JSON object"),
        ("a.json", b"[" * 100_000, "nested too deep"),
        ("a.json", b"\xff\xfe", "not UTF-8"),
        ("a.json.gz", b"{}", "no gzip file.*pack it again"),
        ("a.json.gz", gzip.compress(b'{"a": 1}' * 100, mtime=0)[:-9], "breaks off"),
        ("a.json.gz", b"", "breaks off"),
    ],
)
def test_a_file_that_is_none(name, raw, told, tmp_path):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(navila.EvaluationError, match=told):
        read_benchmark(tmp_path / name)
    with pytest.raises(navila.EvaluationError, match="there is no episodes file"):
        read_benchmark(tmp_path / "absent.json")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("navila_sdk.evaluation.file.MAX_BYTES", 1000)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(navila.EvaluationError, match="is over"):
        read_benchmark(tmp_path / "a.json.gz")


def test_unsound_episodes_arent_written(tmp_path):
    with pytest.raises(navila.EvaluationError, match="given 2 times"):
        write_benchmark(tmp_path / "a.json", benchmark(walk(0), walk(0)))
    assert not (tmp_path / "a.json").exists()
    with pytest.raises(navila.OutputError):
        write_benchmark(tmp_path / "absent" / "a.json", benchmark(walk(0)))


def rows(count) -> list[EpisodeRow]:
    return [error_row(walk(number), number, "Odd", f"cause {number}\nof é") for number in range(count)]


@given(st.integers(0, 4), st.integers(0, 4000))
def test_wherever_a_crash_cuts_the_file_whole_rows_stay_and_the_next_follow(count, cut):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name), rows(5)
        with RowLog(folder) as log:
            for row in made[:count]:
                log.append(row)
        path = folder / ROWS_NAME
        raw = path.read_bytes()[:cut]
        path.write_bytes(raw)
        whole = raw.count(b"\n")
        with RowLog(folder) as log:
            assert list(read_rows(folder).values()) == made[:whole]
            log.append(made[4])
        assert list(read_rows(folder).values()) == [*made[:whole], made[4]]


def test_of_two_rows_of_an_episode_the_last_counts(tmp_path):
    first, second = error_row(walk(0), 1, "Odd", "x"), error_row(walk(0), 1, "Odder", "y")
    with RowLog(tmp_path) as log:
        log.append(first)
        log.append(second)
    assert read_rows(tmp_path) == {"walk-0": second}


def test_a_damaged_row_is_told_with_its_line(tmp_path):
    with RowLog(tmp_path) as log:
        log.append(rows(1)[0])
    with (tmp_path / ROWS_NAME).open("ab") as file:
        file.write(b'{"episode_id": 3}\n')
    with pytest.raises(navila.EvaluationError, match=r"line 2, is no row of results: .*episode_id: expected text"):
        read_rows(tmp_path)


def test_two_runs_dont_write_into_one_folder(tmp_path):
    pytest.importorskip("fcntl")
    with RowLog(tmp_path), pytest.raises(navila.EvaluationError, match="in use"):
        RowLog(tmp_path)
    RowLog(tmp_path).close()


def test_a_row_holds_whatever_was_said(tmp_path):
    row = attrs.evolve(rows(1)[0], instruction="go → “there”\u2028\nand\tback", path_m=((1.0, -2.5), (0.125, 0.0)))
    with RowLog(tmp_path) as log:
        log.append(row)
    assert read_rows(tmp_path)["walk-0"] == row
