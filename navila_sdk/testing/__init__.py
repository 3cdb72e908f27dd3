"""Doubles and checks for people who test robots, planners and worlds."""

from navila_sdk.testing.conformance import (
    EmbodimentConformance,
    PlannerConformance,
    Report,
    WorldConformance,
    check_embodiment,
    check_planner,
    check_world,
)
from navila_sdk.testing.fake import FakeDriver, FakePlanner, fake_embodiment

__all__ = [
    "EmbodimentConformance",
    "FakeDriver",
    "FakePlanner",
    "PlannerConformance",
    "Report",
    "WorldConformance",
    "check_embodiment",
    "check_planner",
    "check_world",
    "fake_embodiment",
]
