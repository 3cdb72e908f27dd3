"""Robots with one fault each fail exactly the check for it, and the message says where to mend it."""

from __future__ import annotations

import numpy as np
import pytest

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.locomotion.card import CommandRange, Servo
from navila_sdk.locomotion.controller import JointTargets
from navila_sdk.testing.conformance import Status, check_embodiment, examine_embodiment
from navila_sdk.testing.conformance.embodiments import policies
from tests.conformance.rover import write_rover

FINER = HeightMapSpec(x_min_m=-0.4, x_max_m=0.4, y_min_m=-0.3, y_max_m=0.3, resolution_m=0.05, offset_m=0.12)
JOINT = Servo(default_rad=0.0, kp=1.0, kd=1.0)
NO_REVERSE = CommandRange(vx_mps=(0.0, 0.8), vy_mps=(0.0, 0.0), wz_radps=(-1.5, 1.5))
TOP = "import math\n"
THREAD = "import threading\nthreading.Thread(target=int).start()\n"

# The check it fails, changes in the record's text, what is wrong with its policy, and words of the message.
FAULTS = {
    "another name": ("loads", [('name="NAME"', 'name="other"')], {}, "'other'"),
    "a vendor's SDK": ("imports-light", [(TOP, f"{TOP}import vendor_sdk\n")], {}, "vendor_sdk"),
    "a file written": ("touches-nothing", [(TOP, f"{TOP}open(__file__ + '.log', 'w').close()\n")], {}, ".log"),
    "a thread": ("touches-nothing", [(TOP, TOP + THREAD)], {}, "Thread"),
    "no title": ("explained", [('title="A rover with two wheels"', 'title=" "')], {}, "title"),
    "no docstring": ("explained", [('"""A rover with two wheels."""\n', "")], {}, "docstring"),
    "a source for nothing": ("sources", [('"": "chosen', '"limit.vx": "typo", "": "chosen')], {}, "limit.vx"),
    "numbers without a source": ("sources", [('"": "chosen', '"limits": "chosen')], {}, "camera.hfov_rad"),
    "it can't stop": ("verbs", [(", Verb.STOP}", "}")], {}, "'stop'"),
    "no such model": ("files", [("NAME:wheels.xml", "NAME:wheel.xml")], {}, "wheel.xml"),
    "no such driver": ("files", [('    model="', '    driver="no_such:thing",\n    model="')], {}, "no_such:thing"),
    "steps without speed": ("limits", [(", Verb.STOP}", ", Verb.STEP_LEFT, Verb.STOP}")], {}, "vy_max_mps"),
    "degrees per second": ("limits", [("wz_max_radps=1.5", "wz_max_radps=86.0")], {}, "86"),
    "faster than allowed": ("mapping", [("forward_mps=0.5", "forward_mps=0.9")], {}, "0.9"),
    "a dead band over the speed": ("mapping", [("forward_mps=0.5", "forward_mps=0.5, min_turn_radps=0.7")], {}, "0.7"),
    "taller legs than body": ("shape", [("base_height_m=0.12", "base_height_m=12.0")], {}, "12"),
    "degrees": ("cameras", [("math.radians(90)", "90.0")], {}, "radians"),
    "a camera beside the body": ("cameras", [("x_m=0.1, z_m=0.45", "x_m=1.1, z_m=0.45")], {}, "1.1"),
    "a LiDAR in degrees": ("lidar", [("elevations_rad=(0.0,)", "elevations_rad=(-15.0, 0.0)")], {}, "-15"),
    "cells that don't fit": ("height-map-spec", [("resolution_m=0.1,", "resolution_m=0.15,")], {}, "5.33333"),
    "a map in centimetres": ("height-map-adapter", [("offset_m=0.12", "offset_m=12.0")], {}, "the bump at []"),
    "another grid than the policy's": ("height-map-policy", [], {"height_map": FINER}, "resolution_m"),
    "joints of another body": ("policies", [], {"joints": {"hip": JOINT, "knee": JOINT}}, "hip, knee"),
    "a policy that overflows": ("policies-finite", [], {"odd": 3e38}, "NaN or infinity"),
    "a rate physics can't keep": ("connects", [], {"rate_hz": 60.0}, "60 Hz"),
    "a policy that creeps": ("stops", [], {"creep": 1.5}, "after drive(0)"),
    "wheels that run backwards": ("forward-is-plus-x", [], {"forward": -1.0}, "forward is +x"),
    "wheels that are swapped": ("left-turn-is-plus-yaw", [], {"turn": -1.0}, "positive yaw"),
    "a policy without reverse": ("verbs-reach", [], {"commands": NO_REVERSE}, "move backward"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_own_check(fault, name, on, tmp_path):
    (tmp_path / "vendor_sdk.py").write_text("")
    check, changes, policy, words = FAULTS[fault]
    write_rover(tmp_path, name, *changes, **policy)
    report = check_embodiment(name, on=on(f"{name}={name}:embodiment"))
    assert [result.check for result in report.failed] == [check], str(report)
    (fault, *_) = report.failed[0].faults
    assert words in str(fault)
    assert fault.value
    assert fault.expected
    assert f"{name}/__init__.py" in fault.mend


def test_a_sound_robot_passes(name, on, tmp_path):
    write_rover(tmp_path, name)
    report = check_embodiment(name, on=on(f"{name}={name}:embodiment"))
    assert report.ok, str(report)
    skipped = {result.check for result in report.results if result.status is Status.SKIPPED}
    assert skipped == {"left-is-plus-y", "policies-walk"}


def test_the_message_points_at_the_line(name, on, tmp_path):
    write_rover(tmp_path, name, ("forward_mps=0.5", "forward_mps=0.9"))
    report = check_embodiment(name, on=on(f"{name}={name}:embodiment"))
    file, _, line = report.failed[0].faults[0].mend.rpartition(":")
    assert "forward_mps=0.9" in (tmp_path / name / "__init__.py").read_text().splitlines()[int(line) - 1]
    assert file.endswith(f"{name}/__init__.py")


def test_pictures_of_another_size(name, on, tmp_path):
    write_rover(tmp_path, name)
    bench = on(f"{name}={name}:embodiment", sets=("worlds.mujoco.picture_px=[10, 8]",))
    report = check_embodiment(name, on=bench)
    assert [result.check for result in report.failed] == ["camera-frame"], str(report)
    assert "(8, 10, 3)" in str(report)


def test_motion_that_differs_each_time(name, on, tmp_path):
    write_rover(tmp_path, name)
    (tmp_path / "dice.py").write_text(
        "import attrs, os\nfrom navila_sdk.world import WorldRecord\n"
        "def make(request):\n    import navila_mujoco\n"
        "    options = {'command_noise': 0.05}\n"
        "    seed = int.from_bytes(os.urandom(4), 'big')\n"
        "    return navila_mujoco.make(attrs.evolve(request, seed=seed, options=options))\n"
        "record = WorldRecord(name='dice', make=make, summary='never the same')\n"
    )
    bench = on(f"{name}={name}:embodiment", "dice=dice:record")
    report = check_embodiment(name, on=bench, world="dice")
    assert [result.check for result in report.failed] == ["deterministic"], str(report)


def test_a_controller_that_lets_nan_through(name, on, tmp_path, monkeypatch):
    write_rover(tmp_path, name)
    monkeypatch.setattr(policies.LocomotionController, "step", lambda *_: JointTargets(np.full(2, np.nan)))
    kit = examine_embodiment(name, on=on(f"{name}={name}:embodiment"))
    result = kit.result("nan-policy-stops")
    assert result.status is Status.FAILED
    assert "ObservationError" in result.text


def test_without_its_world_the_body_is_only_read(name, on, tmp_path):
    write_rover(tmp_path, name)
    report = check_embodiment(name, on=on(f"{name}={name}:embodiment"), world="nowhere")
    assert report.ok, str(report)
    moving = next(result for result in report.results if result.check == "verbs-reach")
    assert moving.status is Status.SKIPPED
    assert "'nowhere' isn't installed" in moving.why
