"""``human``: does what a person says in motion commands, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_sdk.actions import Action, Stop
from navila_sdk.errors import InstructionError, PlannerError
from navila_sdk.grammar import Unparsed, parse_plan
from navila_sdk.instruction import checked_instruction
from navila_sdk.planner import Plan, PlannerRecord, PlannerRequest

if TYPE_CHECKING:
    from navila_sdk.observation import Observation


def why_not(found: Unparsed) -> str:
    """Return why an instruction is no motion command, with the offending words and their place."""
    begin, end = found.span
    words = repr(found.raw[begin:end][:60])
    if begin == end:
        return found.reason
    quoted = "" if words in found.reason else f"{words}, "
    return f"{found.reason} ({quoted}character {begin})"


def commanded(instruction: str) -> tuple[Action, ...]:
    """Return the actions of a motion command, ending with Stop.

    Raises:
        InstructionError: Quotes what isn't understood and says what is expected.
    """
    found = parse_plan(instruction, dialect="human")
    if isinstance(found, Unparsed):
        raise InstructionError(f"this is no motion command: {why_not(found)}")
    return found if found[-1] == Stop() else (*found, Stop())


class HumanPlanner:
    """Each step returns all that is left, committed; a loop that takes only the first action works too."""

    def __init__(self) -> None:
        self._left: tuple[Action, ...] = ()
        self._instruction = ""

    def reset(self, instruction: str) -> None:
        """Take a new command.

        Raises:
            InstructionError: It's no motion command.
        """
        self._left = ()  # a refused command leaves nothing of an earlier one to carry out
        self._instruction = checked_instruction(instruction)
        self._left = commanded(self._instruction)

    def step(self, observation: Observation) -> Plan:
        """Return what is left to do; stop, once all is done.

        Raises:
            PlannerError: There was no reset before.
        """
        if not self._left:
            raise PlannerError("step() before reset(): give the planner an instruction first")
        plan = Plan(
            self._left,
            observation.pose,
            observation.time_s,
            raw=self._instruction,
            model_id="human",
            committed=len(self._left),
        )
        self._left = self._left[1:] or (Stop(),)
        return plan


def _make(request: PlannerRequest) -> HumanPlanner:
    request.no_options("human")
    return HumanPlanner()


record = PlannerRecord(name="human", make=_make, summary="carries out motion commands as said", navila_api="1")
