"""Hooks listen to the loop and can't stop it; a hook that would never be called is an error."""

from __future__ import annotations

import logging
import types
from collections.abc import Callable
from typing import get_type_hints

import click
import pytest

from navila_sdk import events
from navila_sdk.errors import PluginApiError, PluginLoadError
from navila_sdk.plugins import HookListener, Plugins
from navila_sdk.plugins.listener import HOOK_OF_EVENT
from tests.plugins.throwaway import Site

Make = Callable[..., Plugins]
HEAD = "from navila_sdk.plugins import hookimpl\nheard = []\n"
HEARS_END = HEAD + "@hookimpl\ndef navila_on_episode_end(event):\n    heard.append(event.outcome)\n"
RAISES = HEAD + "@hookimpl\ndef navila_on_episode_end(event):\n    heard.append(1)\n    raise {error}\n"
END = events.EpisodeEnded(1.0, "stopped")


def add_hooks(site: Site, distribution: str, source: str) -> None:
    site.add(distribution, source, {"navila": {distribution: distribution.replace("-", "_")}})


def module(name: str) -> types.ModuleType:
    return __import__(name.replace("-", "_"))


def test_every_kind_of_event_has_its_hook() -> None:
    from navila_sdk.plugins import hookspecs

    assert set(HOOK_OF_EVENT) == set(events.Event.__subclasses__())
    for kind, hook in HOOK_OF_EVENT.items():
        names = {"click": click, **vars(events)}
        assert get_type_hints(getattr(hookspecs, hook), names, names)["event"] is kind
        assert getattr(hookspecs, hook).__doc__


def test_a_hook_hears_its_event_and_no_other(site: Site, plugins: Make) -> None:
    add_hooks(site, "hooks-a", HEARS_END)
    listener = HookListener(plugins())
    listener(events.SafetyEvent(0.5, "zones", "wall"))
    listener(END)
    assert module("hooks-a").heard == ["stopped"]


def test_a_hook_may_leave_out_the_event(site: Site, plugins: Make) -> None:
    add_hooks(site, "hooks-b", HEAD + "@hookimpl\ndef navila_on_episode_end():\n    heard.append(1)\n")
    HookListener(plugins())(END)
    assert module("hooks-b").heard == [1]


def test_an_object_or_a_class_will_do(site: Site, plugins: Make) -> None:
    body = "class Hooks:\n    @hookimpl\n    def navila_on_episode_end(self, event):\n        heard.append(1)\n"
    site.add("hooks-c", HEAD + body + "made = Hooks()\n", {"navila": {"a": "hooks_c:Hooks", "b": "hooks_c:made"}})
    HookListener(plugins())(END)
    assert module("hooks-c").heard == [1, 1]


@pytest.mark.parametrize("error", ["ValueError('boom')", "SystemExit(1)"])
def test_a_raising_hook_stops_neither_the_loop_nor_the_others(
    site: Site, plugins: Make, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    add_hooks(site, "hooks-bad", RAISES.format(error=error))
    add_hooks(site, "hooks-good", HEARS_END)
    HookListener(plugins())(END)
    assert module("hooks-good").heard == ["stopped"]
    assert "plugin hooks-bad (hooks-bad 1.0) failed in navila_on_episode_end" in caplog.text
    assert error.partition("(")[0] in caplog.text


def test_three_failures_switch_a_plugin_off_for_the_run_only(
    site: Site, plugins: Make, caplog: pytest.LogCaptureFixture
) -> None:
    add_hooks(site, "hooks-bad", RAISES.format(error="ValueError('boom')"))
    seen = plugins()
    listener = HookListener(seen)
    for _ in range(5):
        listener(END)
    assert len(module("hooks-bad").heard) == 3
    assert "switched off for this run: it failed 3 times" in caplog.text
    assert listener.switched_off == {"hooks-bad (hooks-bad 1.0)"}
    HookListener(seen)(END)
    assert len(module("hooks-bad").heard) == 4


@pytest.mark.parametrize(("seconds", "calls"), [(0.06, 3), (0.04, 5)])
def test_three_slow_calls_switch_a_plugin_off(site: Site, plugins: Make, seconds: float, calls: int) -> None:
    add_hooks(site, "hooks-slow", HEARS_END)
    now = [0.0]

    def timer() -> float:
        now[0] += seconds
        return now[0]

    listener = HookListener(plugins(), timer=timer)
    for _ in range(5):
        listener(END)
    assert len(module("hooks-slow").heard) == calls


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        (
            "@hookimpl\ndef navila_on_plam(event): pass\n",
            "there is no hook 'navila_on_plam'. Did you mean 'navila_on_plan'?",
        ),
        ("@hookimpl\ndef navila_on_plan(event, robot): pass\n", "'robot'"),
        ("@hookimpl(wrapper=True)\ndef navila_on_plan(event):\n    yield\n", "can't be wrapped"),
        ("def navila_on_plan(event): pass\n", "navila_on_plan() without a mark"),
        ("import vendor_sdk_x\n", "No module named 'vendor_sdk_x'"),
    ],
)
def test_a_hook_that_could_not_work_is_quarantined_with_the_reason(
    site: Site, plugins: Make, caplog: pytest.LogCaptureFixture, source: str, detail: str
) -> None:
    add_hooks(site, "hooks-odd", HEAD + source)
    add_hooks(site, "hooks-fine", HEARS_END)
    seen = plugins()
    HookListener(seen)(END)
    assert module("hooks-fine").heard == ["stopped"]
    assert detail in caplog.text
    info = next(r for r in seen.listing() if r.name == "hooks-odd")
    assert (info.kind, info.status) == ("hooks", "broken")
    with pytest.raises(PluginLoadError, match="hooks plugin 'hooks-odd'"):
        plugins(strict=True).hooks()


def test_an_optional_hook_of_a_later_version_is_left_alone(site: Site, plugins: Make) -> None:
    add_hooks(site, "hooks-later", HEAD + "@hookimpl(optionalhook=True)\ndef navila_on_jump(event): pass\n")
    assert plugins(strict=True).hooks().names == ("hooks-later (hooks-later 1.0)",)


def test_a_hook_module_of_another_api_is_refused(site: Site, plugins: Make) -> None:
    add_hooks(site, "hooks-new", "navila_api = '2'\n" + HEARS_END)
    with pytest.raises(PluginApiError, match=r"hooks-new plugin 1\.0 speaks plugin API 2, this navila_sdk speaks 1"):
        plugins(strict=True).hooks()
    assert next(r for r in plugins().listing() if r.name == "hooks-new").status == "wrong api"


def test_disabled_hooks_are_not_imported(site: Site, plugins: Make) -> None:
    add_hooks(site, "hooks-off", "raise RuntimeError\n")
    assert plugins(disable=["hooks-off"], strict=True).hooks().names == ()


def test_commands_of_one_plugin_survive_the_failure_of_another(
    site: Site, plugins: Make, caplog: pytest.LogCaptureFixture
) -> None:
    add_hooks(site, "hooks-cmd", HEAD + "@hookimpl\ndef navila_add_commands(cli):\n    cli.command('dance')(print)\n")
    add_hooks(site, "hooks-bad", HEAD + "@hookimpl\ndef navila_add_commands(cli):\n    1 / 0\n")
    group = click.Group()
    with caplog.at_level(logging.WARNING):
        plugins().hooks().add_commands(group)
    assert list(group.commands) == ["dance"]
    assert "plugin hooks-bad (hooks-bad 1.0) failed to add its commands: ZeroDivisionError" in caplog.text
