"""The kit as pytest classes: subclass one, name your plugin, and every check is a test of its own.

Each test runs what it needs first; a check whose need failed is skipped, so that a fault is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from navila_sdk.embodiment import Embodiment
from navila_sdk.planner import PlannerRecord
from navila_sdk.testing.conformance.doors import examine_embodiment, examine_planner, examine_world
from navila_sdk.testing.conformance.embodiments import EMBODIMENT_CHECKS
from navila_sdk.testing.conformance.examine import Examination
from navila_sdk.testing.conformance.planners import PLANNER_CHECKS
from navila_sdk.testing.conformance.values import Check, Status
from navila_sdk.testing.conformance.worlds import WORLD_CHECKS
from navila_sdk.world import WorldRecord


class _Conformance:
    """What the three have in common: one examination per class, remembered."""

    waived: ClassVar[Mapping[str, str]] = {}
    _kept: ClassVar[Examination[Any] | None] = None

    @classmethod
    def examination(cls) -> Examination[Any]:
        """Return this class's examination."""
        if "_kept" not in cls.__dict__ or cls._kept is None:
            cls._kept = cls.made()
        return cls._kept

    @classmethod
    def made(cls) -> Examination[Any]:
        """Make it."""
        raise NotImplementedError

    @classmethod
    def teardown_class(cls) -> None:
        """Let go of the examination; its results were told."""
        cls._kept = None


def _test(check: Check[Any]) -> Callable[[_Conformance], None]:
    def test(self: _Conformance) -> None:
        import pytest

        result = self.examination().result(check.name)
        if result.status is Status.SKIPPED:
            pytest.skip(result.why)
        # Only the text: the frames of the kit would say nothing about the plugin.
        __tracebackhide__ = True
        if result.faults:
            pytest.fail(result.text, pytrace=False)

    test.__name__ = f"test_{check.name.replace('-', '_')}"
    test.__doc__ = f"{check.about}."
    return test


def _with_tests(checks: Sequence[Check[Any]]) -> Callable[[type], Any]:
    def add(case: type) -> type:
        for check in checks:
            test = _test(check)
            test.__qualname__ = f"{case.__qualname__}.{test.__name__}"
            setattr(case, test.__name__, test)
        return case

    return add


@_with_tests(EMBODIMENT_CHECKS)
class EmbodimentConformance(_Conformance):
    """The tests of an embodiment; ``class TestMine(EmbodimentConformance): embodiment = "mine"`` runs them.

    Attributes:
        embodiment: Registered name, or record.
        world: World it's moved in; the configured one where it's empty.
        fidelities: Which of the world's; where it's empty, its first, and every other if the body has policies.
        waived: Checks that are left out, by name, with the reason.
    """

    embodiment: ClassVar[str | Embodiment]
    world: ClassVar[str] = ""
    fidelities: ClassVar[Sequence[str]] = ()

    @classmethod
    def made(cls) -> Examination[Any]:
        """Return the examination of the class's embodiment."""
        return examine_embodiment(cls.embodiment, world=cls.world, fidelities=cls.fidelities, waived=cls.waived)


@_with_tests(WORLD_CHECKS)
class WorldConformance(_Conformance):
    """The tests of a world; ``class TestMine(WorldConformance): world = "mine"`` runs them.

    Attributes:
        world: Registered name, or record.
        embodiment: Body it's examined with; an ideal one with a LiDAR and every verb where it's empty.
        fidelity: One of the world's; its first where it's empty.
        options: The world's own options.
        waived: Checks that are left out, by name, with the reason.
    """

    world: ClassVar[str | WorldRecord]
    embodiment: ClassVar[str | Embodiment] = ""
    fidelity: ClassVar[str] = ""
    options: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def made(cls) -> Examination[Any]:
        """Return the examination of the class's world."""
        return examine_world(
            cls.world, embodiment=cls.embodiment, fidelity=cls.fidelity, options=cls.options, waived=cls.waived
        )


@_with_tests(PLANNER_CHECKS)
class PlannerConformance(_Conformance):
    """The tests of a planner; ``class TestMine(PlannerConformance): planner = "mine"`` runs them.

    Attributes:
        planner: Registered name, or record.
        embodiment: Robot it plans for; an ideal one with every verb where it's empty.
        scene: Scene it's in, for planners that know the map; an apartment where it's empty.
        instruction: What it's told; where it's empty, the scene's first errand, or else a motion command.
        options: The planner's own options.
        waived: Checks that are left out, by name, with the reason.
    """

    planner: ClassVar[str | PlannerRecord]
    embodiment: ClassVar[str | Embodiment] = ""
    scene: ClassVar[str] = ""
    instruction: ClassVar[str] = ""
    options: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def made(cls) -> Examination[Any]:
        """Return the examination of the class's planner."""
        return examine_planner(
            cls.planner,
            embodiment=cls.embodiment,
            scene=cls.scene,
            instruction=cls.instruction,
            options=cls.options,
            waived=cls.waived,
        )
