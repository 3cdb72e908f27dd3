"""How bodies move in a world: the way the frame says, as far as the state says, and never through a wall."""

from __future__ import annotations

import math
from collections.abc import Iterator

from navila_sdk.geometry import Twist
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check
from navila_sdk.testing.conformance.worlds.place import WALL_AHEAD_M, Place, driven, let_pass, walled
from navila_sdk.world import SimulatedDriver

_LEAST, _HELD = 0.25, 0.5
_PUSH_S = 2.0


def _sign(place: Place, part: str, twist: Twist, meaning: str) -> Iterator[Finding]:
    asked = twist.as_tuple()[("x_m", "y_m", "yaw_rad").index(part)]
    if asked == 0:
        yield Skip("the body can't")
        return
    with place.driver() as made:
        value = getattr(driven(made, twist, 1.0), part)
        if value * asked <= 0 or abs(value) < _LEAST * abs(asked):
            expected = f"the sign of {asked:+g}, and at least {_LEAST:.0%} of it: {meaning}"
            yield Fault(f"{part} after 1 s of {twist}", f"{value:+.3f}", expected, place.code(made))


@check("forward-is-plus-x", "stands", "time-passes", "starts-at-origin")
def forward(place: Place) -> Iterator[Finding]:
    """Driving forward increases the odometry's x."""
    yield from _sign(place, "x_m", Twist(place.forward_mps), "forward is +x")


@check("left-is-plus-y", "stands", "time-passes", "starts-at-origin")
def left(place: Place) -> Iterator[Finding]:
    """Driving left increases the odometry's y."""
    speed = min(place.body.mapping.lateral_mps, place.body.limits.vy_max_mps)
    yield from _sign(place, "y_m", Twist(0.0, speed), "left is +y")


@check("left-turn-is-plus-yaw", "stands", "time-passes", "starts-at-origin")
def left_turn(place: Place) -> Iterator[Finding]:
    """Turning left increases the odometry's yaw."""
    rate = min(place.body.mapping.turn_radps, place.body.limits.wz_max_radps)
    yield from _sign(place, "yaw_rad", Twist(0.0, 0.0, rate), "a left turn is positive yaw, in radians")


@check("body-frame", "forward-is-plus-x", "left-turn-is-plus-yaw")
def body_frame(place: Place) -> Iterator[Finding]:
    """Forward is forward of the body, whichever way it has turned."""
    rate = min(place.body.mapping.turn_radps, place.body.limits.wz_max_radps)
    with place.driver() as made:
        driven(made, Twist(0.0, 0.0, rate), 1.6 / rate)
        driven(made, Twist(), place.settle_s)
        moved = driven(made, Twist(place.forward_mps), 1.5)
        if moved.x_m <= 0 or abs(moved.y_m) > abs(moved.x_m) / 2:
            value = f"{moved.x_m:+.3f} m ahead and {moved.y_m:+.3f} m to the left"
            expected = "ahead: twists are in the body frame"
            yield Fault("forward, after a quarter turn left", value, expected, place.code(made))


@check("holds-command", "forward-is-plus-x")
def holds(place: Place) -> Iterator[Finding]:
    """A command holds until the next one."""
    with place.driver() as made:
        driven(made, Twist(place.forward_mps), place.settle_s)
        once = driven(made, Twist(place.forward_mps), 1.0, resend=False)
        if once.x_m < _HELD * place.forward_mps:
            value = f"{once.x_m:.3f} m in 1 s"
            expected = f"at least {_HELD * place.forward_mps:.2f} m: it's held until the next send()"
            yield Fault("after one send()", value, expected, place.code(made))


@check("measured-twist", "forward-is-plus-x", "left-turn-is-plus-yaw")
def measured(place: Place) -> Iterator[Finding]:
    """The state's twist is the motion there is: m/s and rad/s, in the body frame."""
    rate = min(place.body.mapping.turn_radps, place.body.limits.wz_max_radps)
    for part, twist in (("vx_mps", Twist(place.forward_mps)), ("wz_radps", Twist(0.0, 0.0, rate))):
        with place.driver() as made:
            driven(made, twist, place.settle_s)
            moved = driven(made, twist, 1.0)
            real = moved.x_m if part == "vx_mps" else moved.yaw_rad
            told = getattr(made.state().twist, part)
            if abs(told - real) > max(0.35 * abs(real), 0.1):
                value, expected = f"{told:+.3f}", f"about {real:+.3f}, what it moved in the last second"
                yield Fault(f"state().twist.{part}", value, expected, place.code(made, "state"))


@check("true-pose", "forward-is-plus-x", "left-turn-is-plus-yaw", "body-frame")
def true_pose(place: Place) -> Iterator[Finding]:
    """The true pose, seen from the scene's start, is where odometry without noise believes the body to be."""
    with place.driver() as made:
        if not isinstance(made, SimulatedDriver):
            yield Skip("the world isn't simulated")
            return
        driven(made, Twist(place.forward_mps, 0.0, 0.4), 2.0)
        odometry, true = made.state().pose, made.scene.start.relative(made.true_pose())
        off_rad = abs(odometry.relative(true).yaw_rad)
        if odometry.distance_m(true) > 0.1 or off_rad > 0.1:
            value, expected = f"{true} from the start", f"odometry's {odometry}"
            yield Fault("true_pose()", value, expected, place.code(made, "true_pose"))


@check("walls-block", "forward-is-plus-x", "true-pose?")
def walls(place: Place) -> Iterator[Finding]:
    """No body drives through a wall."""
    scene = walled(place.body)
    with place.driver(scene=scene) as made:
        limit_m = WALL_AHEAD_M + 0.15
        driven(made, Twist(place.forward_mps), WALL_AHEAD_M / place.forward_mps + _PUSH_S)
        ahead_m = (
            scene.start.relative(made.true_pose()).x_m if isinstance(made, SimulatedDriver) else made.state().pose.x_m
        )
        if ahead_m > limit_m or not math.isfinite(ahead_m):
            value = f"{ahead_m:.2f} m ahead of the start"
            expected = f"at most {WALL_AHEAD_M:.2f} m, where the body's front meets the wall"
            yield Fault("driving against a wall", value, expected, place.code(made))
        let_pass(made, 0.1)
