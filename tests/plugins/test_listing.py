"""The listing says what is wrong with each plugin, and imports none of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from navila_sdk.plugins import PluginInfo, Plugins, Status
from tests.plugins.throwaway import ROBOT, Site

Make = Callable[..., Plugins]


def row(plugins: Plugins, name: str, distribution: str = "") -> PluginInfo:
    found = [r for r in plugins.listing() if r.name == name and distribution in ("", r.distribution)]
    assert len(found) == 1, found
    return found[0]


def test_a_sound_plugin_is_ok_and_stays_unimported(site: Site, plugins: Make) -> None:
    site.add_robot("navila-sound", "sound", version="2.5")
    info = row(plugins(), "sound")
    assert (info.kind, info.distribution, info.version, info.api, info.status, info.reason) == (
        "embodiment", "navila-sound", "2.5", "1", Status.OK, "",
    )  # fmt: skip
    assert info.target == "navila_sound:robot"
    assert "navila_sound" not in sys.modules


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (None, "No module named 'navila_bad'"),
        ("import vendor_sdk_x\nrobot = 1", "No module named 'vendor_sdk_x' (at site/navila_bad.py:1)"),
        ("from vendor_sdk_x.deep import y\nrobot = y()", "No module named 'vendor_sdk_x'"),
        ("raise RuntimeError('boom')\nrobot = 1", "raise RuntimeError('boom') (at site/navila_bad.py:1)"),
        ("import sys\nsys.exit(3)\nrobot = object()", "sys.exit(3) (at site/navila_bad.py:2)"),
        ("def broken(:\n", "SyntaxError"),
        ("other = object()", "defines no 'robot'"),
        ("robot = 3", "is 3, no record"),
        ("from navila_sdk.world import WorldRecord\nrobot = WorldRecord('x', print)", "record of kind world"),
    ],
)
def test_what_would_fail_at_import_is_broken(site: Site, plugins: Make, source: str | None, reason: str) -> None:
    site.add_robot("navila-bad", "bad", source)
    info = row(plugins(), "bad")
    assert info.status is Status.BROKEN
    assert reason in info.reason
    assert info.remedy == "pip install --upgrade navila-bad, or skip it: NAVILA_DISABLE_PLUGINS=bad"
    assert "navila_bad" not in sys.modules


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import vendor_sdk_x\nexcept ImportError:\n    vendor_sdk_x = None\n" + ROBOT,
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import vendor_sdk_x\n" + ROBOT,
        "def make():\n    import vendor_sdk_x\n" + ROBOT,
        "if False:\n    raise RuntimeError\n" + ROBOT,
        "from os.path import *\n",
        "def __getattr__(name):\n    return object()\n",
        "globals()['robot'] = object()\n",
        "try:\n    robot = object()\nfinally:\n    pass\n",
    ],
)
def test_what_may_well_import_is_not_held_against_it(site: Site, plugins: Make, source: str) -> None:
    site.add_robot("navila-fine", "fine", source)
    assert row(plugins(), "fine").status is Status.OK


def test_imports_inside_the_package_are_followed(site: Site, plugins: Make) -> None:
    site.add("navila-deep", None, {"navila.embodiments": {"deep": "navila_deep:robot"}})
    package = site.folder / "navila_deep"
    package.mkdir()
    (package / "__init__.py").write_text("from .record import made as robot\n")
    (package / "record.py").write_text("from navila_deep.vendor import x\nmade = Embodiment(navila_api='2')\n")
    (package / "vendor.py").write_text("import vendor_sdk_x as x\n")
    info = row(plugins(), "deep")
    assert (info.status, info.api) == (Status.WRONG_API, "2")
    (package / "record.py").write_text("from navila_deep.vendor import x\nmade = Embodiment()\n")
    info = row(plugins(), "deep")
    assert info.status is Status.BROKEN
    assert "'vendor_sdk_x' (at navila_deep/vendor.py:1)" in info.reason
    (package / "record.py").write_text("from . import gone_module\nfrom .gone import y\nmade = Embodiment()\n")
    assert "No module named 'navila_deep.gone'" in row(plugins(), "deep").reason


@pytest.mark.parametrize(
    ("source", "api"),
    [
        ("robot = Embodiment(name='x', navila_api='2')", "2"),
        ("API = '7'\nrobot = Embodiment(name='x', navila_api=API)", "7"),
        ("def robot():\n    return Embodiment(navila_api='3')", "3"),
        ("def robot():\n    made = Embodiment(navila_api='4')\n    return made", "4"),
        ("robot = Embodiment(navila_api=str(5))", "?"),
        ("robot = Embodiment()", "1"),
    ],
)
def test_the_api_version_is_read_from_source(site: Site, plugins: Make, source: str, api: str) -> None:
    site.add_robot("navila-api", "apibot", source)
    info = row(plugins(), "apibot")
    assert info.api == api
    assert info.status is (Status.OK if api in "1?" else Status.WRONG_API)


def test_a_newer_api_asks_for_a_newer_sdk_and_an_older_for_a_newer_plugin(site: Site, plugins: Make) -> None:
    site.add_robot("navila-new", "newbot", "robot = Embodiment(navila_api='2')", "0.3")
    site.add_robot("navila-old", "oldbot", "robot = Embodiment(navila_api='0')", "0.1")
    new, old = row(plugins(), "newbot"), row(plugins(), "oldbot")
    assert new.reason == "newbot plugin 0.3 speaks plugin API 2, this navila_sdk speaks 1"
    assert (new.remedy, old.remedy) == ("pip install -U navila-sdk", "pip install -U navila-old")


def test_two_claims_to_one_name_are_both_shown(site: Site, plugins: Make) -> None:
    site.add_robot("navila-one", "twin", version="1.1")
    site.add_robot("navila-two", "twin", version="2.2")
    for distribution in ("navila-one", "navila-two"):
        info = row(plugins(), "twin", distribution)
        assert info.status is Status.CONFLICT
        assert "navila-one 1.1" in info.reason
        assert "navila-two 2.2" in info.reason
        assert "NAVILA_DISABLE_PLUGINS=navila-one" in info.remedy
    assert row(plugins(disable=["navila-two"]), "twin", "navila-one").status is Status.OK


@pytest.mark.parametrize("entry", ["idle", "embodiment/idle", "navila-idle", "navila_idle"])
def test_disabling_by_name_kind_or_distribution(site: Site, plugins: Make, entry: str) -> None:
    site.add_robot("navila-idle", "idle", "import vendor_sdk_x")
    by_env = row(plugins(env={"NAVILA_DISABLE_PLUGINS": f"other, {entry}"}), "idle")
    by_config = row(plugins(disable=[entry]), "idle")
    assert by_env.status is by_config.status is Status.DISABLED
    assert "NAVILA_DISABLE_PLUGINS" in by_env.reason
    assert "[plugins] disable" in by_config.reason


def test_a_malformed_target_is_a_row(site: Site, plugins: Make) -> None:
    site.add("navila-odd", "", {"navila.worlds": {"odd": "navila_odd", "odder": "!!"}})
    assert "write module:attribute" in row(plugins(), "odd").reason
    assert "isn't of the form" in row(plugins(), "odder").reason


def test_damaged_entry_points_cost_their_own_distribution_only(site: Site, plugins: Make) -> None:
    site.add_robot("navila-sound2", "sound2")
    site.add("navila-torn", "", {})
    (site.folder / "navila_torn-1.0.dist-info" / "entry_points.txt").write_text("[navila.worlds]\nno equals sign\n")
    assert row(plugins(), "sound2").status is Status.OK
    torn = [r for r in plugins().listing() if r.distribution == "navila-torn"]
    assert all(r.status is Status.BROKEN for r in torn)


def test_a_shadowed_copy_of_a_distribution_does_not_count(
    site: Site, plugins: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_robot("navila-copy", "copy", version="2.0")
    later = Site(tmp_path / "later")
    later.add_robot("navila-copy", "copy", version="1.0")
    monkeypatch.setattr(sys, "path", [*sys.path, str(later.folder)])
    assert row(plugins(), "copy").version == "2.0"


def test_check_loads_each_one_and_tells_the_truth(site: Site, plugins: Make) -> None:
    site.add_robot("navila-sly", "sly", "robot = {}['missing']")
    site.add_robot("navila-alias", "alias", ROBOT.replace("{name}", "another"))
    seen = plugins()
    assert row(seen, "sly").status is Status.OK
    seen.check()
    sly = row(seen, "sly")
    assert sly.status is Status.BROKEN
    assert "KeyError: 'missing' (at site/navila_sly.py:1)" in sly.reason
    assert row(seen, "alias").reason == "its record calls itself 'another'"


def test_check_reports_slow_imports(site: Site, plugins: Make) -> None:
    site.add_robot("navila-slow", "slow")
    ticks = iter(range(0, 10_000, 3))
    seen = plugins(timer=lambda: float(next(ticks)))
    seen.check()
    info = row(seen, "slow")
    assert (info.status, info.reason) == (Status.OK, "slow: importing it took 3.0 s")
