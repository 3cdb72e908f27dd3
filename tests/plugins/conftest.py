"""A site of throwaway distributions on this process's own path, forgotten after each test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from navila_sdk.plugins import Plugins
from tests.plugins.throwaway import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    before = set(sys.modules)
    made = Site(tmp_path / "site")
    monkeypatch.syspath_prepend(str(made.folder))
    yield made
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def plugins(tmp_path: Path) -> Callable[..., Plugins]:
    """Makes Plugins that see the site and an environment of the test's own."""

    def make(**kwargs: object) -> Plugins:
        return Plugins(**{"env": {}, "folder": tmp_path, **kwargs})  # type: ignore[arg-type]

    return make
