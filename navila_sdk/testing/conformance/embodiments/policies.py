"""The body's locomotion policies: loadable, for these joints, finite in every state a body can be in."""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import NavilaError, ObservationError
from navila_sdk.geometry import Twist
from navila_sdk.locomotion.choose import packaged_file, robot_model
from navila_sdk.locomotion.controller import LocomotionController, check_joints
from navila_sdk.locomotion.model_file import joint_names
from navila_sdk.locomotion.policy import Policy, SeatedNetwork, load_policy
from navila_sdk.locomotion.senses import Senses
from navila_sdk.perception.height_map import HeightMap
from navila_sdk.testing.conformance.embodiments.body import Body
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check

_STATES = 64


@check("policies", "files")
def policies(body: Body) -> Iterator[Finding]:
    """Every policy loads, and drives joints the model has."""
    if not body.record.policies:
        yield Skip("the record has no policy")
    for kind, target in body.record.policies.items():
        try:
            policy = load_policy(packaged_file(target))
            check_joints(policy, joint_names(robot_model(body.record)))
        except NavilaError as error:
            yield Fault(f"policies[{kind!r}]", str(error), "a policy for this model", body.mend("policies"))


@check("policies-finite", "policies")
def finite(body: Body) -> Iterator[Finding]:
    """No state of the body makes a policy answer NaN."""
    for kind, target in body.record.policies.items():
        policy, joints = load_policy(packaged_file(target)), joint_names(robot_model(body.record))
        controller = LocomotionController(policy, joints, np.zeros(len(joints)))
        for state in range(_STATES):
            senses = _senses(len(joints), state)
            try:
                controller.step(senses, Twist(*np.random.default_rng(state).uniform(-1, 1, 3)), _flat(policy, senses))
            except ObservationError as error:
                found = str(error)
                mend = f"{body.mend('policies')} ({target})"
                yield Fault(f"policies[{kind!r}]", f"{found} (state {state} of {_STATES})", "finite numbers", mend)
                break


@check("nan-policy-stops", "policies")
def nan_stops(body: Body) -> Iterator[Finding]:
    """A policy that answers NaN never reaches the servos: the controller refuses it."""
    for kind, target in body.record.policies.items():
        policy, joints = load_policy(packaged_file(target)), joint_names(robot_model(body.record))
        broken = _Broken(*attrs.astuple(policy, recurse=False))
        controller = LocomotionController(broken, joints, np.zeros(len(joints)))
        senses = _senses(len(joints), 0)
        try:
            targets = controller.step(senses, Twist(), _flat(policy, senses))
        except ObservationError:
            continue
        yield Fault(f"policies[{kind!r}]", f"targets {targets.position_rad}", "ObservationError", body.mend("policies"))


class _Nan(SeatedNetwork):
    def act(self, observation: NDArray[np.float32]) -> NDArray[np.float64]:
        return super().act(observation) * math.nan


class _Broken(Policy):
    """Answers NaN."""

    def seat(self) -> SeatedNetwork:
        return _Nan(self)


def _senses(joints: int, seed: int) -> Senses:
    """Return a state of a body that moves and leans; the first stands upright and still."""
    random = np.random.default_rng(seed)
    size = 0.0 if seed == 0 else 1.0
    turn = random.normal(size=4) * (0.3 * size)
    turn[0] = 1.0
    return Senses(
        seed * 0.02,
        random.normal(size=joints) * size,
        random.normal(size=joints) * 5 * size,
        turn / np.linalg.norm(turn),
        random.normal(size=3) * size,
        random.normal(size=3) * size,
    )


def _flat(policy: Policy, senses: Senses) -> HeightMap | None:
    grid = policy.card.height_map
    if grid is None:
        return None
    return HeightMap(np.full(grid.shape, -policy.card.base_height_m, np.float32), grid, senses.time_s)
