"""A stage's triangles in Habitat's frame, whichever axis its file has up, and rays cast against them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def stage(load: str) -> tuple[Points, NDArray[np.int64]]:
    """Return a stage's triangles (N, 3, 3), y up, and which part each belongs to.

    As habitat-sim: a description says which axis is up; a bare ``.glb`` is taken for z up, looking along y.
    """
    path = Path(load)
    up, asset = (0.0, 0.0, 1.0) if path.suffix == ".glb" else (0.0, 1.0, 0.0), path
    if load.endswith(".stage_config.json"):
        told = json.loads(path.read_text())
        up, asset = tuple(map(float, told["up"])), path.parent / told["render_asset"]
        front = tuple(map(float, told["front"]))
        assert front == ((0.0, 0.0, -1.0) if up[1] else (0.0, 1.0, 0.0))
    import trimesh

    mesh = trimesh.load(str(asset), process=False).to_mesh()
    triangles = np.asarray(mesh.triangles, np.float64)
    if up[2]:
        triangles = np.stack([triangles[..., 0], triangles[..., 2], -triangles[..., 1]], axis=-1)
    return triangles, np.arange(len(triangles))


def sampled(triangles: Points, spacing: float) -> tuple[Points, Points]:
    """Return points all over triangles, and the upward part of each one's normal."""
    points, ups = [], []
    for a, b, c in triangles:
        normal = np.cross(b - a, c - a)
        area = np.linalg.norm(normal) / 2
        if area < 1e-9:
            continue
        along = [np.linspace(0, 1, int(np.ceil(np.linalg.norm(side) / spacing)) + 1) for side in (b - a, c - a)]
        u, v = (part.ravel() for part in np.meshgrid(*along, indexing="ij"))
        inside = u + v <= 1 + 1e-9
        found = a + u[inside, None] * (b - a) + v[inside, None] * (c - a)
        points.append(found)
        ups.append(np.full(len(found), abs(normal[1]) / (2 * area)))
    return np.concatenate(points), np.concatenate(ups)


def cast(triangles: Points, origin: Points, rays: Points) -> tuple[Points, NDArray[np.int64]]:
    """Return the distance along each ray (N, 3), in the ray's own length (inf for none), and the triangle hit (-1)."""
    a = triangles[:, 0]
    e1, e2 = triangles[:, 1] - a, triangles[:, 2] - a
    to = origin - a
    q = np.cross(to, e1)
    best, which = np.full(len(rays), np.inf), np.full(len(rays), -1)
    for first in range(0, len(rays), 256):
        d = rays[first : first + 256]
        p = np.cross(d[:, None, :], e2[None])
        det = np.einsum("nk,mnk->mn", e1, p)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.einsum("nk,mnk->mn", to, p) / det
            v = np.einsum("mk,nk->mn", d, q) / det
            t = np.einsum("nk,nk->n", e2, q)[None] / det
            hit = (np.abs(det) > 1e-12) & (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (t > 1e-6)
        t = np.where(hit, t, np.inf)
        index = t.argmin(axis=1)
        best[first : first + 256] = t[np.arange(len(d)), index]
        which[first : first + 256] = np.where(np.isfinite(best[first : first + 256]), index, -1)
    return best, which
