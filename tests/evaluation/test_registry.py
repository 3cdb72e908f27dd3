"""Benchmarks are found by name, packaged or not, or by the path of a file."""

import sys

import pytest

import navila_sdk as navila
from navila_sdk.evaluation.file import write_benchmark
from navila_sdk.evaluation.registry import load_benchmark
from navila_sdk.plugins import Plugins
from tests.evaluation.places import benchmark, walk

SOURCE = """
import attrs

@attrs.frozen
class Maze:
    name: str = "maze"
    version: str = "3"
    splits: tuple = ("dark",)

    def episodes(self, split):
        return ()

made = Maze()
not_one = object()
"""


@pytest.fixture
def maze(tmp_path, monkeypatch):
    (tmp_path / "maze_bench.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "maze_bench", raising=False)
    return tmp_path


def test_a_packaged_benchmark_is_found_by_name_and_listed(maze):
    info = maze / "maze-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: maze\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[navila.benchmarks]\nmaze = maze_bench:Maze\n")
    (info / "RECORD").write_text("maze_bench.py,,\n")
    plugins = Plugins()
    assert "maze" in plugins.names("benchmark")
    assert load_benchmark("maze", plugins).version == "3"
    with pytest.raises(navila.UnknownNameError, match=r"no benchmark named 'mase'.*'maze'"):
        load_benchmark("mase", plugins)


@pytest.mark.parametrize("name", ["Maze", "made"])
def test_an_unpackaged_one_too(maze, name):
    plugins = Plugins(env={"NAVILA_PLUGINS": f"maze=maze_bench:{name}"}, folder=maze)
    assert load_benchmark("maze", plugins).splits == ("dark",)


def test_something_else_is_no_benchmark(maze):
    info = maze / "maze-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: maze\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[navila.benchmarks]\nmaze = maze_bench:not_one\n")
    with pytest.raises(navila.PluginLoadError, match=r"is no benchmark: .*\.episodes\(split\)"):
        load_benchmark("maze", Plugins())


def test_a_path_is_read(tmp_path):
    path = write_benchmark(tmp_path / "walks.json", benchmark(walk(0)))
    assert load_benchmark(str(path)).name == "walks"
    with pytest.raises(navila.EvaluationError, match="there is no episodes file"):
        load_benchmark("no/such/folder")
