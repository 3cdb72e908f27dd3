"""Loading imports one plugin by name; whatever that does, the error names it and the way round."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import (
    PluginApiError,
    PluginConflictError,
    PluginError,
    PluginLoadError,
    UnknownNameError,
)
from navila_sdk.plugins import Plugins
from tests.plugins.throwaway import ROBOT, Site

Make = Callable[..., Plugins]


def failure(plugins: Plugins, name: str = "bad") -> str:
    with pytest.raises(PluginLoadError) as caught:
        plugins.embodiment(name)
    return str(caught.value)


def test_a_record_and_no_other_plugin_is_imported(site: Site, plugins: Make) -> None:
    site.add_robot("navila-mine", "mine")
    site.add_robot("navila-theirs", "theirs", "raise RuntimeError")
    record = plugins().embodiment("mine")
    assert isinstance(record, Embodiment)
    assert record.name == "mine"
    assert "navila_theirs" not in sys.modules


def test_a_function_that_returns_the_record_will_do(site: Site, plugins: Make) -> None:
    site.add_robot("navila-made", "made", ROBOT.replace("robot =", "one =") + "def robot():\n    return one\n")
    assert plugins().embodiment("made").name == "made"


def test_worlds_planners_and_dialects(site: Site, plugins: Make) -> None:
    site.add(
        "navila-rest",
        "from navila_sdk.world import WorldRecord\nfrom navila_sdk.planner import PlannerRecord\n"
        "world = WorldRecord('w', print)\nplanner = PlannerRecord('p', print)\n"
        "class Dialect:\n    name = 'd'\n    def parse(self, text):\n        return ()\n",
        {
            "navila.worlds": {"w": "navila_rest:world"},
            "navila.planners": {"p": "navila_rest:planner"},
            "navila.dialects": {"d": "navila_rest:Dialect"},
        },
    )
    seen = plugins()
    assert (seen.world("w").name, seen.planner("p").name, seen.dialect("d").parse("x")) == ("w", "p", ())


def test_an_unknown_name_gets_a_guess_and_the_list(site: Site, plugins: Make) -> None:
    site.add_robot("navila-spotty", "spotty")
    with pytest.raises(
        UnknownNameError, match=r"no embodiment named 'spoty'\. Did you mean 'spotty'\? Known: .*spotty"
    ):
        plugins().embodiment("spoty")
    with pytest.raises(UnknownNameError, match="no kind of plugin named 'robot'"):
        plugins().load("robot", "spotty")


def test_a_missing_module_is_named_with_the_remedy(site: Site, plugins: Make) -> None:
    site.add_robot("navila-bad", "bad", "import vendor_sdk_x\n", version="0.7")
    assert failure(plugins()) == (
        "embodiment plugin 'bad' (navila-bad 0.7) failed to load 'navila_bad:robot': ModuleNotFoundError: "
        "No module named 'vendor_sdk_x' (at site/navila_bad.py:1). To mend it: "
        "pip install --upgrade navila-bad, or skip it: NAVILA_DISABLE_PLUGINS=bad"
    )


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("raise ValueError('boom\\nand more')", "ValueError: boom and more"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("class Odd(BaseException): pass\nraise Odd", "failed to load 'navila_bad:robot': Odd"),
        ("def broken(:", "SyntaxError"),
        ("other = 1", "AttributeError: module 'navila_bad' has no attribute 'robot'"),
        ("def robot():\n    raise OSError('no bus')", "OSError: no bus (at site/navila_bad.py:2)"),
        ("def robot(bus):\n    return bus", "TypeError"),
        ("class E(Exception):\n    def __str__(self): raise OSError\nraise E", "its text can't be shown"),
        ("robot = 'go'", "expected 'navila_bad:robot' to be navila_sdk.embodiment.Embodiment"),
        ("robot = 'go'", "got a value of type str"),
        ("from navila_sdk.world import WorldRecord\nrobot = WorldRecord('x', print)", "got a record of kind world"),
    ],
)
def test_whatever_goes_wrong_is_one_error(site: Site, plugins: Make, source: str, detail: str) -> None:
    site.add_robot("navila-bad", "bad", source)
    text = failure(plugins())
    assert detail in text
    assert "embodiment plugin 'bad' (navila-bad 1.0)" in text
    assert "NAVILA_DISABLE_PLUGINS=bad" in text


def test_an_interrupt_is_not_the_plugins_fault(site: Site, plugins: Make) -> None:
    site.add_robot("navila-bad", "bad", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        plugins().embodiment("bad")


@pytest.mark.parametrize(
    "source",
    [
        "import attrs\nfrom navila_sdk.testing import fake_embodiment\nrobot = fake_embodiment('bad', navila_api='2')",
        "from navila_sdk.embodiment import Embodiment\nrobot = Embodiment(wings=2, navila_api='2')",
    ],
)
def test_another_api_is_said_in_so_many_words(site: Site, plugins: Make, source: str) -> None:
    site.add_robot("navila-bad", "bad", source, version="0.3")
    with pytest.raises(PluginApiError) as caught:
        plugins().embodiment("bad")
    assert str(caught.value) == (
        "bad plugin 0.3 speaks plugin API 2, this navila_sdk speaks 1: pip install -U navila-sdk"
    )


def test_a_conflict_names_both_and_disabling_one_resolves_it(site: Site, plugins: Make) -> None:
    site.add_robot("navila-one", "twin", version="1.1")
    site.add_robot("navila-two", "twin", version="2.2")
    with pytest.raises(PluginConflictError) as caught:
        plugins().embodiment("twin")
    assert "registered by navila-one 1.1 (navila_one:robot) and by navila-two 2.2" in str(caught.value)
    assert plugins(env={"NAVILA_DISABLE_PLUGINS": "navila-one"}).embodiment("twin").name == "twin"


def test_a_disabled_plugin_is_not_imported_and_said_to_be_disabled(site: Site, plugins: Make) -> None:
    site.add_robot("navila-off", "off")
    with pytest.raises(UnknownNameError, match=r"\(navila-off 1\.0\) is disabled by 'off' in \[plugins\] disable"):
        plugins(disable=["off"]).embodiment("off")
    assert "navila_off" not in sys.modules


def test_a_failure_is_remembered_and_the_rest_carries_on(site: Site, plugins: Make) -> None:
    site.add_robot("navila-bad", "bad", "raise ValueError('once')")
    site.add_robot("navila-good", "good")
    seen = plugins()
    first = failure(seen)
    (site.folder / "navila_bad.py").write_text(ROBOT.format(name="bad"))
    assert failure(seen) == first
    assert seen.embodiment("good").name == "good"
    assert [c.name for c in seen.quarantine] == ["bad"]


def test_strict_raises_at_the_first_broken_one(site: Site, plugins: Make) -> None:
    site.add_robot("navila-bad", "bad", "raise ValueError('once')")
    plugins().check()
    with pytest.raises(PluginError):
        plugins(strict=True).check()


def test_what_a_plugin_prints_while_loading_stays_off_stdout(
    site: Site, plugins: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    site.add_robot("navila-loud", "loud", "print('hello')\n" + ROBOT)
    plugins().embodiment("loud")
    assert capsys.readouterr().out == ""
