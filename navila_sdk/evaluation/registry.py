"""Benchmarks by name (entry-point group ``navila.benchmarks``) or by the path of an episodes file."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from navila_sdk.evaluation.episodes import Benchmark
from navila_sdk.plugins import Plugins

_FILES = (".json", ".json.gz")


def load_benchmark(name: str, plugins: Plugins | None = None) -> Benchmark:
    """Return a benchmark.

    Args:
        name: A registered name, or the path of a ``.json`` or ``.json.gz`` file of episodes.
        plugins: Where names are looked up.

    Raises:
        UnknownNameError: Nothing of that name is registered.
        PluginError: What is registered can't be used.
        EvaluationError: The file can't be used.
    """
    if name.lower().endswith(_FILES) or "/" in name:
        from navila_sdk.evaluation.file import read_benchmark

        return read_benchmark(Path(name))
    return cast("Benchmark", (plugins or Plugins()).load("benchmark", name))
