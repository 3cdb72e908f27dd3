"""The conformance kit: what every embodiment, world and planner is held to, each check by its name.

Three doors: pytest classes to subclass, ``navila check``, and functions that return a report.
"""

from navila_sdk.testing.conformance.cases import EmbodimentConformance, PlannerConformance, WorldConformance
from navila_sdk.testing.conformance.doors import (
    check_embodiment,
    check_planner,
    check_world,
    examine_embodiment,
    examine_planner,
    examine_world,
)
from navila_sdk.testing.conformance.values import Fault, Report, Result, Status

__all__ = [
    "EmbodimentConformance",
    "Fault",
    "PlannerConformance",
    "Report",
    "Result",
    "Status",
    "WorldConformance",
    "check_embodiment",
    "check_planner",
    "check_world",
    "examine_embodiment",
    "examine_planner",
    "examine_world",
]
