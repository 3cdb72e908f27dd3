"""What goes together and into which room: a suite is pieces placed as one (a desk and its chair)."""

from __future__ import annotations

import attrs

from navila_sdk.scenes import furniture as f
from navila_sdk.scenes.furniture import Piece
from navila_sdk.scenes.rect import Rect


@attrs.frozen(slots=True)
class Placed:
    """A piece within a suite: its near left corner, and whether it's turned to face the wall."""

    piece: Piece
    u: int = 0
    v: int = 0
    facing_wall: bool = False

    @property
    def rect(self) -> Rect:
        """The piece's outline in the suite's frame."""
        return Rect(self.u, self.v, self.u + self.piece.width, self.v + self.piece.depth)


@attrs.frozen(slots=True)
class Suite:
    """Pieces placed as one, and the floor to keep free in front.

    Attributes:
        pieces: The pieces.
        front: Depth of floor to keep free in front of the suite.
        standing_free: Placed in the middle of a room instead of along a wall.
    """

    pieces: tuple[Placed, ...]
    front: int = 60
    standing_free: bool = False

    @property
    def width(self) -> int:
        """Extent along the wall."""
        return max(placed.rect.x1 for placed in self.pieces)

    @property
    def depth(self) -> int:
        """Extent away from the wall."""
        return max(placed.rect.y1 for placed in self.pieces)


def _one(piece: Piece, front: int = 60) -> Suite:
    return Suite((Placed(piece),), front)


_SOFA_CORNER = Suite((Placed(f.SOFA), Placed(f.COFFEE_TABLE, 46, 128)), 40)
_SOFA = _one(f.SOFA)
_BED = Suite((Placed(f.NIGHTSTAND), Placed(f.BED, 48), Placed(f.NIGHTSTAND, 212)), 60)
_SMALL_BED = Suite((Placed(f.BED), Placed(f.NIGHTSTAND, 164)), 60)
_DESK = Suite((Placed(f.DESK), Placed(f.CHAIR, 48, 58, facing_wall=True)), 50)
_KITCHEN = Suite((Placed(f.COUNTER), Placed(f.STOVE, 200), Placed(f.REFRIGERATOR, 262)), 70)
_SMALL_KITCHEN = Suite((Placed(f.COUNTER), Placed(f.STOVE, 200)), 70)
_DINING = Suite(
    (
        Placed(f.CHAIR, 22, 0),
        Placed(f.CHAIR, 84, 0),
        Placed(f.TABLE, 0, 36),
        Placed(f.CHAIR, 22, 116, facing_wall=True),
        Placed(f.CHAIR, 84, 116, facing_wall=True),
    ),
    0,
    standing_free=True,
)
_BREAKFAST = Suite((Placed(f.KITCHEN_TABLE), Placed(f.CHAIR, 33, 58, facing_wall=True)), 50)

# room -> suites to try in order: each row is one place to fill, the first that fits fills it; what the first row
# offers makes the room what it is called
ROOM_SUITES: dict[str, tuple[tuple[Suite, ...], ...]] = {
    "living room": (
        (_SOFA_CORNER, _SOFA),
        (_one(f.CABINET, 70),),
        (_one(f.ARMCHAIR, 50),),
        (_one(f.SHELF, 50), _one(f.PLANT, 10)),
        (_one(f.LAMP, 10), _one(f.PLANT, 10)),
    ),
    "kitchen": (
        (_KITCHEN, _SMALL_KITCHEN, _one(f.COUNTER, 70)),
        (_BREAKFAST,),
        (_one(f.REFRIGERATOR, 60), _one(f.SIDEBOARD, 50)),
    ),
    "bedroom": ((_BED, _SMALL_BED, _one(f.BED)), (_one(f.WARDROBE, 60),), (_one(f.DRESSER, 50), _one(f.LAMP, 10))),
    "bathroom": ((_one(f.BATHTUB),), (_one(f.WASHBASIN),), (_one(f.TOILET, 50),)),
    "dining room": ((_DINING, _BREAKFAST), (_one(f.SIDEBOARD, 50),), (_one(f.PLANT, 10), _one(f.LAMP, 10))),
    "study": ((_DESK,), (_one(f.SHELF, 50),), (_one(f.ARMCHAIR, 50),), (_one(f.LAMP, 10), _one(f.PLANT, 10))),
    "corridor": ((_one(f.BENCH, 80),),),
}
