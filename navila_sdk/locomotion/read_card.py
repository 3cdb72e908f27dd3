"""A policy card as a TOML file, for networks that come without one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from navila_sdk.errors import PluginLoadError, PolicyError
from navila_sdk.locomotion.card import PolicyCard, read_card
from navila_sdk.locomotion.choose import packaged_file


def named_file(text: str) -> Path:
    """Return the file a user names: a path, or ``package:path``.

    Raises:
        PolicyError: There is none.
    """
    path = Path(text)
    if not path.exists() and ":" in text:
        try:
            return packaged_file(text)
        except PluginLoadError as error:
            raise PolicyError(str(error)) from None
    if not path.is_file():
        raise PolicyError(f"{text}: no such file")
    return path


def card_from_toml(path: Path) -> PolicyCard:
    """Return the card a TOML file describes.

    Raises:
        PolicyError: It isn't TOML, or isn't a sound card; every problem is listed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: the policy card isn't TOML: {error}") from None
    return read_card(json.dumps(data, default=str), str(path))
