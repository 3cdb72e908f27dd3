"""A planner under training as the one who chooses: many episodes at once, each with a history of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from navila_sdk.actions import Action
from navila_sdk.observation import Observation
from navila_sdk.planner import Planner


class Pupils:
    """Planners that walk episodes while the oracle looks on; implements ``collect.Chooser``.

    Args:
        make: Builds a planner.
    """

    def __init__(self, make: Callable[[], Planner]) -> None:
        self._make = make
        self._planners: list[Planner] = []

    def start(self, instructions: Sequence[str]) -> None:
        """Begin as many episodes."""
        while len(self._planners) < len(instructions):
            self._planners.append(self._make())
        for planner, instruction in zip(self._planners, instructions, strict=False):
            planner.reset(instruction)

    def choose(self, which: Sequence[int], seen: Sequence[Observation]) -> list[Action | None]:
        """Return actions of some of the episodes for what they see now; None where a planner has none."""
        plans = [self._planners[index].step(view) for index, view in zip(which, seen, strict=True)]
        return [plan.actions[0] if plan.actions else None for plan in plans]
