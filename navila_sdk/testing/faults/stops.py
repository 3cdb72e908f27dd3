"""Stops asked for, in every state the loop can be in: each latches, and a release sets nothing in motion."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from navila_sdk.events import ActionEnded, Event, Observed
from navila_sdk.observation import RangeScan, RobotState
from navila_sdk.planner import Plan
from navila_sdk.testing.faults.minds import late_plan
from navila_sdk.testing.faults.values import Fault

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial

_STOPPED = ("e-stopped",)


def _estop(trial: Trial) -> None:
    if not trial.once:
        # What is measured begins when it's pressed, whenever that is.
        trial.once, trial.began_s = True, trial.driver.now_s
        trial.robot.estop("a person pressed it")


def _release(trial: Trial) -> None:
    trial.robot.reset_estop()


def _estop_and_release(trial: Trial) -> None:
    _estop(trial)
    _release(trial)


def _estop_at(trial: Trial, kind: type[Event]) -> None:
    def press(event: Event) -> None:
        if isinstance(event, kind):
            _estop(trial)

    trial.robot.listen(press)
    trial.cure.append(lambda: trial.robot.unlisten(press))


def _at_action_end(trial: Trial) -> None:
    _estop_at(trial, ActionEnded)


def _at_question(trial: Trial) -> None:
    _estop_at(trial, Observed)


def _thinking(trial: Trial) -> Plan:
    trial.wait(0.3)
    _estop(trial)
    return late_plan(trial)


def _wall_then_press(state: RobotState, trial: Trial) -> RobotState:
    verdict, scan = trial.robot.verdict, state.scan
    if verdict is not None and verdict.stage == "zones":
        _estop(trial)
    if scan is None:
        return state
    ranges = np.where(np.abs(scan.bearing_rad) < 0.5, 0.36, scan.range_m)
    return attrs.evolve(state, scan=RangeScan(scan.bearing_rad, ranges, scan.time_s))


def _cancel(trial: Trial) -> None:
    trial.robot.cancel()


def _interrupt(_: Trial) -> None:
    signal.raise_signal(signal.SIGINT)


def _pressed(name: str, what: str, **how: Any) -> Fault:  # noqa: ANN401 - fields of a fault
    return Fault(id=name, what=what, over=_release, ends=_STOPPED, **how)


STOPS = (
    _pressed("estop-moving", "e-stop while it walks", begin=_estop),
    _pressed("estop-turning", "e-stop while it turns", begin=_estop, first=("turn left 180 degrees", "stop")),
    _pressed("estop-first", "e-stop before it has moved", begin=_estop, at_once=True),
    _pressed("estop-between", "e-stop as an action ends", begin=_at_action_end),
    _pressed("estop-asking", "e-stop as the planner is asked", begin=_at_question),
    _pressed("estop-thinking", "e-stop while the planner thinks", plan=_thinking, real_time=True),
    _pressed("estop-held", "e-stop before an obstacle", state=_wall_then_press),
    Fault(
        id="estop-released",
        what="e-stop, released at once: the episode ends all the same",
        begin=_estop_and_release,
        ends=_STOPPED,
    ),
    Fault(id="cancel", what="the episode is cancelled", begin=_cancel, ends=("cancelled",)),
    Fault(id="interrupt", what="Ctrl-C", begin=_interrupt, ends=("interrupted",)),
)
