"""navila doctor: what is there, what is missing for what, and how to get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.throwaway import Site, navila

EXTRAS = """\
Provides-Extra: vendor
Requires-Dist: vendor-sdk-x>=2; extra == 'vendor'
Provides-Extra: sums
Requires-Dist: numpy>=1; extra == 'sums'
Provides-Extra: future
Requires-Dist: numpy>=999; extra == 'future'
Provides-Extra: dev
Requires-Dist: hammer-x; extra == 'dev'
"""


@pytest.fixture
def findings(tmp_path: Path) -> dict[str, dict[str, Any]]:
    site = Site(tmp_path / "site")
    site.add("navila-kit", "w = 3", {"navila.worlds": {"kit": "navila_kit:w"}}, extra_metadata=EXTRAS)
    done = navila("doctor", "--json", cwd=tmp_path, site=site.folder, env={"NAVILA_EMBODIMNT": "x"})
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"]
    return {finding["topic"]: finding for finding in told["findings"]}


def test_core_packages_are_listed_with_versions(findings: dict[str, dict[str, Any]]) -> None:
    for name in ("python", "navila-sdk", "numpy", "click", "rich"):
        assert findings[name]["status"] == "ok"
        assert findings[name]["detail"][0].isdigit()


def test_extras_of_plugins_come_from_their_metadata(findings: dict[str, dict[str, Any]]) -> None:
    vendor = findings["navila-kit[vendor]"]
    assert vendor["status"] == "missing"
    assert vendor["detail"] == "vendor-sdk-x isn't installed"
    assert vendor["remedy"] == "pip install 'navila-kit[vendor]'"
    assert findings["navila-kit[sums]"]["status"] == "ok"
    assert "is installed, >=999 is needed" in findings["navila-kit[future]"]["detail"]
    assert "navila-kit[dev]" not in findings


def test_broken_plugins_and_misspelt_variables_are_pointed_at(findings: dict[str, dict[str, Any]]) -> None:
    assert "no record" in findings["world kit"]["detail"]
    assert findings["NAVILA_EMBODIMNT"]["remedy"] == "did you mean NAVILA_EMBODIMENT?"


def test_the_table(tmp_path: Path) -> None:
    done = navila("doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert f"{tmp_path} is writable" in done.stdout.replace("\n", "")
