"""Worlds with one fault each, made of the sound one, fail exactly the check for it."""

from __future__ import annotations

import pytest

from navila_sdk.testing.conformance import check_world

WORLD = '''"""A world with a fault."""

import attrs
import numpy as np

from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.world import WorldRecord


def make(request):
    """Return a sound driver, broken."""
    import navila_mujoco
    from navila_mujoco.driver import KinematicDriver

    class Broken(KinematicDriver):
        """A driver with a fault."""
{methods}
    {before}
    driver = navila_mujoco.make(request)
    driver.__class__ = Broken
    {after}
    return driver


record = WorldRecord(name="{name}", make=make, summary="a world with a fault")
'''

NO_CLOUD = """class Bare:
        '''A driver without cloud().'''
        step_s, scene = driver.step_s, driver.scene
        state, observe, send, close = driver.state, driver.observe, driver.send, driver.close
        advance, true_pose = driver.advance, driver.true_pose
    return Bare()"""

# The check it fails, the part of the source that is wrong, and words of the message.
FAULTS = {
    "no summary": ("record", {"text": (', summary="a world with a fault"', "")}, "summary"),
    "a simulator at the top": (
        "imports-light",
        {"text": ("import attrs\n", "import attrs\nimport mujoco\n")},
        "mujoco",
    ),
    "a method missing": ("driver", {"after": NO_CLOUD}, "cloud"),
    "no time": ("driver", {"after": "driver.step_s = 0.0"}, "step_s"),
    "no docstring": ("explained", {"text": ('        """A driver with a fault."""\n', "        pass\n")}, "Broken"),
    "options ignored": ("refuses-unknown", {"before": "request = attrs.evolve(request, options={})"}, "no_such_option"),
    "closes once": (
        "closes",
        {"methods": "def close(self):\n    if self._closed: raise RuntimeError('closed already')\n    super().close()"},
        "closed already",
    ),
    "odometry in the scene's frame": (
        "starts-at-origin",
        {
            "methods": "def state(self):\n    return attrs.evolve(super().state(), "
            "pose=self.scene.start.compose(super().state().pose))"
        },
        "the origin",
    ),
    "zero is no command": (
        "stands",
        {"methods": "def send(self, twist):\n    super().send(twist if not twist.is_zero else self._command)"},
        "after send(0)",
    ),
    "NaN is full speed": (
        "refuses-nan",
        {"methods": "def send(self, twist):\n    super().send(twist if twist.is_finite else Twist(0.5))"},
        "nan",
    ),
    "a slow clock": (
        "time-passes",
        {"methods": "def state(self):\n    return attrs.evolve(super().state(), time_s=super().state().time_s / 2)"},
        "step_s",
    ),
    "half a picture": (
        "camera-frame",
        {
            "methods": "def observe(self):\n    f = super().observe()\n    return attrs.evolve(f, "
            "rgb=f.rgb[:, ::2], depth_m=None)"
        },
        "(6, 4, 3)",
    ),
    "depth behind the camera": (
        "camera-frame",
        {"methods": "def observe(self):\n    f = super().observe()\n    return attrs.evolve(f, depth_m=-f.depth_m)"},
        "depth_m",
    ),
    "a frozen camera": (
        "fresh-frames",
        {
            "methods": "first = None\ndef observe(self):\n    self.first = self.first or super().observe()\n"
            "    return self.first"
        },
        "age of observe()",
    ),
    "double points": (
        "cloud",
        {
            "methods": "def cloud(self):\n    c = super().cloud()\n    return attrs.evolve(c, "
            "points_m=c.points_m.astype(float))"
        },
        "float64",
    ),
    "a blind scan": (
        "scan",
        {
            "methods": "def state(self):\n    s = super().state()\n"
            "    return attrs.evolve(s, scan=attrs.evolve(s.scan, range_m=s.scan.range_m * np.nan))"
        },
        "NaN",
    ),
    "backwards": (
        "forward-is-plus-x",
        {"methods": "def send(self, t):\n    super().send(Twist(-t.vx_mps, t.vy_mps, t.wz_radps))"},
        "forward is +x",
    ),
    "right is left": (
        "left-is-plus-y",
        {"methods": "def send(self, t):\n    super().send(Twist(t.vx_mps, -t.vy_mps, t.wz_radps))"},
        "left is +y",
    ),
    "clockwise": (
        "left-turn-is-plus-yaw",
        {"methods": "def send(self, t):\n    super().send(Twist(t.vx_mps, t.vy_mps, -t.wz_radps))"},
        "positive yaw",
    ),
    "twists in the world's frame": (
        "body-frame",
        {
            "methods": "def advance(self):\n    kept = self._command\n"
            "    v = Pose2(yaw_rad=-self._pose.yaw_rad).compose(Pose2(kept.vx_mps, kept.vy_mps))\n"
            "    self._command = Twist(v.x_m, v.y_m, kept.wz_radps)\n    super().advance()\n    self._command = kept"
        },
        "the body frame",
    ),
    "a command for one step": (
        "holds-command",
        {"methods": "def advance(self):\n    super().advance()\n    self._command = ZERO_TWIST"},
        "held until the next send()",
    ),
    "degrees per second": (
        "measured-twist",
        {
            "methods": "def state(self):\n    s = super().state()\n"
            "    return attrs.evolve(s, twist=Twist(s.twist.vx_mps, s.twist.vy_mps, s.twist.wz_radps * 57.3))"
        },
        "wz_radps",
    ),
    "a mirrored truth": (
        "true-pose",
        {
            "methods": "def true_pose(self):\n    p = self.scene.start.relative(super().true_pose())\n"
            "    return self.scene.start.compose(Pose2(p.x_m, -p.y_m, -p.yaw_rad))"
        },
        "odometry's",
    ),
    "walls of air": (
        "walls-block",
        {
            "before": "open_air = lambda scene: scene if isinstance(scene, str) else attrs.evolve(scene, objects=()); "
            "request = attrs.evolve(request, scene=open_air(request.scene))"
        },
        "against a wall",
    ),
    "dice without a seed": (
        "deterministic",
        {
            "before": "import os; request = attrs.evolve(request, seed=int.from_bytes(os.urandom(4), 'big'), "
            "options={**request.options, 'command_noise': 0.03})"
        },
        "the same for one seed",
    ),
}


def source(name: str, methods: str = "", before: str = "", after: str = "", text: tuple[str, str] = ("", "")) -> str:
    indented = "".join(f"\n        {line}" for line in methods.splitlines())
    return WORLD.format(name=name, methods=indented, before=before, after=after).replace(*text)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_own_check(fault, name, on, tmp_path):
    check, parts, words = FAULTS[fault]
    (tmp_path / f"{name}.py").write_text(source(name, **parts), encoding="utf-8")
    report = check_world(name, on=on(f"{name}={name}:record"))
    assert [result.check for result in report.failed] == [check], str(report)
    (found, *_) = report.failed[0].faults
    assert words in str(found)
    assert found.value
    assert found.expected
    assert (f"{name}.py:" if {"methods", "text"} & set(parts) else ".py:") in found.mend


def test_the_sound_one_passes(name, on, tmp_path):
    (tmp_path / f"{name}.py").write_text(source(name), encoding="utf-8")
    report = check_world(name, on=on(f"{name}={name}:record"))
    assert report.ok, str(report)
    assert not [result for result in report.results if result.why]


def test_a_check_can_be_waived_for_a_reason(name, on, tmp_path):
    check, parts, _ = FAULTS["walls of air"]
    (tmp_path / f"{name}.py").write_text(source(name, **parts), encoding="utf-8")
    report = check_world(name, on=on(f"{name}={name}:record"), waived={check: "an open floor"})
    assert report.ok, str(report)
    assert [result.why for result in report.results if result.why] == ["waived: an open floor"]
