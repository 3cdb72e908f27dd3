"""Installed plugins, read from distribution metadata alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from navila_sdk.plugins.candidate import Candidate
from navila_sdk.plugins.info import GROUPS

if TYPE_CHECKING:
    from importlib.metadata import Distribution


def installed() -> tuple[Candidate, ...]:
    """Return what every installed distribution registers, in the order of names."""
    return tuple(sorted(_candidates(), key=lambda c: (c.kind, c.name, c.distribution)))


def _candidates() -> Iterator[Candidate]:
    from importlib import metadata

    seen: set[str] = set()
    for distribution in metadata.distributions():
        text = _read(distribution, "entry_points.txt")
        if "[navila" not in text:
            continue
        name, version = _identity(distribution)
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen or _is_shadowed(distribution, name):
            continue
        seen.add(key)
        yield from _entries(distribution, name, version)


def _entries(distribution: Distribution, name: str, version: str) -> Iterator[Candidate]:
    try:
        entries = tuple(distribution.entry_points)
    except Exception as error:  # noqa: BLE001 - a damaged entry_points.txt must cost its own distribution only
        fault = f"its entry_points.txt can't be read: {type(error).__name__}: {error}"
        yield Candidate(name, "", name, version, "", fault)
        return
    for entry in entries:
        kind = GROUPS.get(entry.group)
        if kind is not None:
            yield Candidate(entry.name, kind, name, version, entry.value)


def _identity(distribution: Distribution) -> tuple[str, str]:
    """Return name and version from the head of METADATA; the full parser costs more than the listing."""
    text = _read(distribution, "METADATA") or _read(distribution, "PKG-INFO")
    head = text.split("\n\n", 1)[0]
    found = dict(re.findall(r"^(Name|Version):[ \t]*(.*?)\s*$", head, re.MULTILINE))
    return found.get("Name") or "unknown-distribution", found.get("Version", "")


def _is_shadowed(distribution: Distribution, name: str) -> bool:
    """Whether another copy stands earlier on the path, so that this one's modules can't be imported."""
    from importlib import metadata

    try:
        first = metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return str(first.locate_file("")) != str(distribution.locate_file(""))


def _read(distribution: Distribution, file: str) -> str:
    try:
        return distribution.read_text(file) or ""
    except (OSError, UnicodeDecodeError):
        return ""
