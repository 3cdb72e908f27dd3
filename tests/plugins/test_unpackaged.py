"""Plugins without a package: navila_plugin.py and NAVILA_PLUGINS."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from navila_sdk.errors import PluginConflictError, PluginLoadError, UnknownNameError
from navila_sdk.plugins import PluginInfo, Plugins, Status
from tests.plugins.throwaway import ROBOT, Site

Make = Callable[..., Plugins]

LOCAL = """
from navila_sdk.plugins import hookimpl
from navila_sdk.planner import PlannerRecord
from navila_sdk.testing import fake_embodiment

shown = PlannerRecord("homegrown", print)
hidden = fake_embodiment("kit")

@hookimpl
def navila_on_plan(event):
    pass
"""


def rows(plugins: Plugins, distribution: str) -> dict[str, PluginInfo]:
    return {r.name: r for r in plugins.listing() if r.distribution == distribution}


@pytest.fixture
def local(site: Site, tmp_path: Path) -> Path:
    path = tmp_path / "navila_plugin.py"
    path.write_text(LOCAL)
    return path


def test_the_file_is_listed_without_running_it(local: Path, plugins: Make) -> None:
    found = rows(plugins(), "navila_plugin.py")
    assert {(r.name, r.kind, r.status) for r in found.values()} == {
        ("homegrown", "planner", Status.OK),
        ("navila_plugin", "hooks", Status.OK),
    }
    assert "navila_plugin" not in sys.modules


def test_its_records_load_by_their_names(local: Path, plugins: Make) -> None:
    seen = plugins()
    assert seen.planner("homegrown").name == "homegrown"
    assert seen.embodiment("kit").name == "kit"
    with pytest.raises(UnknownNameError, match="no embodiment named 'kitt'"):
        seen.embodiment("kitt")


def test_it_is_not_run_for_a_name_found_elsewhere(local: Path, site: Site, plugins: Make) -> None:
    site.add_robot("navila-elsewhere", "elsewhere")
    plugins().embodiment("elsewhere")
    assert "navila_plugin" not in sys.modules


def test_its_hooks_are_registered(local: Path, plugins: Make) -> None:
    assert [impl.plugin_name for impl in plugins().hooks().implementations("navila_on_plan")] == [
        "navila_plugin (navila_plugin.py)"
    ]


def test_a_name_that_a_package_has_too_is_a_conflict(local: Path, site: Site, plugins: Make) -> None:
    site.add("navila-rival", "", {"navila.planners": {"homegrown": "navila_rival:x"}})
    with pytest.raises(PluginConflictError, match=r"navila-rival 1\.0 .* and by navila_plugin\.py"):
        plugins().planner("homegrown")
    assert plugins(disable=["navila-rival"]).planner("homegrown").name == "homegrown"


def test_a_file_that_does_not_parse_is_a_row_and_no_obstacle(local: Path, site: Site, plugins: Make) -> None:
    local.write_text("def broken(:\n")
    site.add_robot("navila-good", "good")
    seen = plugins()
    assert seen.embodiment("good").name == "good"
    (info,) = rows(seen, "navila_plugin.py").values()
    assert info.status is Status.BROKEN
    assert "navila_plugin.py:1" in info.reason
    with pytest.raises(UnknownNameError, match=r"Besides, .*navila_plugin\.py.* failed to load"):
        seen.embodiment("absent")


def test_a_file_that_raises_is_named(local: Path, plugins: Make) -> None:
    local.write_text(LOCAL + "raise OSError('no bus')\n")
    with pytest.raises(PluginLoadError, match=r"navila_plugin\.py.* OSError: no bus .*mend navila_plugin\.py"):
        plugins().planner("homegrown")


def test_it_can_be_disabled(local: Path, plugins: Make) -> None:
    seen = plugins(disable=["navila_plugin.py"])
    with pytest.raises(UnknownNameError, match=r"disabled by .navila_plugin\.py."):
        seen.planner("homegrown")
    with pytest.raises(UnknownNameError):
        seen.embodiment("kit")
    assert "navila_plugin" not in sys.modules


def test_a_plugin_named_in_the_environment(site: Site, plugins: Make) -> None:
    (site.folder / "envbot.py").write_text(ROBOT.format(name="envy"))
    seen = plugins(env={"NAVILA_PLUGINS": " envy = envbot:robot ,"})
    info = rows(seen, "NAVILA_PLUGINS")["envy"]
    assert (info.kind, info.status) == ("unknown", Status.OK)
    assert seen.embodiment("envy").name == "envy"
    assert rows(seen, "NAVILA_PLUGINS")["envy"].kind == "embodiment"


def test_its_kind_shows_in_the_source_where_it_can(site: Site, plugins: Make) -> None:
    (site.folder / "envworld.py").write_text("from navila_sdk.world import WorldRecord\nw = WorldRecord('w', print)\n")
    seen = plugins(env={"NAVILA_PLUGINS": "wet=envworld:w"})
    assert rows(seen, "NAVILA_PLUGINS")["wet"].kind == "world"
    with pytest.raises(UnknownNameError, match="no planner named 'wet'"):
        seen.planner("wet")
    assert "envworld" not in sys.modules


def test_a_module_beside_the_config_is_found(tmp_path: Path, site: Site, plugins: Make) -> None:
    (tmp_path / "besidebot.py").write_text(ROBOT.format(name="beside"))
    before = list(sys.path)
    try:
        seen = plugins(env={"NAVILA_PLUGINS": "beside=besidebot:robot"})
        assert rows(seen, "NAVILA_PLUGINS")["beside"].status is Status.OK
        assert seen.embodiment("beside").name == "beside"
    finally:
        sys.path[:] = before


@pytest.mark.parametrize(
    ("item", "name", "reason"),
    [
        ("lonely", "lonely", "'lonely' isn't of the form name=module:attribute"),
        ("x=", "x", "isn't of the form"),
        ("x=absent_module:y", "x", "No module named 'absent_module'"),
    ],
)
def test_a_bad_item_is_a_row_and_an_error_for_its_name(
    site: Site, plugins: Make, item: str, name: str, reason: str
) -> None:
    seen = plugins(env={"NAVILA_PLUGINS": item})
    info = rows(seen, "NAVILA_PLUGINS")[name]
    assert info.status is Status.BROKEN
    assert reason in info.reason
    with pytest.raises(PluginLoadError, match="mend NAVILA_PLUGINS"):
        seen.embodiment(name)


def test_the_environment_does_not_silently_replace_a_package(site: Site, plugins: Make) -> None:
    site.add_robot("navila-orig", "orig")
    (site.folder / "mybot.py").write_text(ROBOT.format(name="orig"))
    env = {"NAVILA_PLUGINS": "orig=mybot:robot"}
    with pytest.raises(PluginConflictError, match="NAVILA_DISABLE_PLUGINS=navila-orig"):
        plugins(env=env).embodiment("orig")
    assert plugins(env=env, disable=["navila-orig"]).embodiment("orig").name == "orig"
