"""The layers under a configuration, merged key by key, each value with where it came from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from navila_sdk.errors import ConfigError

ENV_PREFIX = "NAVILA_"
ENV_KEYS = ("embodiment", "world", "planner", "default_planner", "scene", "fidelity", "locomotion", "seed", "out")


class Layers:
    """Nested tables under construction.

    Attributes:
        values: The merged tables.
        origins: Where each leaf came from, by dotted path.
        problems: What didn't fit, one line each.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.problems: list[str] = []

    def add_tables(self, tables: Mapping[str, Any], origin: str) -> None:
        """Lay nested tables over what is there."""
        for keys, value in _leaves(tables, ()):
            self.put(keys, value, origin)

    def put(self, keys: tuple[str, ...], value: Any, origin: str) -> None:  # noqa: ANN401 - any TOML value
        """Set one value; tables on its way are made."""
        table = self.values
        for depth, key in enumerate(keys[:-1], 1):
            below = table.setdefault(key, {})
            if not isinstance(below, dict):
                path = ".".join(keys[:depth])
                self.problems.append(f"{'.'.join(keys)}: {path} is the value {below!r}, not a table ({origin})")
                return
            table = cast("dict[str, Any]", below)
        path = ".".join(keys)
        for known in [p for p in self.origins if p.startswith(f"{path}.")]:
            del self.origins[known]
        table[keys[-1]] = value
        self.origins[path] = origin


def _leaves(tables: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tables.items():
        if isinstance(value, dict) and value:
            yield from _leaves(cast("dict[str, Any]", value), (*above, key))
        else:
            yield (*above, key), value


def parse_set(text: str) -> tuple[tuple[str, ...], Any]:
    """Return the keys and the value of one ``--set a.b=c``; what isn't TOML is a plain string.

    Raises:
        ConfigError: It has no ``=``, or an empty key.
    """
    path, equals, value = text.partition("=")
    keys = tuple(key.strip() for key in path.split("."))
    if not equals or not all(keys):
        raise ConfigError(f"--set {text!r} isn't of the form key=value or table.key=value")
    return keys, _toml_value(value.strip())


def _toml_value(text: str) -> Any:  # noqa: ANN401 - any TOML value
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    # A line break could smuggle further keys in; then it was no single value.
    return parsed["value"] if set(parsed) == {"value"} and "\n" not in text else text


def environment(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    """Yield key, value and variable of every setting in the environment."""
    for key in ENV_KEYS:
        variable = ENV_PREFIX + key.upper()
        text = env.get(variable, "")
        if text:
            yield key, _toml_value(text) if key == "seed" else text, variable
