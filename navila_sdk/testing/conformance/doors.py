"""The kit as functions: a plugin by name or by record in, a report out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from navila_sdk.embodiment import Embodiment
from navila_sdk.planner import PlannerRecord
from navila_sdk.testing.conformance.embodiments import EMBODIMENT_CHECKS, Body
from navila_sdk.testing.conformance.examine import Examination
from navila_sdk.testing.conformance.planners import PLANNER_CHECKS, Thinking
from navila_sdk.testing.conformance.subject import Bench, bench
from navila_sdk.testing.conformance.values import Report
from navila_sdk.testing.conformance.worlds import WORLD_CHECKS, Place
from navila_sdk.world import WorldRecord


def examine_embodiment(
    plugin: str | Embodiment,
    *,
    world: str = "",
    fidelities: Sequence[str] = (),
    waived: Mapping[str, str] | None = None,
    on: Bench | None = None,
) -> Examination[Body]:
    """Return the examination of an embodiment, nothing run yet.

    Args:
        plugin: Registered name, or record.
        world: World it's moved in; the configured one where it isn't given.
        fidelities: Which of the world's; where none is given, its first, and every other if the body has policies.
        waived: Checks that are left out, by name, with the reason.
        on: Configuration and plugins; what is found beside the caller where it isn't given.

    Raises:
        UnknownNameError: A waiver names no check.
    """
    body = Body(plugin, on or bench(), world, tuple(fidelities))
    return Examination(body, EMBODIMENT_CHECKS, waived)


def examine_world(
    plugin: str | WorldRecord,
    *,
    embodiment: str | Embodiment = "",
    fidelity: str = "",
    options: Mapping[str, Any] | None = None,
    waived: Mapping[str, str] | None = None,
    on: Bench | None = None,
) -> Examination[Place]:
    """Return the examination of a world, nothing run yet.

    Args:
        plugin: Registered name, or record.
        embodiment: Body it's examined with; an ideal one with a LiDAR and every verb where it isn't given.
        fidelity: One of the world's; its first where it isn't given.
        options: The world's own options; laid over ``[worlds.<name>]`` of the configuration.
        waived: Checks that are left out, by name, with the reason.
        on: Configuration and plugins; what is found beside the caller where it isn't given.

    Raises:
        UnknownNameError: A waiver names no check.
    """
    place = Place(plugin, on or bench(), embodiment, fidelity, options or {})
    return Examination(place, WORLD_CHECKS, waived)


def examine_planner(
    plugin: str | PlannerRecord,
    *,
    embodiment: str | Embodiment = "",
    scene: str = "",
    instruction: str = "",
    options: Mapping[str, Any] | None = None,
    waived: Mapping[str, str] | None = None,
    on: Bench | None = None,
) -> Examination[Thinking]:
    """Return the examination of a planner, nothing run yet.

    Args:
        plugin: Registered name, or record.
        embodiment: Robot it plans for; an ideal one with every verb where it isn't given.
        scene: Scene it's in, for planners that know the map; an apartment where it isn't given.
        instruction: What it's told; the scene's first errand where it isn't given, or else a motion command.
        options: The planner's own options; laid over ``[planners.<name>]`` of the configuration.
        waived: Checks that are left out, by name, with the reason.
        on: Configuration and plugins; what is found beside the caller where it isn't given.

    Raises:
        UnknownNameError: A waiver names no check, or there is no such scene.
    """
    thinking = Thinking(plugin, on or bench(), embodiment, scene, instruction, options or {})
    return Examination(thinking, PLANNER_CHECKS, waived)


def check_embodiment(plugin: str | Embodiment, **how: Any) -> Report:  # noqa: ANN401 - examine_embodiment's own
    """Return the report of an embodiment; takes what ``examine_embodiment`` takes."""
    return examine_embodiment(plugin, **how).report()


def check_world(plugin: str | WorldRecord, **how: Any) -> Report:  # noqa: ANN401 - examine_world's own
    """Return the report of a world; takes what ``examine_world`` takes."""
    return examine_world(plugin, **how).report()


def check_planner(plugin: str | PlannerRecord, **how: Any) -> Report:  # noqa: ANN401 - examine_planner's own
    """Return the report of a planner; takes what ``examine_planner`` takes."""
    return examine_planner(plugin, **how).report()
