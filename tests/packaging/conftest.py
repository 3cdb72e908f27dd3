"""Markers of the packaging tests."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Declare ``slow``: leave such tests out with ``-m 'not slow'``; CI runs them."""
    config.addinivalue_line("markers", "slow: builds or installs distributions; takes many seconds")
