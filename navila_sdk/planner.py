"""The planner interface: an instruction and what is seen in, a plan of mid-level actions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import attrs

from navila_sdk.actions import Action
from navila_sdk.errors import ConfigError, NavilaError, PlannerError, UnparsedPlanError
from navila_sdk.geometry import Pose2

if TYPE_CHECKING:
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.grammar import Unparsed
    from navila_sdk.observation import Observation
    from navila_sdk.scenes import Scene


def _actions(value: Action | Iterable[object]) -> tuple[Action, ...]:
    actions: list[Action] = []
    for action in (value,) if isinstance(value, Action) else value:
        if not isinstance(action, Action):
            raise PlannerError(f"a plan holds actions; got {action!r} ({type(action).__name__})")
        actions.append(action)
    return tuple(actions)


@attrs.frozen(slots=True)
class Plan:
    """What one planner step returns.

    The actions chain: the first starts at ``pose``, the pose its frame was taken at, each further one where
    the one before it ideally ends. A plan that arrives late is therefore still right.

    Attributes:
        actions: What to do, in order; empty only when ``unparsed`` says why.
        pose: Odometry pose of the observation the plan was made from.
        time_s: Capture time of that observation on the robot's clock.
        raw: The planner's own text, as it came.
        model_id: What made the plan.
        committed: How many leading actions must be carried out before a newer plan may replace this one;
            0 lets any newer plan replace it (closed loop), ``len(actions)`` none (a fixed command).
        probabilities: Probability of each action, where the planner knows it.
        latency_s: Wall time the planner took.
        unparsed: Why ``raw`` is no action.
    """

    actions: tuple[Action, ...] = attrs.field(converter=_actions)
    pose: Pose2 = attrs.field(factory=Pose2)
    time_s: float = 0.0
    raw: str = ""
    model_id: str = ""
    committed: int = 0
    probabilities: tuple[float, ...] | None = None
    latency_s: float = 0.0
    unparsed: Unparsed | None = None

    def __attrs_post_init__(self) -> None:
        if not self.actions and self.unparsed is None:
            raise PlannerError("a plan needs at least one action, or `unparsed` saying why there is none")
        if not 0 <= self.committed <= len(self.actions):
            raise PlannerError(f"committed must be 0 to {len(self.actions)} actions; got {self.committed}")

    @property
    def action(self) -> Action:
        """The first action.

        Raises:
            UnparsedPlanError: The planner's text was no action.
        """
        if not self.actions:
            reason = self.unparsed.reason if self.unparsed is not None else "no action"
            raise UnparsedPlanError(f"the planner wrote {self.raw[:200]!r}, which is no action: {reason}")
        return self.actions[0]


class Planner(Protocol):
    """A source of plans. ``reset`` starts an episode, ``step`` decides on one observation."""

    def reset(self, instruction: str) -> None:
        """Start a new episode.

        Raises:
            InstructionError: The instruction can't be followed by this planner.
        """
        ...

    def step(self, observation: Observation) -> Plan:
        """Return the plan for what is seen now."""
        ...


class WatchingPlanner(Planner, Protocol):
    """A planner that takes frames into its history without deciding on them."""

    def watch(self, observation: Observation) -> None:
        """Take in what is seen now."""
        ...


def watch_of(planner: Planner) -> Callable[[Observation], None] | None:
    """Return what takes a frame into a planner's history, or None for planners that keep none."""
    return getattr(planner, "watch", None)


class SeeingPlanner(Planner, Protocol):
    """A planner that was trained with a camera of its own."""

    def camera_gaps(self, height_m: float, hfov_rad: float) -> Sequence[str]:
        """Return how a robot's camera differs from that one, in words; nothing where it doesn't.

        Args:
            height_m: Above the ground, standing.
            hfov_rad: Horizontal field of view.
        """
        ...


def camera_gaps_of(planner: Planner, height_m: float, hfov_rad: float) -> list[str]:
    """Return how a robot's camera differs from the one a planner was trained with; nothing where it doesn't care."""
    gaps: Callable[[float, float], Sequence[str]] | None = getattr(planner, "camera_gaps", None)
    return [] if gaps is None else list(gaps(height_m, hfov_rad))


@runtime_checkable
class BatchPlanner(Planner, Protocol):
    """A planner that can answer several robots at once; what serves many robots asks it so."""

    @property
    def batch_key(self) -> object:
        """Planners with equal keys can be asked together; None can't."""
        ...

    @staticmethod
    def step_many(asked: Sequence[tuple[Any, Observation]]) -> Sequence[Plan | NavilaError]:
        """Return for each planner what its ``step`` would, or the error it would raise; one's error is no other's."""
        ...


@attrs.frozen(slots=True)
class PlannerRequest:
    """What a planner may need to be built; it takes what it needs and ignores the rest.

    Attributes:
        options: The planner's own options (``[planners.<name>]`` in the config), unchecked.
        seed: Seed for whatever the planner draws.
        embodiment: The robot record the plans are for.
        scene: The scene, in worlds that know theirs; only privileged planners (oracles) look.
        load: Builds another planner by name, for planners that delegate.
        default_planner: The planner configured for whatever is no motion command.
    """

    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    seed: int = 0
    embodiment: Embodiment | None = None
    scene: Scene | None = None
    load: Callable[[str], Planner] | None = None
    default_planner: str | None = None

    def no_options(self, name: str) -> None:
        """Refuse options for a planner that has none.

        Raises:
            ConfigError: Names the options found.
        """
        if self.options:
            raise ConfigError(
                f"the planner {name!r} takes no options",
                (f"planners.{name}.{option}: unknown" for option in self.options),
            )


@attrs.frozen(slots=True)
class PlannerRecord:
    """What an entry point of the group ``navila.planners`` names.

    Attributes:
        name: As users write it.
        make: Builds the planner; heavy imports belong inside.
        summary: One line for listings.
        navila_api: Plugin API version this record is written for.
    """

    name: str
    make: Callable[[PlannerRequest], Planner]
    summary: str = ""
    navila_api: str = "1"
