"""Mid-level actions: what a planner decides, with physical units and a canonical sentence.

NaVILA's VLA writes "move forward 75 cm"; here that is ``MoveForward(distance_m=0.75)``, and ``str()`` of
it is that sentence again, exactly. The verbs beyond NaVILA's four are for embodiments that declare them.
"""

from __future__ import annotations

import enum
import math
from typing import Any, ClassVar, Self, cast

import attrs

from navila_sdk.errors import ActionError
from navila_sdk.geometry import Pose2
from navila_sdk.units import degrees_to_rad, rad_to_degrees_text, shifted_text

MAX_DISTANCE_M = 1000.0
MAX_ANGLE_RAD = 20 * math.pi
MAX_DURATION_S = 3600.0
MIN_AMOUNT = 1e-6


class Verb(enum.StrEnum):
    """What an action does; an embodiment declares the verbs it can perform."""

    MOVE_FORWARD = "move forward"
    MOVE_BACKWARD = "move backward"
    TURN_LEFT = "turn left"
    TURN_RIGHT = "turn right"
    STEP_LEFT = "step left"
    STEP_RIGHT = "step right"
    WAIT = "wait"
    STOP = "stop"


def _amount(unit: str, highest: float) -> Any:  # noqa: ANN401 - attrs fields are typed by their owner
    """Return an attrs field for a finite, positive, bounded amount in ``unit``."""

    def convert(value: object) -> float:
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise ActionError(f"an action's amount is a number of {unit}, not {value!r}") from None
        if not math.isfinite(number) or not MIN_AMOUNT <= number <= highest:
            raise ActionError(
                f"an action's amount must lie between {MIN_AMOUNT:g} and {highest:g} {unit}; got {number!r}"
            )
        return number

    return cast("Any", attrs.field(converter=convert))


@attrs.frozen(slots=True)
class Action:
    """Base of all mid-level actions; ``str(action)`` is its canonical sentence."""

    verb: ClassVar[Verb]

    def displacement(self) -> Pose2:
        """Return the planar motion this action means, in the frame of the pose it starts from."""
        return Pose2()


@attrs.frozen(slots=True)
class _Translation(Action):
    """A straight move of ``distance_m`` metres."""

    distance_m: float = _amount("metres", MAX_DISTANCE_M)
    direction: ClassVar[tuple[int, int]]

    @classmethod
    def cm(cls, centimetres: float) -> Self:
        """Return the move of that many centimetres."""
        return cls(float(centimetres) / 100)

    def displacement(self) -> Pose2:
        forward, left = self.direction
        return Pose2(forward * self.distance_m, left * self.distance_m, 0.0)

    def __str__(self) -> str:
        return f"{self.verb} {shifted_text(self.distance_m, 2)} cm"


@attrs.frozen(slots=True)
class MoveForward(_Translation):
    """Walk straight ahead by ``distance_m`` metres."""

    verb: ClassVar[Verb] = Verb.MOVE_FORWARD
    direction: ClassVar[tuple[int, int]] = (1, 0)

    __str__ = _Translation.__str__


@attrs.frozen(slots=True)
class MoveBackward(_Translation):
    """Walk straight back by ``distance_m`` metres, without turning."""

    verb: ClassVar[Verb] = Verb.MOVE_BACKWARD
    direction: ClassVar[tuple[int, int]] = (-1, 0)

    __str__ = _Translation.__str__


@attrs.frozen(slots=True)
class StepLeft(_Translation):
    """Step to the left by ``distance_m`` metres, without turning."""

    verb: ClassVar[Verb] = Verb.STEP_LEFT
    direction: ClassVar[tuple[int, int]] = (0, 1)

    __str__ = _Translation.__str__


@attrs.frozen(slots=True)
class StepRight(_Translation):
    """Step to the right by ``distance_m`` metres, without turning."""

    verb: ClassVar[Verb] = Verb.STEP_RIGHT
    direction: ClassVar[tuple[int, int]] = (0, -1)

    __str__ = _Translation.__str__


@attrs.frozen(slots=True)
class _Turn(Action):
    """A turn in place of ``angle_rad`` radians (always positive; the verb gives the side)."""

    angle_rad: float = _amount("radians", MAX_ANGLE_RAD)
    side: ClassVar[int]

    @classmethod
    def degrees(cls, degrees: float) -> Self:
        """Return the turn of that many degrees."""
        try:
            angle_rad = degrees_to_rad(repr(float(degrees)))
        except (ArithmeticError, TypeError, ValueError):
            raise ActionError(f"an action's amount is a finite number of degrees, not {degrees!r}") from None
        return cls(angle_rad)

    def displacement(self) -> Pose2:
        return Pose2(0.0, 0.0, self.side * self.angle_rad)

    def __str__(self) -> str:
        return f"{self.verb} {rad_to_degrees_text(self.angle_rad)} degrees"


@attrs.frozen(slots=True)
class TurnLeft(_Turn):
    """Turn left in place by ``angle_rad`` radians."""

    verb: ClassVar[Verb] = Verb.TURN_LEFT
    side: ClassVar[int] = 1

    __str__ = _Turn.__str__


@attrs.frozen(slots=True)
class TurnRight(_Turn):
    """Turn right in place by ``angle_rad`` radians."""

    verb: ClassVar[Verb] = Verb.TURN_RIGHT
    side: ClassVar[int] = -1

    __str__ = _Turn.__str__


@attrs.frozen(slots=True)
class Wait(Action):
    """Stand still for ``duration_s`` seconds."""

    verb: ClassVar[Verb] = Verb.WAIT
    duration_s: float = _amount("seconds", MAX_DURATION_S)

    def __str__(self) -> str:
        return f"{self.verb} {shifted_text(self.duration_s, 0)} seconds"


@attrs.frozen(slots=True)
class Stop(Action):
    """The instruction is done: stand still and end the episode."""

    verb: ClassVar[Verb] = Verb.STOP

    def __str__(self) -> str:
        return str(self.verb)


ACTION_TYPES: dict[Verb, type[Action]] = {
    cls.verb: cls for cls in (MoveForward, MoveBackward, TurnLeft, TurnRight, StepLeft, StepRight, Wait, Stop)
}
NAVILA_VERBS = frozenset({Verb.MOVE_FORWARD, Verb.TURN_LEFT, Verb.TURN_RIGHT, Verb.STOP})
