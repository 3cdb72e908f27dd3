"""Rectangles in whole centimetres: what apartments are drawn with, so that no float decides anything."""

from __future__ import annotations

import attrs

from navila_sdk.scenes.scene import Shape, Solid


@attrs.frozen(slots=True)
class Rect:
    """An axis-aligned rectangle, centimetres."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Extent along x."""
        return self.x1 - self.x0

    @property
    def depth(self) -> int:
        """Extent along y."""
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        """Area in square centimetres."""
        return self.width * self.depth

    def grown(self, by: int) -> Rect:
        """Return the rectangle with every side moved outwards."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share area; touching sides don't."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def holds(self, other: Rect) -> bool:
        """Whether the other lies wholly within."""
        return self.x0 <= other.x0 and self.y0 <= other.y0 and other.x1 <= self.x1 and other.y1 <= self.y1

    def turned(self, width: int, depth: int, *, swap: bool, flip_x: bool, flip_y: bool) -> Rect:
        """Return the rectangle after mirroring a floor of ``width`` x ``depth`` and then swapping x and y."""
        x0, x1 = (width - self.x1, width - self.x0) if flip_x else (self.x0, self.x1)
        y0, y1 = (depth - self.y1, depth - self.y0) if flip_y else (self.y0, self.y1)
        return Rect(y0, x0, y1, x1) if swap else Rect(x0, y0, x1, y1)

    def solid(self, low: int, high: int, rgb: tuple[int, int, int], shape: Shape = Shape.BOX) -> Solid:
        """Return the solid that stands on the rectangle between two heights."""
        return Solid(
            shape,
            ((self.x0 + self.x1) / 200, (self.y0 + self.y1) / 200, (low + high) / 200),
            (self.width / 100, self.depth / 100, (high - low) / 100),
            0.0,
            rgb,
        )
