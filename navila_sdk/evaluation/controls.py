"""Controls: a planner beside itself without images or words, and beside planners that look at nothing.

``no-image`` and ``no-instruction`` are the very planner, kept from something, whatever planner it is. ``random`` and
``oracle`` are the registered ones; ``forward`` goes straight ahead as far as VLN-CE's ways are long, then stops.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import numpy as np

from navila_sdk.actions import Action, MoveForward, Stop
from navila_sdk.instruction import checked_instruction
from navila_sdk.planner import Plan, Planner, watch_of

if TYPE_CHECKING:
    from navila_sdk.observation import Observation

WORDLESS = "Go on."
"""What a planner that is kept from its instruction is told."""

FORWARD_STEPS = 37
"""Steps of 25 cm; VLN-CE's hand-crafted agent takes as many before it stops (Krantz et al. 2020, arXiv 2004.02857)."""
_STEPS_AT_ONCE = 3
_STEP_CM = 25


class Control(enum.StrEnum):
    """What is put beside a planner."""

    NO_IMAGE = "no-image"
    NO_INSTRUCTION = "no-instruction"
    RANDOM = "random"
    FORWARD = "forward"
    ORACLE = "oracle"

    @property
    def planner(self) -> str | None:
        """The planner that takes the place of the one asked for; None where that one stays."""
        return str(self) if self in (Control.RANDOM, Control.FORWARD, Control.ORACLE) else None

    def named(self, planner: str) -> str:
        """Return what tables call it."""
        words = {Control.NO_IMAGE: f"{planner} without images", Control.NO_INSTRUCTION: f"{planner} without words"}
        return words.get(self, str(self))


@attrs.frozen(slots=True)
class Kept:
    """A planner kept from its images, or from its instruction.

    Attributes:
        planner: The planner.
        control: ``no-image`` or ``no-instruction``.
    """

    planner: Planner
    control: Control

    def reset(self, instruction: str) -> None:
        """Start a new episode; raises as the planner does."""
        checked_instruction(instruction)
        self.planner.reset(WORDLESS if self.control is Control.NO_INSTRUCTION else instruction)

    def step(self, observation: Observation) -> Plan:
        """Return the planner's plan for what it may see."""
        return self.planner.step(self._seen(observation))

    @property
    def watch(self) -> Callable[[Observation], None]:
        """What takes a frame into the planner's history; no attribute at all where it keeps none."""
        watch = watch_of(self.planner)
        if watch is None:
            raise AttributeError("this planner keeps no history")
        return lambda observation: watch(self._seen(observation))

    @property
    def chosen(self) -> str:
        """The planner it handed over to; empty where it doesn't."""
        return str(getattr(self.planner, "chosen", ""))

    def _seen(self, observation: Observation) -> Observation:
        if self.control is not Control.NO_IMAGE:
            return observation
        return attrs.evolve(observation, rgb=np.zeros_like(observation.rgb), depth_m=None)


class Forward:
    """Goes straight ahead, then stops; looks at nothing."""

    def __init__(self) -> None:
        self._left = FORWARD_STEPS

    def reset(self, instruction: str) -> None:
        """Start over; the instruction's words don't matter."""
        checked_instruction(instruction)
        self._left = FORWARD_STEPS

    def step(self, observation: Observation) -> Plan:
        """Return the next move ahead, or stop."""
        steps = min(self._left, _STEPS_AT_ONCE)
        self._left -= steps
        action: Action = MoveForward.cm(steps * _STEP_CM) if steps else Stop()
        return Plan((action,), observation.pose, observation.time_s, f"The next action is {action}.", "forward")
