"""Benchmarks by name (entry-point group ``navila.benchmarks``) or by the path of an episodes file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from navila_sdk.errors import ConfigError
from navila_sdk.evaluation.episodes import Benchmark
from navila_sdk.plugins import Plugins

_FILES = (".json", ".json.gz")


def load_benchmark(name: str, plugins: Plugins | None = None, options: Mapping[str, Any] | None = None) -> Benchmark:
    """Return a benchmark.

    Args:
        name: A registered name, or the path of a ``.json`` or ``.json.gz`` file of episodes.
        plugins: Where names are looked up.
        options: The benchmark's own, where it takes any (``configured(options)``).

    Raises:
        UnknownNameError: Nothing of that name is registered.
        PluginError: What is registered can't be used.
        EvaluationError: The file can't be used.
        ConfigError: There are options, and the benchmark takes none, or not these.
    """
    if name.lower().endswith(_FILES) or "/" in name:
        from navila_sdk.evaluation.file import read_benchmark

        return read_benchmark(Path(name), faults=True)
    found = cast("Benchmark", (plugins or Plugins()).load("benchmark", name))
    configure = getattr(found, "configured", None)
    if configure is not None:
        return cast("Benchmark", configure(options or {}))
    if options:
        raise ConfigError(f"the benchmark {name!r} takes no options; found benchmarks.{name}.{next(iter(options))}")
    return found
