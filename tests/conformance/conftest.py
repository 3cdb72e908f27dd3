"""A folder of throwaway plugins, and the reports of what is in it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from navila_sdk.config import load_config
from navila_sdk.plugins import Plugins
from navila_sdk.testing.conformance.subject import Bench

_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A name no other test uses: Python remembers modules."""
    return f"broken{next(_numbers)}"


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Makes a bench with plugins ``NAME=module:attribute`` of the test's folder, and settings."""
    before, path = set(sys.modules), list(sys.path)

    def make(*plugins: str, sets: tuple[str, ...] = ()) -> Bench:
        config = load_config(sets=sets, cwd=tmp_path, env={"NAVILA_CONFIG_DIR": str(tmp_path)}).config
        return Bench(config, Plugins(env={"NAVILA_PLUGINS": ",".join(plugins)}, folder=tmp_path), tmp_path)

    yield make
    sys.path[:] = path
    for module in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]
