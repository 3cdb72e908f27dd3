"""What a world and its driver are: the record, the protocol, what it refuses, and that it lets go."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator

from navila_sdk.errors import NavilaError
from navila_sdk.geometry import ZERO_TWIST, Pose2, Twist
from navila_sdk.observation import RobotState
from navila_sdk.scenes import Scene
from navila_sdk.testing.conformance.common import code_docs, module_docs
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check
from navila_sdk.testing.conformance.worlds.place import Place, driven, let_pass
from navila_sdk.world import Driver, SimulatedDriver

METHODS = ("state", "observe", "cloud", "send", "close", "advance", "true_pose")


@check("record")
def record(place: Place) -> Iterator[Finding]:
    """The record says what the world is, and which fidelities it has."""
    if not place.record.summary.strip():
        yield Fault("summary", "empty", "one line for listings", place.mend("summary"))
    names = place.record.fidelities
    if not names or len(set(names)) < len(names):
        yield Fault("fidelities", repr(names), "one name or more, no name twice", place.mend("fidelities"))


@check("driver", "record")
def driver(place: Place) -> Iterator[Finding]:
    """The world makes a driver; one that is simulated has a step and a scene."""
    made = place.make()
    if not _is_driver(made):
        missing = [name for name in METHODS[:5] if not hasattr(made, name)]
        value = f"{type(made).__name__} without {', '.join(missing)}"
        yield Fault("make(request)", value, "a navila_sdk.world.Driver", place.code(made))
        return
    simulated = [name for name in ("step_s", "scene", "advance", "true_pose") if hasattr(made, name)]
    if isinstance(made, SimulatedDriver):
        if not (math.isfinite(made.step_s) and 0 < made.step_s <= 0.1):
            yield Fault("step_s", f"{made.step_s!r}", "seconds, over 0 to 0.1", place.code(made))
        if not isinstance(made.scene, Scene):  # pyright: ignore[reportUnnecessaryIsInstance]
            yield Fault("scene", f"{type(made.scene).__name__}", "a navila_sdk.scenes.Scene", place.code(made))
    elif simulated:
        missing = sorted({"step_s", "scene", "advance", "true_pose"} - set(simulated))
        value = f"{', '.join(simulated)} without {', '.join(missing)}"
        yield Fault(type(made).__name__, value, "all of SimulatedDriver, or none of it", place.code(made))
    made.close()


@check("explained", "driver")
def explained(place: Place) -> Iterator[Finding]:
    """The module, the driver's class and its methods have docstrings."""
    yield from module_docs(place)
    with place.driver() as made:
        yield from code_docs(type(made), METHODS)


@check("starts-at-origin", "driver")
def starts(place: Place) -> Iterator[Finding]:
    """Odometry begins at the origin, at rest, on the scene's start."""
    made = place.make()
    state = made.state()
    if not isinstance(state, RobotState):  # pyright: ignore[reportUnnecessaryIsInstance]
        yield Fault("state()", type(state).__name__, "RobotState", place.code(made, "state"))
    elif not _near(state.pose, Pose2(), 0.05):
        yield Fault("state().pose at the start", f"{state.pose}", "the origin", place.code(made, "state"))
    if isinstance(made, SimulatedDriver) and not _near(made.true_pose(), made.scene.start, 0.05):
        expected = f"the scene's start, {made.scene.start}"
        yield Fault("true_pose() at the start", f"{made.true_pose()}", expected, place.code(made, "true_pose"))
    made.close()


@check("closes", "driver")
def closes(place: Place) -> Iterator[Finding]:
    """A driver can be closed twice, and the world makes another one afterwards."""
    for _ in range(2):
        made = place.make()
        made.send(Twist(place.forward_mps))
        for time in ("first", "second"):
            try:
                made.close()
            except Exception as error:  # noqa: BLE001 - a plugin's close may raise anything; that is the fault told
                value = f"raised {type(error).__name__}: {error}"
                yield Fault(f"the {time} close()", value, "to let go, or do nothing", place.code(made, "close"))
                return


@check("refuses-nan", "stands", "starts-at-origin")
def refuses_nan(place: Place) -> Iterator[Finding]:
    """A command that isn't a number is refused, or is a stop; it never moves the body."""
    for twist in (Twist(math.nan), Twist(0.0, math.inf), Twist(0.0, 0.0, math.nan)):
        with place.driver() as made:
            with contextlib.suppress(NavilaError):
                made.send(twist)
            let_pass(made, 0.5)
            pose = made.state().pose
            if not pose.is_finite or not _near(pose, Pose2(), 0.06):
                value = f"the body is at {pose}"
                yield Fault(f"send({twist})", value, "a NavilaError, or a body that stands", place.code(made, "send"))


@check("refuses-unknown", "driver")
def refuses_unknown(place: Place) -> Iterator[Finding]:
    """An option, a fidelity or a scene it doesn't know is refused with a NavilaError."""
    asked = {
        "options={'no_such_option': 1}": {"options": {"no_such_option": 1}},
        "fidelity='no-such-fidelity'": {"fidelity": "no-such-fidelity"},
        "scene='no-such-scene'": {"scene": "no-such-scene"},
    }
    for shown, how in asked.items():
        try:
            made = place.make(**how)  # type: ignore[arg-type]
        except NavilaError:
            continue
        made.close()
        yield Fault(f"make({shown})", "taken without a word", "a NavilaError that names it", place.mend("make"))


@check("stands", "driver")
def stands(place: Place) -> Iterator[Finding]:
    """Without a command the body stands, and after one it stands again."""
    with place.driver() as made:
        idle = driven(made, ZERO_TWIST, 1.0)
        driven(made, Twist(place.forward_mps), 1.0)
        driven(made, ZERO_TWIST, place.settle_s)
        rest = driven(made, ZERO_TWIST, 1.0)
        for when, moved in (("before any command", idle), ("after send(0)", rest)):
            if not _near(moved, Pose2(), 0.06):
                yield Fault(f"motion in a second {when}", f"{moved}", "none", place.code(made, "send"))


@check("deterministic", "stands", "time-passes")
def deterministic(place: Place) -> Iterator[Finding]:
    """The same seed and commands give the same states and pictures."""
    runs: list[tuple[Pose2, bytes]] = []
    state = observe = ""
    for _ in range(2):
        with place.driver(seed=11) as made:
            if not isinstance(made, SimulatedDriver):
                yield Skip("the world isn't simulated")
                return
            driven(made, Twist(place.forward_mps, 0.0, 0.3), 1.0)
            runs.append((made.state().pose, made.observe().rgb.tobytes()))
            state, observe = place.code(made, "state"), place.code(made, "observe")
    if runs[0][0] != runs[1][0]:
        yield Fault("state().pose", f"{runs[0][0]}, then {runs[1][0]}", "the same for one seed", state)
    elif runs[0][1] != runs[1][1]:
        yield Fault("observe().rgb", "another picture", "the same for one seed", observe)


def _is_driver(made: object) -> bool:
    return isinstance(made, Driver)


def _near(pose: Pose2, other: Pose2, least: float) -> bool:
    return pose.is_finite and pose.distance_m(other) <= least and abs(other.relative(pose).yaw_rad) <= 2 * least
