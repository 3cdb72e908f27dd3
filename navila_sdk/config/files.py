"""Finding and reading TOML files; what can't be read is a ConfigError that says where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from navila_sdk.errors import ConfigError
from navila_sdk.strict import read_at_most

FILE_NAME = "navila.toml"
MAX_BYTES = 1_000_000
_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def find_config(given: Path | None, cwd: Path, env: Mapping[str, str]) -> Path | None:
    """Return the config file to read: the one given, else the folder's, else the user's, else none.

    Raises:
        ConfigError: The one given isn't there.
    """
    if given is not None:
        path = given if given.is_absolute() else cwd / given
        if not path.exists():
            raise ConfigError(f"there is no config file {str(given)!r}; write one, or leave out --config")
        return path
    found = cwd / FILE_NAME
    if found.exists():
        return found
    user = user_config(env)
    return user if user.is_file() else None


def user_config(env: Mapping[str, str]) -> Path:
    """Return where the user's own config file may lie."""
    # Imported here because only this line of the library needs it.
    import click

    return Path(env.get("NAVILA_CONFIG_DIR") or click.get_app_dir("navila")) / FILE_NAME


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's tables.

    Raises:
        ConfigError: It can't be read or isn't TOML; says file, line and column.
    """
    try:
        data = read_at_most(path, MAX_BYTES)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(f"the config file {str(path)!r} can't be read: {why}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"the config file {str(path)!r} has more bytes than make sense: at most {MAX_BYTES}")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: the config file must be UTF-8 text; byte {error.start} isn't") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{_located(path, data, str(error))} (malformed TOML)") from error
    except RecursionError as error:
        raise ConfigError(f"the config file {str(path)!r} is nested too deeply") from error


def _located(path: Path, data: bytes, message: str) -> str:
    """Return ``file:line:column: what`` from the parser's message."""
    match = _PLACE.fullmatch(message)
    if match is None:
        return f"{path}: {message}"
    end = data.decode("utf-8-sig").splitlines() or [""]
    line, column = match["line"] or len(end), match["column"] or len(end[-1]) + 1
    return f"{path}:{line}:{column}: {match['what']}"
