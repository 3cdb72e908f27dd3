"""One configuration out of its layers: defaults, file, environment, --set, options; the last one wins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.config.files import find_config, read_toml
from navila_sdk.config.layers import Layers, environment, parse_set
from navila_sdk.config.problems import flatten, range_problems
from navila_sdk.config.settings import Config
from navila_sdk.config.structure import converter
from navila_sdk.errors import ConfigError
from navila_sdk.strict import structure_problems

DEFAULTS = Path(__file__).with_name("defaults.toml")
BUILT_IN = "built in"


@attrs.frozen(slots=True)
class LoadedConfig:
    """A configuration and where it came from.

    Attributes:
        config: The settings.
        origins: Where each value came from, by dotted path; every leaf of ``config`` is there.
        path: The config file read, if there was one.
    """

    config: Config
    origins: Mapping[str, str]
    path: Path | None


def load_config(
    path: Path | str | None = None,
    sets: Iterable[str] = (),
    flags: Mapping[str, Any] | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> LoadedConfig:
    """Return the configuration of a run.

    Args:
        path: Config file; None looks for ``navila.toml`` in ``cwd``, then in the user's config folder.
        sets: ``a.b=value`` each, the value in TOML or a plain string.
        flags: Values of command-line options by dotted path; None means not given.
        cwd: The current folder.
        env: The environment.

    Raises:
        ConfigError: Anything doesn't fit; lists every problem with its path, what was expected and found.
    """
    cwd = Path.cwd() if cwd is None else cwd
    env = os.environ if env is None else env
    file = find_config(Path(path) if path is not None else None, cwd, env)
    layers = Layers()
    layers.add_tables(read_toml(DEFAULTS), "defaults")
    if file is not None:
        layers.add_tables(read_toml(file), str(file))
    for key, value, variable in environment(env):
        layers.put((key,), value, variable)
    for text in sets:
        keys, value = parse_set(text)
        layers.put(keys, value, f"--set {text}")
    for key, value in (flags or {}).items():
        if value is not None:
            layers.put(tuple(key.split(".")), value, f"--{key.replace('.', '-').replace('_', '-')}")
    config = _structured(layers, file)
    origins = {leaf: _origin(leaf, layers.origins) for leaf, _ in flatten(config)}
    return LoadedConfig(config, origins, file)


def _structured(layers: Layers, file: Path | None) -> Config:
    problems = [*layers.problems, *range_problems(layers.values, _known_paths())]
    try:
        config = converter().structure(layers.values, Config)
    except Exception as error:  # noqa: BLE001 - cattrs groups what the hooks raise; all of it is user input
        problems += structure_problems(error)
    else:
        if not problems:
            return config
    where = f"the configuration ({file})" if file else "the configuration"
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise ConfigError(f"{where} has {count}:", (_with_origin(line, layers.origins) for line in problems))


def _known_paths() -> set[str]:
    return {path for path, _ in flatten(Config(embodiment="", world="", planner="", default_planner=""))}


def _with_origin(problem: str, origins: Mapping[str, str]) -> str:
    origin = origins.get(problem.partition(":")[0])
    return f"{problem} (from {origin})" if origin else problem


def _origin(leaf: str, origins: Mapping[str, str]) -> str:
    """Return where a leaf came from: itself, a table above it that was set whole, or the class's default."""
    path = leaf
    while path:
        if path in origins:
            return origins[path]
        path = path.rpartition(".")[0]
    return BUILT_IN


def plain(config: Config) -> dict[str, Any]:
    """Return a configuration as nested tables of plain values."""
    return cast("dict[str, Any]", converter().unstructure(config))
