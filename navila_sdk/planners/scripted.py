"""``scripted``: a fixed list of actions, one per step; for tests, demonstrations and calibration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from navila_sdk.actions import Action, Stop
from navila_sdk.errors import ConfigError
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.instruction import checked_instruction
from navila_sdk.planner import Plan, PlannerRecord, PlannerRequest

if TYPE_CHECKING:
    from navila_sdk.observation import Observation


class ScriptedPlanner:
    """Returns its actions in order whatever it sees, then stops.

    Args:
        actions: What to do.
    """

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions = tuple(actions)
        self._given = 0

    def reset(self, instruction: str) -> None:
        """Start over; the instruction's words don't matter."""
        checked_instruction(instruction)
        self._given = 0

    def step(self, observation: Observation) -> Plan:
        """Return the next action."""
        action = self._actions[self._given] if self._given < len(self._actions) else Stop()
        self._given += 1
        return Plan((action,), observation.pose, observation.time_s, str(action), model_id="scripted", committed=1)


def _make(request: PlannerRequest) -> ScriptedPlanner:
    sentences = request.options.get("actions")
    if not isinstance(sentences, (list, tuple)) or set(request.options) != {"actions"}:
        raise ConfigError(
            "the planner 'scripted' takes one option, a list of sentences: "
            'planners.scripted.actions = ["move forward 75 cm", "turn left 30 degrees"]'
        )
    actions: list[Action] = []
    problems: list[str] = []
    for number, sentence in enumerate(sentences):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        found = parse_action(str(sentence))  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(found, Unparsed):
            problems.append(f"planners.scripted.actions[{number}]: {found.raw!r}: {found.reason}")
        else:
            actions.append(found)
    if problems:
        raise ConfigError("the script holds sentences that are no actions", problems)
    return ScriptedPlanner(actions)


record = PlannerRecord(name="scripted", make=_make, summary="a fixed list of actions", navila_api="1")
