"""The furniture catalogue: each piece a few primitives, in its own frame, in centimetres.

A piece stands with its back to a wall: u runs along the wall, v away from it. A part without a colour takes
the piece's own.
"""

from __future__ import annotations

import attrs

from navila_sdk.scenes.palette import FABRICS, WOODS, Rgb
from navila_sdk.scenes.rect import Rect
from navila_sdk.scenes.scene import Shape

_PALE: Rgb = (244, 243, 238)
_DARK: Rgb = (52, 50, 50)
_STEEL: Rgb = (176, 180, 184)
_SHADE: Rgb = (246, 232, 190)
_CLAY: Rgb = (176, 98, 66)
_GLASS: Rgb = (176, 208, 218)
_WOOD: Rgb = (112, 78, 50)
_BOOKS: tuple[Rgb, ...] = ((150, 70, 60), (70, 92, 120), (196, 172, 110))


@attrs.frozen(slots=True)
class Part:
    """One primitive: its outline seen from above, bottom and top, colour (None: the piece's) and shape."""

    rect: Rect
    low: int
    high: int
    rgb: Rgb | None = None
    shape: Shape = Shape.BOX


@attrs.frozen(slots=True)
class Piece:
    """A piece of furniture: what it is called, colours it comes in, width and depth, parts."""

    noun: str
    colors: tuple[str, ...]
    width: int
    depth: int
    parts: tuple[Part, ...]


def _box(u0: int, v0: int, u1: int, v1: int, low: int, high: int, rgb: Rgb | None = None) -> Part:
    return Part(Rect(u0, v0, u1, v1), low, high, rgb)


def _round(u: int, v: int, diameter: int, low: int, high: int, rgb: Rgb | None = None) -> Part:
    half = diameter // 2
    return Part(Rect(u - half, v - half, u + half, v + half), low, high, rgb, Shape.CYLINDER)


def _ball(u: int, v: int, diameter: int, low: int, rgb: Rgb | None = None) -> Part:
    half = diameter // 2
    return Part(Rect(u - half, v - half, u + half, v + half), low, low + diameter, rgb, Shape.SPHERE)


def _table(noun: str, width: int, depth: int, height: int) -> Piece:
    legs = [_box(u, v, u + 6, v + 6, 0, height - 4, _WOOD) for u in (4, width - 10) for v in (4, depth - 10)]
    return Piece(noun, WOODS, width, depth, (_box(0, 0, width, depth, height - 4, height), *legs))


SOFA = Piece("sofa", FABRICS, 200, 90, (
    _box(0, 0, 200, 90, 8, 44), _box(0, 0, 200, 22, 44, 82),
    _box(0, 22, 18, 90, 44, 60), _box(182, 22, 200, 90, 44, 60),
))  # fmt: skip
ARMCHAIR = Piece("armchair", FABRICS, 84, 84, (
    _box(0, 0, 84, 84, 8, 42), _box(0, 0, 84, 20, 42, 84),
    _box(0, 20, 14, 84, 42, 58), _box(70, 20, 84, 84, 42, 58),
))  # fmt: skip
COFFEE_TABLE = _table("coffee table", 110, 60, 42)
TABLE = _table("table", 150, 90, 76)
KITCHEN_TABLE = _table("table", 110, 76, 76)
CHAIR = Piece("chair", ("brown", "white", "black"), 44, 46, (
    _box(0, 0, 44, 46, 42, 47), _box(0, 0, 44, 5, 47, 92),
    _box(2, 2, 6, 44, 0, 42, _WOOD), _box(38, 2, 42, 44, 0, 42, _WOOD),
))  # fmt: skip
CABINET = Piece("cabinet", WOODS, 150, 42, (
    _box(0, 0, 150, 42, 6, 52), _box(4, 2, 146, 40, 0, 6, _DARK), _box(25, 16, 125, 22, 58, 122, _DARK),
    _box(55, 10, 95, 30, 52, 58, _DARK),
))  # fmt: skip
SIDEBOARD = Piece("sideboard", WOODS, 130, 44, (
    _box(0, 0, 130, 43, 8, 86), _box(4, 4, 126, 40, 0, 8, _DARK), _box(64, 43, 66, 44, 12, 82, _DARK),
))  # fmt: skip
SHELF = Piece("shelf", WOODS, 100, 34, (
    _box(0, 0, 100, 4, 0, 190), _box(0, 4, 4, 34, 0, 190), _box(96, 4, 100, 34, 0, 190),
    *(_box(4, 4, 96, 34, z, z + 4) for z in (6, 52, 98, 144, 186)),
    *(_box(8 + 12 * i, 8, 60 + 10 * i, 28, z, z + 30, _BOOKS[i]) for i, z in enumerate((10, 56, 102))),
))  # fmt: skip
LAMP = Piece("lamp", ("white", "black", "beige"), 40, 40, (
    _round(20, 20, 30, 0, 4), _round(20, 20, 6, 4, 138), _round(20, 20, 40, 138, 170, _SHADE),
))  # fmt: skip
PLANT = Piece("plant", ("green",), 56, 56, (_round(28, 28, 34, 0, 36, _CLAY), _ball(28, 28, 56, 34)))
COUNTER = Piece("counter", WOODS, 200, 62, (
    _box(0, 0, 200, 60, 0, 86), _box(0, 0, 200, 62, 86, 90, _DARK), _box(0, 0, 200, 34, 150, 210),
    _box(120, 14, 170, 50, 90, 91, _STEEL),
))  # fmt: skip
STOVE = Piece("stove", ("white", "grey", "black"), 60, 62, (
    _box(0, 0, 60, 60, 0, 88), _box(0, 0, 60, 60, 88, 90, _DARK), _box(8, 60, 52, 62, 24, 64, _DARK),
))  # fmt: skip
REFRIGERATOR = Piece("refrigerator", ("white", "grey"), 68, 70, (
    _box(0, 0, 68, 64, 0, 182), _box(1, 64, 67, 68, 4, 118), _box(1, 64, 67, 68, 122, 180),
    _box(6, 68, 10, 70, 70, 112, _STEEL),
))  # fmt: skip
BED = Piece("bed", FABRICS, 160, 206, (
    _box(0, 0, 160, 6, 0, 104, _WOOD), _box(0, 6, 160, 206, 8, 30, _WOOD), _box(4, 6, 156, 202, 30, 50, _PALE),
    _box(2, 70, 158, 204, 50, 58), _box(14, 12, 70, 52, 50, 62, _PALE), _box(90, 12, 146, 52, 50, 62, _PALE),
))  # fmt: skip
NIGHTSTAND = Piece("nightstand", WOODS, 44, 40, (_box(0, 0, 44, 39, 0, 50), _box(12, 39, 32, 40, 30, 34, _DARK)))
WARDROBE = Piece("wardrobe", WOODS, 160, 60, (
    _box(0, 0, 160, 57, 0, 204), _box(79, 57, 81, 58, 6, 198, _DARK),
    _box(70, 57, 74, 60, 90, 116, _STEEL), _box(86, 57, 90, 60, 90, 116, _STEEL),
))  # fmt: skip
DRESSER = Piece("dresser", WOODS, 110, 48, (
    _box(0, 0, 110, 46, 0, 84), *(_box(4, 46, 106, 48, z, z + 22) for z in (6, 32, 58)),
))  # fmt: skip
BATHTUB = Piece("bathtub", ("white",), 170, 76, (
    _box(0, 0, 170, 8, 0, 56), _box(0, 68, 170, 76, 0, 56), _box(0, 8, 8, 68, 0, 56), _box(162, 8, 170, 68, 0, 56),
    _box(8, 8, 162, 68, 0, 40, _GLASS),
))  # fmt: skip
TOILET = Piece(
    "toilet",
    ("white",),
    40,
    66,
    (_box(0, 0, 40, 20, 0, 82), _box(8, 20, 32, 56, 0, 38), _round(20, 44, 40, 38, 44)),
)
WASHBASIN = Piece("washbasin", ("white",), 60, 46, (
    _box(18, 4, 42, 36, 0, 74), _box(0, 0, 60, 46, 74, 88), _box(4, 0, 56, 3, 118, 186, _GLASS),
))  # fmt: skip
DESK = Piece("desk", WOODS, 140, 70, (
    _box(0, 0, 140, 70, 71, 75), _box(0, 4, 5, 66, 0, 71), _box(135, 4, 140, 66, 0, 71),
    _box(40, 14, 100, 18, 86, 122, _DARK), _box(62, 8, 78, 24, 75, 86, _DARK),
))  # fmt: skip
BENCH = Piece("bench", ("brown", "beige"), 96, 30, (
    _box(0, 0, 96, 30, 40, 45), _box(4, 4, 10, 26, 0, 40, _WOOD), _box(86, 4, 92, 26, 0, 40, _WOOD),
))  # fmt: skip
