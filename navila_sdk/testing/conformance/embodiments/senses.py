"""What the live body senses: pictures as the record says, the same run from the same seed, each policy on its legs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from navila_sdk.actions import MoveForward, Verb
from navila_sdk.execution.outcome import Outcome
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.testing.conformance.embodiments.body import Body, driven
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check


@check("camera-frame", "connects", "cameras")
def camera_frame(body: Body) -> Iterator[Finding]:
    """A frame is uint8, as large as the record's camera, taken at the pose and time it says."""
    camera = body.record.camera
    for fidelity in body.fidelities:
        with body.standing(fidelity) as robot:
            driven(robot, Twist(body.record.mapping.forward_mps), 0.5)
            frame, state = robot.observe(), robot.state()
        shape = (camera.height_px, camera.width_px, 3)
        if frame.rgb.shape != shape:
            yield Fault(f"observe().rgb.shape ({fidelity})", f"{frame.rgb.shape}", f"{shape}", body.mend("camera"))
        age_s = state.time_s - frame.time_s
        most_s = 1 / camera.rate_hz + 2 * robot.period_s
        if not -1e-6 <= age_s <= most_s:
            value, expected = f"{age_s:.3f} s", f"0 to {most_s:.3f} s, one period of camera.rate_hz"
            yield Fault(f"age of observe() ({fidelity})", value, expected, body.mend("camera.rate_hz"))
        gap_m = frame.pose.distance_m(state.pose)
        reach_m = max(body.record.limits.vx_max_mps, 0.1) * (most_s + 0.1)
        if gap_m > reach_m:
            value, expected = f"{gap_m:.3f} m from the body", f"at most {reach_m:.3f} m at that age"
            yield Fault(f"observe().pose ({fidelity})", value, expected, body.mend("camera"))


@check("deterministic", "connects")
def deterministic(body: Body) -> Iterator[Finding]:
    """The same seed and commands give the same motion and the same pictures."""
    for fidelity in body.fidelities:
        runs: list[tuple[Pose2, bytes]] = []
        for _ in range(2):
            with body.standing(fidelity, seed=5) as robot:
                driven(robot, Twist(body.record.mapping.forward_mps, 0.0, 0.3), 1.0)
                runs.append((robot.state().pose, robot.observe().rgb.tobytes()))
        if runs[0][0] != runs[1][0]:
            yield Fault(
                f"pose ({fidelity})", f"{runs[0][0]}, then {runs[1][0]}", "the same", body.motion_place(fidelity)
            )
        elif runs[0][1] != runs[1][1]:
            differ = int((np.frombuffer(runs[0][1], np.uint8) != np.frombuffer(runs[1][1], np.uint8)).sum())
            yield Fault(f"frame ({fidelity})", f"{differ} values differ", "the same picture", body.mend("camera"))


@check("policies-walk", "verbs-reach", "height-map-policy")
def policies_walk(body: Body) -> Iterator[Finding]:
    """Every policy besides the first walks half a metre forward as well."""
    others = list(body.record.policies)[1:]
    fidelities = body.fidelities[1:]
    if not others or not fidelities or Verb.MOVE_FORWARD not in body.record.verbs:
        yield Skip("the record has no second policy to walk with")
        return
    for kind in others:
        with body.connect(fidelities[0], locomotion=kind) as robot:
            robot.stand(0.5)
            outcome, pose = robot.execute(MoveForward(0.5)), robot.state().pose
        if outcome is not Outcome.REACHED:
            mend = f"{body.mend('policies')} ({body.record.policies[kind]})"
            yield Fault(f"'move forward 50 cm' by {kind!r}", f"{outcome} at {pose}", "reached", mend)
