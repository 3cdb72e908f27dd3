"""``random``: seeded draws from NaVILA's ten actions: the floor every other planner must beat."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import attrs

from navila_sdk.actions import Action, MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.instruction import checked_instruction
from navila_sdk.planner import Plan, PlannerRecord, PlannerRequest
from navila_sdk.strict import read_options, within

if TYPE_CHECKING:
    from navila_sdk.observation import Observation

DEFAULT_STEPS = 20
MOTIONS: tuple[Action, ...] = (
    *(MoveForward.cm(amount) for amount in (25, 50, 75)),
    *(TurnLeft.degrees(amount) for amount in (15, 30, 45)),
    *(TurnRight.degrees(amount) for amount in (15, 30, 45)),
)


@attrs.frozen(slots=True, kw_only=True)
class RandomOptions:
    """What can be set.

    Attributes:
        steps: How many motions before the stop.
    """

    steps: int = attrs.field(default=DEFAULT_STEPS, validator=within(0, 100_000))


class RandomPlanner:
    """Draws ``steps`` motions, then stops; the same ones after every reset.

    Args:
        seed: Seed of the draws.
        steps: How many motions before the stop.
    """

    def __init__(self, seed: int, steps: int = DEFAULT_STEPS) -> None:
        self._seed = seed
        self._steps = steps
        self._draws = random.Random(seed)
        self._given = 0

    def reset(self, instruction: str) -> None:
        """Start over; the instruction's words don't matter."""
        checked_instruction(instruction)
        self._draws = random.Random(self._seed)
        self._given = 0

    def step(self, observation: Observation) -> Plan:
        """Return a drawn motion, or stop."""
        self._given += 1
        draw = self._draws.random()  # the one sequence Python guarantees for a seed
        action = MOTIONS[int(draw * len(MOTIONS))] if self._given <= self._steps else Stop()
        raw = f"The next action is {action}."
        return Plan((action,), observation.pose, observation.time_s, raw, model_id="random")


def _make(request: PlannerRequest) -> RandomPlanner:
    return RandomPlanner(request.seed, read_options(RandomOptions, request.options, "planners.random").steps)


record = PlannerRecord(name="random", make=_make, summary="seeded draws from NaVILA's ten actions", navila_api="1")
