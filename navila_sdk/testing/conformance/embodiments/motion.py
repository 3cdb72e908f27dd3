"""The body alive: it connects and lets go, moves the way its frame says, stops, and does what each verb means."""

from __future__ import annotations

import math
from collections.abc import Iterator

from navila_sdk.actions import (
    Action,
    MoveBackward,
    MoveForward,
    StepLeft,
    StepRight,
    Stop,
    TurnLeft,
    TurnRight,
    Verb,
    Wait,
)
from navila_sdk.execution.outcome import Outcome
from navila_sdk.geometry import ZERO_TWIST, Twist, wrap_angle
from navila_sdk.testing.conformance.embodiments.body import Body, driven
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check

TOLERANCE_M, TOLERANCE_RAD = 0.06, math.radians(5)
"""How far off an action may end: what the executor counts as reached (5 cm, 3 degrees), and a little sway."""
SLACK_TICKS = 15
_STILL_MPS, _STILL_RADPS = 0.06, 0.12
_LEAST = 0.25
ACTIONS: dict[Verb, Action] = {
    Verb.MOVE_FORWARD: MoveForward(0.5),
    Verb.MOVE_BACKWARD: MoveBackward(0.3),
    Verb.TURN_LEFT: TurnLeft.degrees(45),
    Verb.TURN_RIGHT: TurnRight.degrees(45),
    Verb.STEP_LEFT: StepLeft(0.3),
    Verb.STEP_RIGHT: StepRight(0.3),
    Verb.WAIT: Wait(0.5),
    Verb.STOP: Stop(),
}


@check(
    "connects",
    "limits",
    "shape",
    "cameras",
    "lidar",
    "files",
    "policies?",
    "policies-finite?",
    "height-map-spec?",
    "height-map-policy?",
)
def connects(body: Body) -> Iterator[Finding]:
    """The body comes alive in its world, can be closed twice, and comes alive again."""
    if body.world is None:
        yield Skip(f"the world {body.world_name!r} isn't installed")
    for fidelity in body.fidelities:
        for _ in range(2):
            robot = body.connect(fidelity)
            pose = robot.state().pose
            robot.close()
            robot.close()
            if not pose.is_finite or abs(pose.x_m) + abs(pose.y_m) > 0.1:
                yield Fault(f"start ({fidelity})", f"odometry {pose}", "the origin", body.motion_place(fidelity))
                break


@check("stops", "connects")
def stops(body: Body) -> Iterator[Finding]:
    """Told to stop, the body stands within the ticks its limits allow, and stays."""
    limits, mapping = body.record.limits, body.record.mapping
    for fidelity in body.fidelities:
        with body.standing(fidelity) as robot:
            speed = Twist(min(mapping.forward_mps, limits.vx_max_mps), 0.0, 0.0)
            driven(robot, speed, 1.0)
            brake_s = speed.vx_mps / limits.ax_max_mps2 if limits.ax_max_mps2 else 0.0
            ticks = math.ceil((brake_s + mapping.response_s) * body.record.control_hz) + SLACK_TICKS
            driven(robot, ZERO_TWIST, ticks * robot.period_s)
            rest = driven(robot, ZERO_TWIST, 1.0)
        moved_m, turned_rad = math.hypot(rest.x_m, rest.y_m), abs(rest.yaw_rad)
        if moved_m > _STILL_MPS or turned_rad > _STILL_RADPS:
            value = f"{moved_m:.3f} m and {turned_rad:.3f} rad in the second after {ticks} ticks"
            expected = f"at most {_STILL_MPS:g} m and {_STILL_RADPS:g} rad"
            yield Fault(f"after drive(0) ({fidelity})", value, expected, body.motion_place(fidelity, "limits"))


def _sign(body: Body, part: str, twist: Twist) -> Iterator[Finding]:
    names = {"x_m": "forward is +x", "y_m": "left is +y", "yaw_rad": "a left turn is positive yaw"}
    asked = twist.as_tuple()[("x_m", "y_m", "yaw_rad").index(part)]
    for fidelity in body.fidelities:
        with body.standing(fidelity) as robot:
            value = getattr(driven(robot, twist, 1.0), part)
        if value * asked <= 0 or abs(value) < _LEAST * abs(asked):
            what = f"{part} after 1 s of {twist} ({fidelity})"
            expected = f"the sign of {asked:+g} and at least {_LEAST:.0%} of it: {names[part]}"
            yield Fault(what, f"{value:+.3f}", expected, body.motion_place(fidelity))


@check("forward-is-plus-x", "stops", "mapping")
def forward(body: Body) -> Iterator[Finding]:
    """Driving forward increases x."""
    if Verb.MOVE_FORWARD not in body.record.verbs:
        yield Skip("the body doesn't declare 'move forward'")
        return
    yield from _sign(body, "x_m", Twist(body.record.mapping.forward_mps))


@check("left-is-plus-y", "stops", "mapping")
def left(body: Body) -> Iterator[Finding]:
    """Driving left increases y."""
    if Verb.STEP_LEFT not in body.record.verbs:
        yield Skip("the body doesn't declare 'step left'")
        return
    yield from _sign(body, "y_m", Twist(0.0, body.record.mapping.lateral_mps))


@check("left-turn-is-plus-yaw", "stops", "mapping")
def left_turn(body: Body) -> Iterator[Finding]:
    """Turning left increases yaw."""
    if Verb.TURN_LEFT not in body.record.verbs:
        yield Skip("the body doesn't declare 'turn left'")
        return
    yield from _sign(body, "yaw_rad", Twist(0.0, 0.0, body.record.mapping.turn_radps))


@check("refuses-nan", "stops")
def refuses_nan(body: Body) -> Iterator[Finding]:
    """A command that isn't a number is a stop."""
    for fidelity in body.fidelities:
        with body.standing(fidelity) as robot:
            sent = robot.drive(Twist(math.nan))
            rest = driven(robot, Twist(math.nan), 0.5)
        if not sent.is_zero or not rest.is_finite or math.hypot(rest.x_m, rest.y_m) > _STILL_MPS:
            value = f"sent {sent}, moved {rest}"
            yield Fault(f"drive(NaN) ({fidelity})", value, "zero sent, nothing moved", body.motion_place(fidelity))


@check("verbs-reach", "stops", "mapping", "verbs", "forward-is-plus-x?", "left-is-plus-y?", "left-turn-is-plus-yaw?")
def reach(body: Body) -> Iterator[Finding]:
    """Every declared verb is carried out, and ends where it means: within 6 cm and 5 degrees."""
    for fidelity in body.fidelities:
        with body.standing(fidelity) as robot:
            for verb in sorted(body.record.verbs):
                action, start = ACTIONS[verb], robot.state().pose
                outcome = robot.execute(action)
                robot.stand(0.3)
                got, meant = start.relative(robot.state().pose), action.displacement()
                off_m = math.hypot(got.x_m - meant.x_m, got.y_m - meant.y_m)
                off_rad = abs(wrap_angle(got.yaw_rad - meant.yaw_rad))
                if outcome is not Outcome.REACHED or off_m > TOLERANCE_M or off_rad > TOLERANCE_RAD:
                    value = f"{outcome}, {off_m:.3f} m and {math.degrees(off_rad):.1f} degrees off"
                    expected = f"reached, within {TOLERANCE_M:g} m and {math.degrees(TOLERANCE_RAD):g} degrees"
                    mend = body.motion_place(fidelity, "mapping")
                    yield Fault(f"{str(action)!r} ({fidelity})", value, expected, mend)
