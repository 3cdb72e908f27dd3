"""A training recipe as a value: what the body is to the learner, what is asked of it, and what it's paid for.

A recipe is a TOML file beside the robot's record; a new body needs a recipe and an MJCF, no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.locomotion.card import MOST_MOMENTS

Kind = Literal["blind", "vision"]

UNITS = (256, 128, 128)
"""Units of the hidden layers, where a recipe doesn't say."""
MAP_SCALE = 2.0
"""Factor of the height map, in metres, in the observation."""
VELOCITY_SCALE = 2.0
"""Factor of the base's velocity, in m/s, in the observation."""
REMEMBERED = ("base_angular_velocity", "projected_gravity", "joint_position", "joint_velocity", "last_action")
"""What a policy that remembers keeps of each moment: what it felt, and what it did."""


@attrs.frozen(slots=True, kw_only=True)
class JointRecipe:
    """One joint the policy moves.

    Attributes:
        default_rad: Angle at action zero.
        kp: Stiffness, N m/rad.
        kd: Damping, N m s/rad.
        deviation: Weight of its squared distance from the default pose in the penalty ``posture``.
        scale: Factor of the recipe's ``action_scale`` for this joint. A joint that moves the whole body at once, such
            as a waist, wants a small one: what exploration does there drowns what the legs learn.
    """

    default_rad: float
    kp: float
    kd: float
    deviation: float = 0.0
    scale: float = 1.0


@attrs.frozen(slots=True, kw_only=True)
class HeldJoint:
    """One joint that the policy doesn't move: a servo holds it.

    Attributes:
        angle_rad: Where.
        kp: Stiffness, N m/rad.
        kd: Damping, N m s/rad.
        welded: Whether training takes it for rigid, which is faster. A joint that gives under walking loads, such
            as a waist, must not be: a policy that never felt it give falls.
    """

    angle_rad: float
    kp: float
    kd: float
    welded: bool = True


@attrs.frozen(slots=True, kw_only=True)
class Foot:
    """A foot.

    Attributes:
        body: MJCF body it belongs to.
        point_m: Middle of its sole, in that body.
        phase: Where in the gait cycle its swing begins, 0 to 1.
    """

    body: str
    point_m: tuple[float, float, float]
    phase: float


@attrs.frozen(slots=True, kw_only=True)
class Gait:
    """The clock the feet follow: each swings for half a cycle.

    Attributes:
        frequency_hz: Steps of each foot per second.
        swing_height_m: How high a foot is lifted.
        width_m2: Tolerance of the foot-height reward, in square metres over all feet.
        run_on_s: How long the clock goes on when nothing is asked any more: a biped needs steps to come to a stop.
        edge_m: Half of the length and of the width, around its middle, within which a foot minds edges: it's lifted
            over the highest ground there (Miki et al. 2022 pay for feet above all they could strike), and what of it
            stands beside its middle's ground costs ``edge``. Nothing, where it's zero.
    """

    frequency_hz: float
    swing_height_m: float
    width_m2: float
    run_on_s: float = 0.0
    edge_m: tuple[float, float] = (0.0, 0.0)


@attrs.frozen(slots=True, kw_only=True)
class Commands:
    """What is asked: uniform ranges, and the share of the exact commands mid-level actions turn into.

    Who has something to climb is asked to go on, mostly; by the share ``rough_any`` it's asked what others are: to
    turn, to stand, to go back, with two feet up and two down. In the share ``moves`` of all episodes commands close in
    on one goal after the other, a way ahead or a turn, as the executor's do. Each is asked for ``hold_s``; to stand,
    for ``stand_s`` where it's given: simulated soles creep under a standing body, and who never stood for longer than a
    few seconds leans on until it falls.
    """

    vx_mps: tuple[float, float]
    vy_mps: tuple[float, float]
    wz_radps: tuple[float, float]
    zero: float = 0.10
    straight: float = 0.20
    turn: float = 0.15
    exact_forward: float = 0.07
    exact_turn: float = 0.10
    rough_any: float = 0.15
    moves: float = 0.0
    hold_s: tuple[float, float] = (3.0, 5.0)
    stand_s: tuple[float, float] | None = None


@attrs.frozen(slots=True, kw_only=True)
class Randomization:
    """How bodies and worlds differ, each range uniform.

    ``armature`` (kg m2) and ``damping`` (N m s/rad) come on top of the model's at every joint: published models of
    one robot differ in them by ten times and more. Soles lie up to ``sole_m`` further ahead or back under the ankle:
    one foot's heel ends 2 cm apart in two models, and a biped that stands on its heels falls off the shorter one. For
    ``push_free_s`` after a push the gait terms are paid in full, whatever the feet do: who is pushed towards the foot
    it stands on must step out of turn. A body with stairs or blocks before it is pushed by the share ``push_rough`` of
    ``push_mps`` only: who falls off steps whatever it does learns nothing there, neither of pushes nor of steps. Maps
    lie up to ``map_shift_m`` beside the ground in x and in y, as they do where odometry has drifted.
    """

    friction: tuple[float, float] = (0.4, 1.2)
    mass_kg: tuple[float, float] = (-1.0, 2.0)
    gain: tuple[float, float] = (0.9, 1.1)
    armature: tuple[float, float] = (0.0, 0.0)
    damping: tuple[float, float] = (0.0, 0.0)
    sole_m: float = 0.0
    push_mps: float = 0.5
    push_rough: float = 1.0
    push_every_s: tuple[float, float] = (6.0, 10.0)
    push_free_s: float = 0.0
    delay_steps: int = 2
    map_noise_m: float = 0.02
    map_offset_m: float = 0.02
    map_shift_m: float = 0.0
    map_dropout: float = 0.03


@attrs.frozen(slots=True, kw_only=True)
class Noise:
    """Half widths of the uniform noise on what the policy senses, SI units before scaling."""

    angular_radps: float = 0.2
    gravity: float = 0.04
    joint_rad: float = 0.01
    joint_radps: float = 1.2
    velocity_mps: float = 0.1


@attrs.frozen(slots=True, kw_only=True)
class Terrain:
    """What vision policies train on.

    Attributes:
        stairs: Share of environments with stairs.
        blocks: Share with scattered blocks.
        sills: Share with sills: bars across the way, with level ground before and behind each.
        step_m: Step height at the first and at the hardest level.
        block_m: Highest block at the first and at the hardest level.
        sill_m: Height of a sill at the first and at the hardest level.
        tread_m: Depth of a step, drawn uniformly.
        begin: Levels that environments begin at, drawn uniformly: 0 the first, 1 the hardest. A stage of a few million
            steps is over before who can climb has come up from the bottom.
        amid: Share of the episodes on blocks or sills that begin among them, not before them: with edges beside and
            behind, that a body is asked back over.
    """

    stairs: float = 0.35
    blocks: float = 0.25
    sills: float = 0.0
    step_m: tuple[float, float] = (0.03, 0.17)
    block_m: tuple[float, float] = (0.02, 0.12)
    sill_m: tuple[float, float] = (0.02, 0.12)
    tread_m: tuple[float, float] = (0.30, 0.42)
    begin: tuple[float, float] = (0.0, 0.5)
    amid: float = 0.0


@attrs.frozen(slots=True, kw_only=True)
class Learning:
    """PPO's settings (names as in Schulman et al. 2017; adaptive rate as in rsl_rl).

    Attributes:
        hidden: Units of the hidden layers, for a kind of policy that wants others than ``UNITS``.
        ramp_steps: From which to which environment step penalties grow from a fifth to their full weight.
        entropy_end: What the entropy's weight falls to, evenly over the training; it stays where this is None. Wide
            exploration finds the way up a step, and stands in the way of precision.
        grow_in: Rewards that grow in the same way. Precise tracking should where a body would rather stand still,
            which tracks well on average, than learn to step.
    """

    steps: Mapping[Kind, int]
    hidden: Mapping[Kind, tuple[int, ...]] = attrs.field(factory=dict[Kind, tuple[int, ...]])
    init_std: float = 0.8
    horizon: int = 24
    epochs: int = 4
    minibatches: int = 4
    gamma: float = 0.99
    lam: float = 0.95
    clip: float = 0.2
    entropy: float = 0.005
    entropy_end: float | None = None
    rate: float = 5e-4
    kl: float = 0.012
    ramp_steps: tuple[int, int] = (1_000_000, 5_000_000)
    grow_in: tuple[str, ...] = ()

    def units(self, kind: Kind) -> tuple[int, ...]:
        """Return the units of the hidden layers of a kind of policy."""
        return self.hidden.get(kind, UNITS)

    def entropy_at(self, share: float) -> float:
        """Return the entropy's weight when this share of a training is done."""
        end = self.entropy if self.entropy_end is None else self.entropy_end
        return self.entropy + (end - self.entropy) * min(max(share, 0.0), 1.0)


def _some_moments(_: object, field: attrs.Attribute[Mapping[Kind, int]], value: Mapping[Kind, int]) -> None:
    for kind, moments in value.items():
        if not 1 <= moments <= MOST_MOMENTS:
            raise ValueError(f"{field.name}.{kind}: 1 to {MOST_MOMENTS} control periods; got {moments}")


@attrs.frozen(slots=True, kw_only=True)
class Recipe:
    """Everything ``navila train locomotion`` needs besides the MJCF; see docs/locomotion.md for each part.

    Attributes:
        joints: The joints the policy moves, in its order.
        held: The others.
        contacts: MJCF geoms that can touch the ground in training; the fewer, the faster.
        base_geoms: Those of them that end an episode when they touch.
        legs_touch: Whether those of one leg meet those of another, too, as they do on a robot. Legs that pass through
            each other in training learn to, and a biped that is pushed then trips over its own foot.
        mirror: Pairs of words that swap in names when left and right swap.
        base_height_m: Height of the base over the ground, walking.
        height_map: The grid a vision policy sees.
        rewards: Weight of each term.
        feel_velocity: Which kinds of policy are told the base's velocity, as odometry estimates it. A biped that
            climbs wants it: without a history nothing else says how fast it falls forward.
        remember: How many control periods a kind of policy remembers, the present one included; none where it isn't
            named. Legs that touch the ground tell how fast the body moves over it, through noise that a few periods
            average out.
    """

    joints: Mapping[str, JointRecipe]
    held: Mapping[str, HeldJoint] = attrs.field(factory=dict[str, HeldJoint])
    feet: tuple[Foot, ...]
    contacts: tuple[str, ...]
    base_geoms: tuple[str, ...] = ()
    legs_touch: bool = False
    mirror: tuple[tuple[str, str], ...]
    base_height_m: float
    fallen_below_m: float
    action_scale: float
    gait: Gait
    height_map: HeightMapSpec
    commands: Commands
    rewards: Mapping[str, float]
    learning: Learning
    randomization: Randomization = attrs.field(factory=Randomization)
    feel_velocity: tuple[Kind, ...] = ()
    remember: Mapping[Kind, int] = attrs.field(factory=dict[Kind, int], validator=_some_moments)
    noise: Noise = attrs.field(factory=Noise)
    terrain: Terrain = attrs.field(factory=Terrain)


@attrs.frozen(slots=True, kw_only=True)
class Stage:
    """One stretch of a training.

    Attributes:
        name: Its folder, where there are several.
        steps: Environment steps.
        recipe: What it goes by.
        blend: How far from the policy it began with to what it learned its own lies, above 0 and up to 1.
    """

    name: str
    steps: int
    recipe: Recipe
    blend: float = 1.0
