"""Plugin hooks as a listener of episode events: heard one at a time, and never able to stop the loop."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from navila_sdk import events
from navila_sdk.plugins.hooks import call
from navila_sdk.plugins.loading import describe
from navila_sdk.plugins.registry import Plugins

_log = logging.getLogger(__name__)

HOOK_OF_EVENT: dict[type[events.Event], str] = {
    events.EpisodeStarted: "navila_on_episode_start",
    events.Observed: "navila_on_observation",
    events.Planned: "navila_on_plan",
    events.ActionStarted: "navila_on_action_start",
    events.ActionEnded: "navila_on_action_end",
    events.Commanded: "navila_on_command",
    events.SafetyEvent: "navila_on_safety",
    events.EpisodeEnded: "navila_on_episode_end",
}

MAX_FAILURES = 3
MAX_SLOW_CALLS = 3
SLOW_CALL_S = 0.05  # a command older than 250 ms is zero, so no hook may take a good part of that


class HookListener:
    """An ``events.Listener`` for one run; a plugin that misbehaves three times is switched off for its rest.

    Args:
        plugins: Where the hook plugins are; they are imported now.
        timer: Seconds that pass; replaced in tests.
    """

    def __init__(self, plugins: Plugins, timer: Callable[[], float] = time.perf_counter) -> None:
        hooks = plugins.hooks()
        self._implementations = {
            kind: [(impl, impl.plugin_name) for impl in hooks.implementations(hook)]
            for kind, hook in HOOK_OF_EVENT.items()
        }
        self._timer = timer
        self._failures: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self._off: set[str] = set()

    @property
    def switched_off(self) -> frozenset[str]:
        """The plugins switched off so far."""
        return frozenset(self._off)

    def __call__(self, event: events.Event) -> None:
        """Tell every plugin that listens to this kind of event."""
        for impl, plugin in self._implementations.get(type(event), ()):
            if plugin in self._off:
                continue
            start_s = self._timer()
            try:
                call(impl, {"event": event})
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a hook must never stop a moving robot's loop
                self._failed(plugin, impl.function.__name__, error)
            if self._timer() - start_s > SLOW_CALL_S:
                self._was_slow(plugin)

    def _failed(self, plugin: str, hook: str, error: BaseException) -> None:
        self._failures[plugin] += 1
        _log.warning("plugin %s failed in %s: %s", plugin, hook, describe(error))
        if self._failures[plugin] >= MAX_FAILURES:
            self._switch_off(plugin, f"it failed {MAX_FAILURES} times")

    def _was_slow(self, plugin: str) -> None:
        self._slow[plugin] += 1
        if self._slow[plugin] >= MAX_SLOW_CALLS:
            self._switch_off(plugin, f"{MAX_SLOW_CALLS} calls took over {SLOW_CALL_S * 1000:.0f} ms each")

    def _switch_off(self, plugin: str, why: str) -> None:
        if plugin not in self._off:
            self._off.add(plugin)
            _log.warning("plugin %s is switched off for this run: %s", plugin, why)
