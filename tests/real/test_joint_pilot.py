"""Up from the floor or the gantry, walking by a policy of ours, damped: in physics and simulated time."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from navila_sdk.geometry import Twist
from navila_sdk.hardware.joint_pilot import BLIND_S, Stage
from tests.real.lockstep import LockStep


@pytest.mark.parametrize("robot", ["go2", "h1"])
def test_up_and_away_and_down(robot: str) -> None:
    live = LockStep(robot)
    low_m = live.world.base_m()[2]
    told = live.fly(5.5)
    assert live.pilot.stage is Stage.WALKING, live.pilot.trouble
    stiffness = [drive.stiffness for drive in told[:25]]
    assert stiffness == sorted(stiffness), "it stiffens gradually"
    assert stiffness[0] < 0.1 * stiffness[-1]
    stood_m = live.world.base_m()[2]
    assert stood_m == pytest.approx(live.pilot.card.base_height_m, abs=0.08)
    assert robot == "h1" or stood_m > low_m + 0.15, "it got up from the floor"
    live.fly(1.0, Twist(0.4))
    begun = live.pose()
    live.fly(3.0, Twist(0.4))
    gone = begun.relative(live.pose())
    assert gone.x_m == pytest.approx(1.2, abs=0.15)
    assert abs(gone.y_m) < 0.15
    begun = live.pose()
    live.fly(2.0, Twist(0.0, 0.0, 0.5))
    assert begun.relative(live.pose()).yaw_rad == pytest.approx(1.0, abs=0.2)
    drive = live.pilot.give_up("asked")
    assert drive.stiffness == 0.0
    assert (drive.kd > 0).all()
    live.fly(1.5)
    assert live.world.base_m()[2] < stood_m - 0.1, "it sinks down"
    assert live.pilot.trouble == "asked"


def test_a_policy_that_sees_climbs() -> None:
    live = LockStep("go2", "vision", "terrain:kerbs")
    live.fly(4.6)
    live.fly(3.0, Twist(0.5))
    highest_m = float(live.world.base_m()[2])
    live.fly(1.0, Twist(0.5))
    assert max(highest_m, float(live.world.base_m()[2])) > live.pilot.card.base_height_m + 0.03
    assert not live.pilot.trouble
    assert not live.pilot.blocked


def test_a_policy_that_sees_stands_where_it_sees_nothing() -> None:
    live = LockStep("go2", "vision")
    live.fly(4.6)
    begun = live.pose()
    live.fly(BLIND_S / 2, Twist(0.5), blind=True)
    assert not live.pilot.blocked
    live.fly(BLIND_S, Twist(0.5), blind=True)
    assert live.pilot.blocked == "no height map; its policy walks only on ground it sees"
    assert live.pilot.stage is Stage.WALKING, "standing isn't falling"
    assert begun.distance_m(live.pose()) < 0.1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"position_rad": np.full(12, np.nan)}, "no finite position_rad"),
        ({"angular_radps": np.array([0, np.inf, 0])}, "no finite angular_radps"),
        ({"wxyz": np.array([1.0, 0.5, 0, 0])}, "unit quaternion"),
        ({"wxyz": np.array([0.8, 0.6, 0, 0])}, "it fell: tilted 1.29 rad, limit 0.80"),
    ],
    ids=["joints", "gyro", "length", "tilt"],
)
def test_what_cant_be_flown_by_is_damped_for_good(wrong: dict[str, np.ndarray], words: str) -> None:
    live = LockStep("go2")
    live.fly(0.2)
    drive = live.pilot.tick(attrs.evolve(live.senses(), **wrong), Twist(), None)
    assert drive.stiffness == 0.0
    assert words in live.pilot.trouble
    assert live.pilot.tick(live.senses(), Twist(0.5), None).stiffness == 0.0, "nothing resumes by itself"
    assert live.pilot.stage is Stage.DAMPED


def test_a_robot_that_is_held_down_isnt_flown() -> None:
    live = LockStep("go2")
    senses = live.senses()
    held = []
    while not live.pilot.trouble and len(held) < 400:
        held.append(live.pilot.tick(attrs.evolve(senses, time_s=0.02 * len(held)), Twist(), None))
    assert "it didn't get up: " in live.pilot.trouble
    assert "_joint is " in live.pilot.trouble


def test_targets_stay_near_the_joints_ends() -> None:
    live = LockStep("go2")
    ends = live.low.order.ends_rad
    for drive in live.fly(5.0) + live.fly(1.0, Twist(1.0, 0.4, 1.0)):
        assert (drive.position_rad >= ends[:, 0] - 0.31).all()
        assert (drive.position_rad <= ends[:, 1] + 0.31).all()
