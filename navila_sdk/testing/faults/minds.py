"""Planners that break: dead, hung, late, or writing what is no plan. The robot never moves on a plan it hasn't got."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from navila_sdk.actions import MoveForward, Stop
from navila_sdk.grammar import Unparsed
from navila_sdk.planner import Plan
from navila_sdk.testing.faults.values import Fault

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial

_HANGS_S = 1.6
_LATE_S = 0.8


def _dead(_: Trial) -> Plan:
    raise ConnectionError("the planner's process is gone")


def _leaves(_: Trial) -> Plan:
    raise SystemExit(1)


def _hung(trial: Trial) -> Plan:
    trial.wait(_HANGS_S)
    return Plan((MoveForward(0.75),))


def late_plan(trial: Trial) -> Plan:
    """Return a short move after a while, then a stop."""
    trial.wait(_LATE_S)
    trial.answers += 1
    return Plan((MoveForward(0.25) if trial.answers == 1 else Stop(),))


def _garbage(_: Trial) -> Plan:
    text = "I am a teapot \x00\ufffd 12"
    return Plan((), raw=text, unparsed=Unparsed(text, "no action in it", (0, len(text))))


def _no_plan(_: Trial) -> Plan:
    return cast("Plan", cast("Any", "move forward"))


def _nan(_: Trial) -> Plan:
    action = MoveForward(0.75)
    # What a planner in C or by pickle could hand over: an amount that never met its check.
    object.__setattr__(action, "distance_m", math.nan)
    return Plan((action,))


MINDS = (
    Fault(id="planner-dead", what="the planner raises", ends=("planner failed",), plan=_dead, finishes=True),
    Fault(id="planner-exits", what="the planner calls sys.exit", ends=("planner failed",), plan=_leaves, finishes=True),
    Fault(
        id="planner-hung",
        what="the planner doesn't answer",
        ends=("planner timed out",),
        plan=_hung,
        real_time=True,
        finishes=True,
    ),
    Fault(
        id="planner-late",
        what="every plan comes 0.8 s late: it stands and waits",
        ends=("stopped",),
        plan=late_plan,
        real_time=True,
        finishes=True,
    ),
    Fault(id="planner-garbage", what="the planner writes no action", ends=("unparsed",), plan=_garbage, finishes=True),
    Fault(id="planner-no-plan", what="step returns a string", ends=("planner failed",), plan=_no_plan, finishes=True),
    Fault(id="planner-nan", what="an action of NaN metres", ends=("planner failed",), plan=_nan, finishes=True),
)
