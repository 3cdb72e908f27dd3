"""Serving a twin: the simulated bodies it asks for, what it says, and the signals that end it."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import IO, Any

import attrs
import click

from navila_sdk.api import world_from
from navila_sdk.config import Config, load_config
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError, OutputError
from navila_sdk.plugins import Plugins
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.twin import TwinRequest, parse_fault
from navila_sdk.world import SimulatedDriver
from navila_sdk.worlds.named import named

Tell = Callable[[str, Mapping[str, Any]], None]
TICK = "tick"
"""What a twin calls its every step; only a trace wants to hear of it."""


@attrs.frozen(slots=True, kw_only=True)
class Wishes:
    """The options of ``navila twin``."""

    embodiment: str
    interface: str
    domain: int
    world: str | None
    scene: str | None
    fidelity: str | None
    locomotion: str | None
    seed: int | None
    faults: tuple[str, ...]
    trace: Path | None
    for_s: float | None
    config_path: str | None
    sets: tuple[str, ...]
    as_json: bool


def serve_twin(wishes: Wishes) -> None:
    """Serve until Ctrl-C, SIGTERM or the end of the time asked for.

    Raises:
        CapabilityError: The embodiment has no twin, or the world isn't a simulator.
        ConfigError: An option doesn't fit.
        OutputError: The trace can't be written.
    """
    if wishes.for_s is not None and not (math.isfinite(wishes.for_s) and wishes.for_s > 0):
        raise ConfigError(f"--for is a time in seconds, more than 0; got {wishes.for_s!r}")
    faults = tuple(parse_fault(text) for text in wishes.faults)
    flags = {name: getattr(wishes, name) for name in ("embodiment", "world", "scene", "fidelity", "locomotion", "seed")}
    loaded = load_config(Path(wishes.config_path) if wishes.config_path else None, wishes.sets, flags)
    plugins = Plugins.of(loaded)
    body = plugins.embodiment(loaded.config.embodiment)
    if body.twin is None:
        raise CapabilityError(f"{body.name} has no twin: its record's field 'twin' names none")
    with _telling(wishes) as tell, _ended(wishes.for_s) as done:
        request = TwinRequest(
            embodiment=body,
            body=_bodies(loaded.config, plugins),
            options={**loaded.config.driver, "interface": wishes.interface, "domain": wishes.domain},
            faults=faults,
            tell=tell,
        )
        twin = named(body.twin, f"the twin of {body.name}")(request)
        try:
            twin.serve(done.is_set)
        finally:
            twin.close()


def _bodies(config: Config, plugins: Plugins) -> Callable[[Embodiment, bool], SimulatedDriver]:
    def make(body: Embodiment, placeable: bool) -> SimulatedDriver:
        # A body to look from needs no legs: the world's first fidelity is the plainest.
        wanted = attrs.evolve(config, fidelity=None, locomotion=None) if placeable else config
        driver = world_from(plugins, wanted, body, _level(config) if placeable else None)
        if not isinstance(driver, SimulatedDriver):
            driver.close()
            raise CapabilityError(f"a twin needs a simulator to live in; the world {config.world!r} is none")
        return driver

    return make


def _level(config: Config) -> Scene | None:
    """Return the configured scene without its stairs, where it has any: without legs nobody looks from them."""
    scene = load_scene(config.scene) if config.scene is not None else None
    return attrs.evolve(scene, ground=()) if scene is not None and scene.ground else None


@contextlib.contextmanager
def _ended(for_s: float | None) -> Generator[threading.Event]:
    """Give an event that Ctrl-C, SIGTERM or the clock sets."""
    done = threading.Event()

    def end(*_: object) -> None:
        done.set()

    before = {which: signal.signal(which, end) for which in (signal.SIGTERM, signal.SIGINT)}
    timer = threading.Timer(for_s, done.set) if for_s else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield done
    finally:
        if timer:
            timer.cancel()
        for which, handler in before.items():
            signal.signal(which, handler)


@contextlib.contextmanager
def _telling(wishes: Wishes) -> Generator[Tell]:
    """Give the function that says what happens, and writes the trace."""
    start_s, lock = time.monotonic(), threading.Lock()
    with contextlib.ExitStack() as stack:
        trace: IO[str] | None = None
        if wishes.trace is not None:
            try:
                trace = stack.enter_context(wishes.trace.open("w", encoding="utf-8", buffering=1))
            except OSError as error:
                raise OutputError(f"the trace {wishes.trace} can't be written: {error.strerror}") from error

        def tell(name: str, facts: Mapping[str, Any]) -> None:
            line = {"time_s": round(time.monotonic() - start_s, 4), "event": name, **facts}
            with lock:
                if trace is not None:
                    trace.write(json.dumps(line) + "\n")
                if name != TICK:
                    click.echo(json.dumps(line) if wishes.as_json else _sentence(line))
                    sys.stdout.flush()

        yield tell


def _sentence(line: Mapping[str, Any]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in line.items() if name not in ("time_s", "event"))
    return f"{line['time_s']:8.2f}  {line['event']}" + (f": {facts}" if facts else "")
