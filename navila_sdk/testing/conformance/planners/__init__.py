"""The checks of planners, in the order they're made: the contract first, then what the plans say."""

from __future__ import annotations

from navila_sdk.testing.conformance import common
from navila_sdk.testing.conformance.planners import contract, plans
from navila_sdk.testing.conformance.planners.thinking import Thinking
from navila_sdk.testing.conformance.values import Check, check

PLANNER_CHECKS: tuple[Check[Thinking], ...] = (
    check("loads")(common.loads),
    check("imports-light")(common.imports_light),
    check("touches-nothing")(common.touches_nothing),
    contract.builds,
    contract.explained,
    contract.refuses_unknown,
    contract.refuses_empty,
    contract.plans,
    contract.before_reset,
    contract.deterministic,
    contract.odd_frames,
    plans.sentences,
    plans.raw,
    plans.stamped,
    plans.probabilities,
    plans.within,
    plans.latency,
)

__all__ = ["PLANNER_CHECKS", "Thinking"]
