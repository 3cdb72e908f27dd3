"""``auto``: motion commands go to ``human``, everything else to the configured default planner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from navila_sdk.errors import ConfigError, InstructionError, PlannerError
from navila_sdk.grammar import Unparsed, parse_plan
from navila_sdk.instruction import checked_instruction
from navila_sdk.planner import Plan, Planner, PlannerRecord, PlannerRequest, watch_of
from navila_sdk.planners.human import why_not

if TYPE_CHECKING:
    from navila_sdk.observation import Observation

MOTION_PLANNER = "human"


class AutoPlanner:
    """Chooses a planner at each reset.

    Attributes:
        chosen: Name of the planner that has the episode; empty before the first reset.

    Args:
        load: Builds a planner by name.
        default: Name of the planner for what is no motion command; None where there is none.
    """

    def __init__(self, load: Callable[[str], Planner], default: str | None) -> None:
        self._load = load
        self._default = default
        self._planners: dict[str, Planner] = {}
        self._planner: Planner | None = None
        self.chosen = ""

    def reset(self, instruction: str) -> None:
        """Choose, and hand the instruction over.

        Raises:
            InstructionError: It's a motion of an impossible amount ("walk forward 0 m"), which no planner could mean
                otherwise; or no motion command, and there is no default planner or it refuses it.
        """
        self.chosen, self._planner = "", None
        instruction = checked_instruction(instruction)
        found = parse_plan(instruction, dialect="human")
        name = MOTION_PLANNER
        if isinstance(found, Unparsed):
            if found.impossible:
                raise InstructionError(f"this motion command can't be carried out: {why_not(found)}")
            if self._default is None:
                raise InstructionError(
                    f"this is no motion command ({why_not(found)}), and no planner is set for anything else: "
                    'name one with --planner, or default_planner = "..." in the config'
                )
            name = self._default
        if name not in self._planners:
            self._planners[name] = self._load(name)
        self.chosen = name
        self._planners[name].reset(instruction)
        self._planner = self._planners[name]

    @property
    def watch(self) -> Callable[[Observation], None]:
        """What takes a frame into the chosen planner's history; no attribute at all where it keeps none."""
        watch = watch_of(self._planner) if self._planner is not None else None
        if watch is None:
            raise AttributeError("this planner keeps no history")
        return watch

    def step(self, observation: Observation) -> Plan:
        """Return the chosen planner's plan."""
        if self._planner is None:
            raise PlannerError("step() before reset(): give the planner an instruction first")
        return self._planner.step(observation)


def _make(request: PlannerRequest) -> AutoPlanner:
    request.no_options("auto")
    if request.load is None:
        raise PlannerError("the planner 'auto' needs a way to load others; use navila_sdk.load_planner")
    if request.default_planner == "auto":
        raise ConfigError("default_planner can't be 'auto' itself; name another planner")
    return AutoPlanner(request.load, request.default_planner)


record = PlannerRecord(
    name="auto",
    make=_make,
    summary="motion commands to 'human', anything else to the default planner",
    navila_api="1",
)
