"""Doubles and checks for people who test robots, planners and worlds."""

from typing import TYPE_CHECKING, Any

from navila_sdk.testing.fake import FakeDriver, FakePlanner, fake_embodiment

if TYPE_CHECKING:
    from navila_sdk.testing.conformance import (
        EmbodimentConformance,
        PlannerConformance,
        Report,
        WorldConformance,
        check_embodiment,
        check_planner,
        check_world,
    )

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


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute is of any type
    # Whoever needs a double alone isn't made to load the kit.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from navila_sdk.testing import conformance

    return getattr(conformance, name)
