"""Before Isaac runs: what is missing is told, what it takes over is kept, and nothing of it is imported."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import types
from typing import ClassVar

import navila_isaac
import pytest
from navila_go2 import embodiment as go2
from navila_isaac import app, requirements
from navila_isaac.faults import NoGpuError
from navila_isaac.requirements import Machine

from navila_sdk.errors import ConfigError, MissingDependencyError, NavilaError
from navila_sdk.world import WorldRequest

GOOD = Machine(
    python=(3, 11),
    version=lambda name: "2.3.2.post1" if name == "isaaclab" else None,
    has_simulator=lambda: True,
    has_gpu=lambda: True,
)
SETTINGS = app.AppSettings("cuda:0", headless=True, fast_shutdown=False)


def machine(**changes):
    values = {name: getattr(GOOD, name) for name in ("python", "version", "has_simulator", "has_gpu")}
    return Machine(**{**values, **changes})


def test_a_machine_with_everything_will_do():
    requirements.check(GOOD)
    requirements.check(machine(version=lambda name: "0.54.2"))


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"python": (3, 12)}, MissingDependencyError, r"Python 3\.11 only; this is Python 3\.12"),
        ({"version": lambda name: None}, MissingDependencyError, "isn't installed: pip install"),
        ({"version": lambda name: "2.2.0"}, MissingDependencyError, r"2\.2\.0 is installed"),
        ({"version": lambda name: "3.0.0"}, MissingDependencyError, r"3\.0\.0 is installed"),
        ({"has_simulator": lambda: False}, MissingDependencyError, "without Isaac Sim"),
        ({"has_gpu": lambda: False}, NoGpuError, "no driver"),
    ],
)
def test_what_is_missing_is_told(changes, error, said):
    with pytest.raises(error, match=said):
        requirements.check(machine(**changes))


@pytest.mark.skipif(requirements.Machine().version("isaaclab") is not None, reason="Isaac Lab is installed here")
def test_without_isaac_a_world_says_so():
    with pytest.raises(MissingDependencyError, match="the world 'isaac' needs Isaac Lab"):
        navila_isaac.record.make(WorldRequest(go2, "empty"))


def test_wrong_options_are_told_before_isaac_is_looked_for():
    with pytest.raises(ConfigError, match="no_such"):
        navila_isaac.record.make(WorldRequest(go2, "empty", options={"no_such": 1}))


def test_the_record_and_the_plans_import_nothing_of_isaac():
    code = """
import sys
import navila_isaac
assert not [name for name in sys.modules if name.startswith("navila_isaac.")], "the record is all"
from navila_isaac.build import prepare
from navila_go2 import embodiment
from navila_sdk.world import WorldRequest
prepare(WorldRequest(embodiment, "apartment:7"))
found = {"isaaclab", "isaacsim", "omni", "pxr", "torch", "mujoco"} & set(sys.modules)
assert not found, found
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# -- the launcher ---------------------------------------------------------------------------------------


class Launcher:
    """What Isaac Lab's launcher does to a process: handlers of its own, and the standard output reset."""

    made: ClassVar[list] = []

    def __init__(self, arguments):
        Launcher.made.append(arguments)
        signal.signal(signal.SIGTERM, lambda *_: None)
        sys.stdout = sys.__stdout__
        self.app = object()


@pytest.fixture
def launcher(monkeypatch):
    package, module = types.ModuleType("isaaclab"), types.ModuleType("isaaclab.app")
    module.AppLauncher = Launcher
    monkeypatch.setitem(sys.modules, "isaaclab", package)
    monkeypatch.setitem(sys.modules, "isaaclab.app", module)
    monkeypatch.setattr(app, "_running", None)
    monkeypatch.setattr(app, "_native_output_to_errors", lambda: None)
    monkeypatch.setattr(app.atexit, "register", lambda call: None)
    monkeypatch.setattr(Launcher, "made", [])
    return Launcher


def test_it_is_started_once_with_cameras_on(launcher):
    app.ensure_app(SETTINGS)
    app.ensure_app(SETTINGS)
    assert launcher.made == [
        {"device": "cuda:0", "headless": True, "enable_cameras": True, "fast_shutdown": False},
    ]


def test_signals_and_output_stay_ours(launcher):
    before, out = signal.getsignal(signal.SIGTERM), sys.stdout
    app.ensure_app(SETTINGS)
    assert signal.getsignal(signal.SIGTERM) is before
    assert sys.stdout is out


def test_its_settings_cannot_change(launcher):
    app.ensure_app(SETTINGS)
    with pytest.raises(ConfigError, match="can't be changed"):
        app.ensure_app(app.AppSettings("cpu", headless=True, fast_shutdown=False))


def test_it_is_started_from_the_main_thread(launcher):
    caught: list[NavilaError] = []

    def start():
        try:
            app.ensure_app(SETTINGS)
        except NavilaError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])
    assert not launcher.made


def test_the_standard_output_belongs_to_python():
    """Isaac's native log must not stand between the lines of ``--json``."""
    code = """
import os, sys
from navila_isaac.app import undisturbed
print("before")
with undisturbed():
    os.write(1, b"native\\n")
    sys.stdout = sys.__stdout__
os.write(1, b"native, later\\n")
print("after")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "before\nafter\n"
    assert done.stderr == "native\nnative, later\n"


def test_a_world_still_open_at_the_end_is_closed_before_isaac():
    code = """
import atexit, sys, types, weakref
atexit.register(lambda: print("isaac closes"))
launcher = types.ModuleType("isaaclab.app")
launcher.AppLauncher = lambda arguments: types.SimpleNamespace(app=None)
sys.modules["isaaclab"], sys.modules["isaaclab.app"] = types.ModuleType("isaaclab"), launcher
from navila_isaac import app
app.ensure_app(app.AppSettings("cpu", True, False))
class World:
    closed = False
    def close(self):
        print("the world closes")
world = World()
app.claim(world)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "the world closes\nisaac closes\n"
