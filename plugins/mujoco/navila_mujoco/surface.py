"""A mesh for rays, by Embree: which triangle each ray meets, how far away, in what colour.

MuJoCo casts rays at meshes too; on a scan of a million triangles Embree is a hundred times faster.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import MissingDependencyError
from navila_sdk.scenes.mesh.survey import Survey

Floats = NDArray[np.float64]
_BUILT: WeakKeyDictionary[Survey, Surface] = WeakKeyDictionary()


class Surface:
    """The triangles of a survey, to cast rays at."""

    def __init__(self, survey: Survey) -> None:
        scenes, meshes = _embree()
        self._scene = scenes.EmbreeScene()
        self._sheets = survey.sheets
        corners = survey.vertices_m[survey.faces]
        # The scene owns the mesh; Python need only keep the scene.
        meshes.TriangleMesh(self._scene, corners)
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        length = np.linalg.norm(cross, axis=1, keepdims=True)
        self._normals = np.divide(cross, length, out=np.zeros_like(cross), where=length > 0)

    def cast(self, origin: Floats, directions: Floats, below_m: float | None = None) -> Hits:
        """Return what rays meet.

        Args:
            origin: (3,): where they start.
            directions: (N, 3): unit vectors.
            below_m: Leave out what is higher, so that one can look into rooms from above; None leaves out nothing.
        """
        ahead = np.asarray(directions, np.float32)
        skipped = np.zeros(len(ahead))
        if below_m is not None and origin[2] > below_m:
            falling = directions[:, 2] < -1e-9
            skipped = np.where(falling, (below_m - origin[2]) / np.where(falling, directions[:, 2], 1.0), 0.0)
        starts = np.ascontiguousarray(origin + skipped[:, None] * directions, np.float32)
        found: Any = self._scene.run(starts, np.ascontiguousarray(ahead), query="INTERSECT", output=True)
        face = np.asarray(found["primID"], np.int64)
        if below_m is not None and origin[2] > below_m:
            face = np.where(directions[:, 2] < -1e-9, face, -1)
        distance = np.where(face >= 0, skipped + found["tfar"], np.inf)
        return Hits(self, face, distance, found["u"], found["v"])

    def looks(self, hits: Hits, chosen: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the colours of some hits, float32 (n, 3), 0-255, and which want light, bool (n,)."""
        face = hits.face[chosen]
        colors = self._sheets.colors(face, hits.u[chosen], hits.v[chosen])
        return colors.astype(np.float32), self._sheets.plain[face]

    def normals(self, hits: Hits, chosen: NDArray[np.intp], directions: Floats) -> NDArray[np.float32]:
        """Return the unit normals at some hits, (n, 3), on the side that the rays come from."""
        normal = self._normals[hits.face[chosen]]
        away = np.einsum("ij,ij->i", normal, directions[chosen]) > 0
        return np.where(away[:, None], -normal, normal)


class Hits:
    """What a bundle of rays met on a surface.

    Attributes:
        face: int64 (N,): the triangle, -1 for none.
        distance_m: float64 (N,), inf for none.
        u: float32 (N,): weight of the triangle's second corner.
        v: float32 (N,): weight of its third.
    """

    __slots__ = ("distance_m", "face", "surface", "u", "v")

    def __init__(
        self,
        surface: Surface,
        face: NDArray[np.int64],
        distance_m: Floats,
        u: NDArray[np.float32],
        v: NDArray[np.float32],
    ) -> None:
        self.surface, self.face, self.distance_m, self.u, self.v = surface, face, distance_m, u, v


def surface_of(survey: Survey) -> Surface:
    """Return a survey's surface; building one takes seconds for a large scan, so each is kept as long as its survey.

    Raises:
        MissingDependencyError: The extra ``mesh`` isn't installed.
    """
    if survey not in _BUILT:
        _BUILT[survey] = Surface(survey)
    return _BUILT[survey]


def _embree() -> tuple[Any, Any]:
    try:
        from embreex import mesh_construction, rtcore_scene  # pyright: ignore[reportMissingImports, reportUnknownVariableType]
    except ImportError:
        raise MissingDependencyError(
            "the world 'mujoco' sees mesh scenes with the package embreex, which isn't installed: "
            "pip install 'navila-mujoco[mesh]'"
        ) from None
    return rtcore_scene, mesh_construction  # pyright: ignore[reportUnknownVariableType]
