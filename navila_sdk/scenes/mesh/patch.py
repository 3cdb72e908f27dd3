"""A piece of a mesh file with one look: plain, coloured by corner, or under a picture."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.scenes.mesh.samples import Floats, Samples

Bytes = NDArray[np.uint8]
PLAIN_RGB = (176, 174, 170)


@attrs.frozen(slots=True, eq=False)
class Patch:
    """Triangles and what they look like.

    Attributes:
        vertices_m: float64 (N, 3), in the scene's frame but for the floor's height.
        faces: int64 (M, 3).
        rgb: uint8 (3,), or (N, 3) a colour for each vertex; what a picture is multiplied by.
        picture: uint8 (h, w, 3), or None.
        uv: float64 (N, 2): where in the picture each vertex lies, from its lower left corner.
        unlit: Whether its colours have the light in them already.
    """

    vertices_m: Floats
    faces: NDArray[np.int64]
    rgb: Bytes
    picture: Bytes | None = None
    uv: Floats | None = None
    unlit: bool = False

    @property
    def corners_m(self) -> Floats:
        """The triangles' corners (M, 3, 3)."""
        return self.vertices_m[self.faces]

    def only(self, chosen: NDArray[np.bool_]) -> Patch:
        """Return the same with some of its triangles."""
        return attrs.evolve(self, faces=self.faces[chosen])

    def colors(self, samples: Samples) -> Bytes:
        """Return the colours at points, uint8 (n, 3)."""
        count = len(samples.face)
        if self.rgb.ndim == 1:
            color = np.broadcast_to(self.rgb.astype(np.float64), (count, 3))
        else:
            color = samples.of(self.rgb[self.faces].astype(np.float64))
        if self.picture is not None and self.uv is not None:
            high, wide = self.picture.shape[:2]
            u, v = samples.of(self.uv[self.faces]).T
            column = np.floor(u % 1.0 * wide).astype(np.int64) % wide
            row = np.floor((1 - v) % 1.0 * high).astype(np.int64) % high
            color = color * (self.picture[row, column] / 255.0)
        return np.clip(np.rint(color), 0, 255).astype(np.uint8)

    @property
    def plain(self) -> NDArray[np.bool_]:
        """Which triangles have one colour all over, bool (M,)."""
        if self.picture is not None and self.uv is not None:
            at = self.uv[self.faces]
            return np.asarray((np.ptp(at, axis=1) < 1e-7).all(axis=1))
        if self.rgb.ndim == 1:
            return np.ones(len(self.faces), np.bool_)
        of = self.rgb[self.faces].astype(np.int64)
        return np.asarray((np.ptp(of, axis=1) == 0).all(axis=1))
