"""The policy card: everything one must know to run a locomotion policy, carried inside its file.

A card is JSON in the ONNX file's metadata under ``navila_card``; the file needs no companion and no convention.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import attrs

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import PolicyError
from navila_sdk.locomotion.sane import amount_problems
from navila_sdk.strict import shared_converter, structure_problems

CARD_KEY = "navila_card"
CARD_FORMAT = 1
MOST_MOMENTS = 100
Pair = tuple[float, float]

PER_JOINT = frozenset({"joint_position", "joint_velocity", "last_action"})
FIXED_SIZES: Mapping[str, int] = {
    "base_linear_velocity": 3,
    "base_angular_velocity": 3,
    "projected_gravity": 3,
    "base_rpy": 3,
    "command": 3,
    "gait_clock": 2,
}
TERM_NAMES = frozenset({*FIXED_SIZES, *PER_JOINT, "height_map"})


@attrs.frozen(slots=True, kw_only=True)
class Term:
    """One part of the observation: the quantity in SI units, clipped, then scaled.

    Attributes:
        name: Which quantity; docs/locomotion.md defines each.
        scale: One factor for all entries, or one for each.
        clip: Limits before scaling; None is unlimited.
    """

    name: str
    scale: tuple[float, ...] = (1.0,)
    clip: Pair | None = None


@attrs.frozen(slots=True, kw_only=True)
class History:
    """Earlier moments, laid after the terms.

    Attributes:
        terms: Which quantities are remembered; their scales are those of the card's terms.
        frames: How many moments, the present one included.
        stacking: ``frame`` writes whole moments one after another; ``term`` all moments of a quantity together.
        order: Which moment comes first.
        start: What stands for moments before the first: zeros, or copies of the first.
    """

    terms: tuple[str, ...]
    frames: int
    stacking: Literal["frame", "term"] = "frame"
    order: Literal["oldest-first", "newest-first"] = "oldest-first"
    start: Literal["zeros", "repeat"] = "zeros"


@attrs.frozen(slots=True, kw_only=True)
class Servo:
    """How a joint is driven.

    Attributes:
        default_rad: Angle at action zero; for a held joint, the angle it's held at.
        kp: Stiffness, N m/rad.
        kd: Damping, N m s/rad.
    """

    default_rad: float
    kp: float
    kd: float


@attrs.frozen(slots=True, kw_only=True)
class CommandRange:
    """The velocities the policy was trained for; commands are held inside."""

    vx_mps: Pair
    vy_mps: Pair
    wz_radps: Pair


@attrs.frozen(slots=True, kw_only=True)
class Origin:
    """Where a policy comes from.

    Attributes:
        summary: One line for people.
        licence: SPDX identifier, or where the terms stand.
        trained_by: Command or project that made it.
        commit: Version of that code.
        seed: Seed of the training.
        steps: Environment steps of the training.
    """

    summary: str = ""
    licence: str = ""
    trained_by: str = ""
    commit: str = ""
    seed: int | None = None
    steps: int | None = None


@attrs.frozen(slots=True, kw_only=True)
class PolicyCard:
    """What a policy reads, what its output means, and what body it's for.

    Attributes:
        embodiment: Robot it was made for.
        kind: ``blind``, or ``vision`` for one that sees a height map.
        joints: Servo of each joint the policy moves, in the order of its output.
        held: Servo of joints it leaves alone; joints named in neither are held where they start.
        action_scale: Radians per unit of output; one for all joints, or one for each.
        action_clip: Greatest absolute output used; None is unlimited.
        terms: The observation, in order.
        history: Earlier moments after it; None for none.
        rate_hz: How often it runs.
        gait_hz: Frequency of ``gait_clock``; None where no term needs it.
        gait_run_on_s: How long that clock goes on when nothing is asked any more.
        height_map: Grid it sees; None where no term needs it.
        commands: What it was trained for.
        base_height_m: Height of the base over the ground, walking.
        origin: Where it comes from.
        format: Version of this description.
    """

    embodiment: str
    kind: str
    joints: Mapping[str, Servo]
    held: Mapping[str, Servo] = attrs.field(factory=dict[str, Servo])
    action_scale: tuple[float, ...]
    action_clip: float | None = None
    terms: tuple[Term, ...]
    history: History | None = None
    rate_hz: float = 50.0
    gait_hz: float | None = None
    gait_run_on_s: float = 0.0
    height_map: HeightMapSpec | None = None
    commands: CommandRange
    base_height_m: float
    origin: Origin = attrs.field(factory=Origin)
    format: int = CARD_FORMAT

    def size_of(self, term: str) -> int:
        """Return how many numbers a term has."""
        if term in PER_JOINT:
            return len(self.joints)
        if term == "height_map" and self.height_map is not None:
            nx, ny = self.height_map.shape
            return nx * ny
        return FIXED_SIZES[term]

    @property
    def inputs(self) -> int:
        """Length of the observation."""
        present = sum(self.size_of(term.name) for term in self.terms)
        past = sum(self.size_of(name) for name in self.history.terms) * self.history.frames if self.history else 0
        return present + past

    def problems(self) -> list[str]:
        """Return everything that can't be right, ``path: what`` each; empty for a sound card."""
        found: list[str] = []
        if self.format != CARD_FORMAT:
            found.append(f"format: this navila reads format {CARD_FORMAT}; got {self.format}")
        names = [term.name for term in self.terms]
        known = True
        remembered = list(self.history.terms) if self.history else []
        for name in dict.fromkeys([*names, *remembered]):
            if name not in TERM_NAMES:
                known = False
                found.append(f"terms: no quantity is named {name!r}; known: {', '.join(sorted(TERM_NAMES))}")
        if not self.joints:
            found.append("joints: a policy moves at least one joint")
        both = sorted(set(self.joints) & set(self.held))
        if both:
            found.append(f"held: these joints are moved as well: {', '.join(both)}")
        if "height_map" in [*names, *remembered] and self.height_map is None:
            known = False
            found.append("height_map: a term needs it, and the card has no grid")
        if "gait_clock" in [*names, *remembered] and self.gait_hz is None:
            found.append("gait_hz: the term gait_clock needs it")
        if not 0 <= self.gait_run_on_s <= 60:
            found.append(f"gait_run_on_s: 0 to 60; got {self.gait_run_on_s!r}")
        if len(self.action_scale) not in (1, len(self.joints)):
            found.append(f"action_scale: one number, or {len(self.joints)}; got {len(self.action_scale)}")
        if self.history is not None and not 1 <= self.history.frames <= MOST_MOMENTS:
            found.append(f"history.frames: 1 to {MOST_MOMENTS}; got {self.history.frames}")
        if not 1 <= self.rate_hz <= 1000:
            found.append(f"rate_hz: 1 to 1000; got {self.rate_hz!r}")
        for term in self.terms if known else ():
            if len(term.scale) not in (1, self.size_of(term.name)):
                found.append(
                    f"terms.{term.name}.scale: one number, or {self.size_of(term.name)}; got {len(term.scale)}"
                )
        found += amount_problems(self)
        return found

    def to_json(self) -> str:
        """Return the card as JSON."""
        return json.dumps(shared_converter().unstructure(self), indent=1, allow_nan=False)


def read_card(text: str, source: str) -> PolicyCard:
    """Return the card of its JSON.

    Args:
        text: The JSON.
        source: File name for messages.

    Raises:
        PolicyError: It isn't JSON, or isn't a sound card; every problem is listed.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise PolicyError(f"{source}: the policy card isn't JSON: {reason}") from None
    try:
        card = shared_converter().structure(data, PolicyCard)
        problems = card.problems()
    except Exception as error:  # noqa: BLE001 - the converter groups errors of every class
        problems = list(structure_problems(error, whole="the card"))
    else:
        if not problems:
            return card
    listed = "\n".join(f"  {line}" for line in problems)
    raise PolicyError(f"{source}: the policy card doesn't fit:\n{listed}")
