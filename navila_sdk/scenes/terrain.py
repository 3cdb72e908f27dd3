"""Things to climb, for legs in physics: stairs, kerbs, a ramp, scattered boards, an uneven field.

The robot starts before them, looks along +x, and has crossed when it stands at the landmark behind them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import attrs

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.scene import Errand, Scene, SceneObject, Shape, Solid

START_X_M, BEGIN_X_M, MIDDLE_Y_M = 1.5, 2.6, 3.0
"""Where the robot starts and where the terrain begins, 1.1 m ahead of it."""
TREAD_M, STEPS, PLATEAU_M = 0.35, 5, 1.2
_WIDE_M, _SUNK_M = 5.0, 0.2
_STONE, _SLATE = (176, 158, 132), (150, 138, 124)
_SPEC = re.compile(r"([a-z]+)(?::([0-9]{1,9}(?:\.[0-9]{1,9})?)(?::([0-9]{1,9}))?)?", re.ASCII)


@attrs.frozen(slots=True)
class Kind:
    """A kind of terrain.

    Attributes:
        build: From size and dice to the ground's solids.
        size: Its height in centimetres (of a ramp, its slope in degrees) unless told otherwise.
        most: The greatest.
        words: What an instruction calls it.
    """

    build: Callable[[float, Dice], list[Solid]]
    size: float
    most: float
    words: str


def _block(x0: float, x1: float, y0: float, y1: float, top: float, i: int = 0) -> Solid:
    """Return a box from below the floor up to ``top``."""
    return Solid(
        Shape.BOX,
        ((x0 + x1) / 2, (y0 + y1) / 2, (top - _SUNK_M) / 2),
        (x1 - x0, y1 - y0, top + _SUNK_M),
        rgb=(_STONE, _SLATE)[i % 2],
    )


def _across(x0: float, x1: float, top: float, i: int = 0) -> Solid:
    return _block(x0, x1, MIDDLE_Y_M - _WIDE_M / 2, MIDDLE_Y_M + _WIDE_M / 2, top, i)


def _stairs(rise_cm: float, _: Dice) -> list[Solid]:
    rise, up_m = rise_cm / 100, TREAD_M * (STEPS - 1)
    end = BEGIN_X_M + 2 * up_m + PLATEAU_M
    return [_across(BEGIN_X_M + TREAD_M * i, end - TREAD_M * i, rise * (i + 1), i) for i in range(STEPS)]


def _kerbs(rise_cm: float, _: Dice) -> list[Solid]:
    return [_across(BEGIN_X_M + 1.6 * i, BEGIN_X_M + 1.6 * i + 0.8, rise_cm / 100, i) for i in range(3)]


def _ramp(slope_deg: float, _: Dice) -> list[Solid]:
    slope, run_m, thick = math.radians(slope_deg), 2.0, 0.1
    top = run_m * math.tan(slope)
    length = run_m / math.cos(slope)
    solids = [_across(BEGIN_X_M + run_m, BEGIN_X_M + run_m + PLATEAU_M, top)]
    for middle, pitch in ((BEGIN_X_M + run_m / 2, -slope), (BEGIN_X_M + run_m * 1.5 + PLATEAU_M, slope)):
        # The middle of the upper side lies over the middle of the run, half as high as the plateau.
        x, z = middle - thick / 2 * math.sin(pitch), top / 2 - thick / 2 * math.cos(slope)
        solids.append(Solid(Shape.BOX, (x, MIDDLE_Y_M, z), (length, _WIDE_M, thick), 0.0, _SLATE, pitch))
    return solids


def _boards(rise_cm: float, dice: Dice) -> list[Solid]:
    solids: list[Solid] = []
    for i in range(48):
        x, y = BEGIN_X_M + dice.between(20, 460) / 100, MIDDLE_Y_M + dice.between(-230, 230) / 100
        half_x, half_y = dice.between(10, 45) / 100, dice.between(10, 45) / 100
        top = rise_cm / 100 * dice.between(30, 100) / 100
        solids.append(_block(x - half_x, x + half_x, y - half_y, y + half_y, top, i))
    return solids


def _rough(rise_cm: float, dice: Dice) -> list[Solid]:
    side = 0.3
    return [
        _block(x, x + side, y, y + side, rise_cm / 100 * dice.between(10, 100) / 100, i + j)
        for i in range(14)
        for j in range(14)
        for x, y in [(BEGIN_X_M + side * i, MIDDLE_Y_M - 2.1 + side * j)]
    ]


KINDS = {
    "stairs": Kind(_stairs, 10.0, 25.0, "the stairs"),
    "kerbs": Kind(_kerbs, 8.0, 25.0, "the kerbs"),
    "ramp": Kind(_ramp, 12.0, 30.0, "the ramp"),
    "boards": Kind(_boards, 8.0, 25.0, "the boards"),
    "rough": Kind(_rough, 4.0, 15.0, "the uneven ground"),
}


def terrain(spec: str) -> Scene:
    """Return the terrain that ``KIND``, ``KIND:SIZE`` or ``KIND:SIZE:SEED`` asks for.

    Sizes are step heights in centimetres, of a ramp its slope in degrees; the seed moves boards and tiles.

    Raises:
        SceneError: No such kind, or a size out of range.
    """
    found = _SPEC.fullmatch(spec)
    kind = KINDS.get(found[1]) if found else None
    if found is None or kind is None:
        raise SceneError(
            f"there is no terrain {spec[:60]!r}; write 'terrain:KIND', 'terrain:KIND:SIZE' or "
            f"'terrain:KIND:SIZE:SEED', as in 'terrain:stairs:15'; kinds: {', '.join(KINDS)}"
        )
    size = float(found[2]) if found[2] else kind.size
    if not 0 < size <= kind.most:
        unit = "degrees" if found[1] == "ramp" else "cm"
        raise SceneError(f"terrain:{spec[:60]}: the size must be over 0 and at most {kind.most:g} {unit}")
    ground = kind.build(size, Dice(int(found[3] or 0)))
    end = round(max(solid.center_m[0] + solid.size_m[0] / 2 for solid in ground), 2)
    start = Pose2(START_X_M, MIDDLE_Y_M, 0.0)
    mark = Solid(Shape.BOX, (end + 2.4, MIDDLE_Y_M, 0.3), (0.6, 0.6, 0.6), 0.0, (200, 40, 40))
    errand = Errand(f"Walk over {kind.words} and stop at the red box.", start, (end + 1.4, MIDDLE_Y_M))
    return Scene(
        f"terrain:{spec}",
        (round(end + 4.0, 2), 2 * MIDDLE_Y_M),
        start,
        objects=(SceneObject("box", "red", "", (mark,)),),
        errands=(errand,),
        ground=tuple(ground),
    )
