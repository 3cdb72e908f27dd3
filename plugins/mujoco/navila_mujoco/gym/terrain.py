"""Terrain as a handful of boxes per environment that move ahead of the robot; heights are exact, no rays needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.body import BLOCKS, Body
from navila_mujoco.gym.physics import Physics
from navila_sdk.training.locomotion.recipe import Terrain

FLAT, STAIRS, SCATTERED, SILLS = 0, 1, 2, 3
_STEPS = 5
_BASE_M = -0.2
_BURIED_M = -5.0
_PLATEAU_HALF_M = (0.35, 0.6)
_GAP_M = (0.7, 1.1)
_CLIMBED = 0.55
_SILLS = 3
_SILL_DEEP_M = (0.06, 0.40)
_SILL_APART_M = (0.25, 0.90)
_SILL_BESIDE_M = 0.5
"""Sills are wider than deep by this on either side: who comes at an angle doesn't pass beside them."""
_CLEARING_M = 0.28
"""Who begins amid boards or sills stands on level ground as far as this, along each axis."""

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


class Blocks:
    """The boxes of every environment.

    Args:
        body: The model.
        physics: What the boxes stand in.
        count: Environments.
        settings: What to build.
        random: Source of randomness.
    """

    def __init__(
        self, body: Body, physics: Physics, count: int, settings: Terrain, random: np.random.Generator
    ) -> None:
        self._physics, self._settings, self._random = physics, settings, random
        self.active = body.blocks.size > 0
        share = random.permutation(count) / count
        up_to = np.cumsum([settings.stairs, settings.blocks, settings.sills])
        self.kind = np.array([STAIRS, SCATTERED, SILLS, FLAT])[np.searchsorted(up_to, share, side="right")]
        if not self.active:
            self.kind[:] = FLAT
        self.level = random.uniform(*settings.begin, count)
        self.center = np.zeros((count, 2))
        self.reach_m = np.zeros(count)
        self._peak_m = np.zeros(count)
        self._xy = np.zeros((count, BLOCKS, 2), np.float32)
        self._half = np.full((count, BLOCKS, 2), -1.0, np.float32)
        self._top = np.zeros((count, BLOCKS), np.float32)

    def place(self, ids: Ids, xy: Floats, yaw_rad: Floats, *, begins: bool = False) -> None:
        """Build new terrain ahead of robots.

        Args:
            ids: Environments (M,).
            xy: Where the robots are (M, 2).
            yaw_rad: Where they head (M,).
            begins: Whether their episodes begin: some begin amid it.
        """
        if not self.active:
            return
        ids_stairs, ids_blocks = ids[self.kind[ids] == STAIRS], ids[self.kind[ids] == SCATTERED]
        if ids_stairs.size:
            self._stairs(ids_stairs)
        if ids_blocks.size:
            self._scatter(ids_blocks)
        sills = self.kind[ids] == SILLS
        if sills.any():
            self._lay_sills(ids[sills], np.abs(np.cos(yaw_rad[sills])) < np.abs(np.sin(yaw_rad[sills])))
        self._peak_m[ids] = 0.0
        moved = self.kind[ids] != FLAT
        ids, xy, yaw_rad = ids[moved], xy[moved], yaw_rad[moved]
        away = self.reach_m[ids] + self._random.uniform(*_GAP_M, ids.size)
        # A square's edge is nearest straight on: at an angle the corner reaches farther.
        stretch = 1 / np.maximum(np.abs(np.cos(yaw_rad)), np.abs(np.sin(yaw_rad)))
        self.center[ids] = xy + (away * stretch)[:, None] * np.stack([np.cos(yaw_rad), np.sin(yaw_rad)], 1)
        amid = self._begin_amid(ids) if begins else np.zeros(ids.size, np.bool_)
        reach = self.reach_m[ids][amid, None] / 2
        self.center[ids[amid]] = xy[amid] + self._random.uniform(-reach, reach, (len(reach), 2))
        self._xy[ids] += self.center[ids][:, None].astype(np.float32)
        self._clear(ids[amid], xy[amid])
        self._write(ids)

    def _begin_amid(self, ids: Ids) -> NDArray[np.bool_]:
        if self._settings.amid == 0:
            return np.zeros(ids.size, np.bool_)
        return (self.kind[ids] != STAIRS) & (self._random.uniform(size=ids.size) < self._settings.amid)

    def _clear(self, ids: Ids, xy: Floats) -> None:
        """Move what would lie under feet aside, by the shorter way."""
        apart = self._xy[ids] - xy[:, None].astype(np.float32)
        into = np.maximum(self._half[ids] + _CLEARING_M - np.abs(apart), 0.0)
        nearer = np.arange(2) == into.argmin(axis=2)[..., None]
        self._xy[ids] += np.where(nearer, np.copysign(into, apart), 0.0)

    def _rise(self, ids: Ids, span_m: tuple[float, float]) -> Floats:
        return span_m[0] + self.level[ids] * (span_m[1] - span_m[0])

    def _stairs(self, ids: Ids) -> None:
        rise = self._rise(ids, self._settings.step_m)
        tread = self._random.uniform(*self._settings.tread_m, ids.size)
        plateau = self._random.uniform(*_PLATEAU_HALF_M, ids.size)
        for i in range(BLOCKS):
            if i < _STEPS:
                half = plateau + tread * (_STEPS - 1 - i)
                self._half[ids, i] = half[:, None]
                self._top[ids, i] = rise * (i + 1)
            else:
                self._half[ids, i] = -1.0
        self._xy[ids] = 0.0
        self.reach_m[ids] = plateau + tread * (_STEPS - 1)

    def _scatter(self, ids: Ids) -> None:
        most = self._rise(ids, self._settings.block_m)
        shape = (ids.size, BLOCKS)
        self._half[ids] = self._random.uniform(0.1, 0.45, (*shape, 2))
        self._top[ids] = most[:, None] * self._random.uniform(0.3, 1.0, shape)
        self._xy[ids] = self._random.uniform(-0.9, 0.9, (*shape, 2))
        self.reach_m[ids] = 1.2

    def _lay_sills(self, ids: Ids, along_y: NDArray[np.bool_]) -> None:
        rise = self._rise(ids, self._settings.sill_m)
        deep = self._random.uniform(*_SILL_DEEP_M, (ids.size, _SILLS))
        apart = self._random.uniform(*_SILL_APART_M, (ids.size, _SILLS - 1))
        ends = np.cumsum(np.stack([deep, np.pad(apart, ((0, 0), (0, 1)))], axis=2).reshape(ids.size, -1), axis=1)
        reach = ends[:, -1] / 2
        middle = ends[:, ::2] - deep / 2 - reach[:, None]
        half = np.stack([deep / 2, np.repeat(reach[:, None] + _SILL_BESIDE_M, _SILLS, axis=1)], axis=2)
        xy = np.stack([middle, np.zeros_like(middle)], axis=2)
        half[along_y], xy[along_y] = half[along_y][..., ::-1], xy[along_y][..., ::-1]
        self._half[ids], self._xy[ids] = -1.0, 0.0
        self._half[ids, :_SILLS], self._xy[ids, :_SILLS] = half, xy
        self._top[ids, :_SILLS] = rise[:, None] * self._random.uniform(0.6, 1.0, (ids.size, _SILLS))
        self.reach_m[ids] = reach

    def _write(self, ids: Ids) -> None:
        used = self._half[ids, :, 0] > 0
        top = np.where(used, self._top[ids], _BURIED_M + 0.1)
        bottom = np.where(used, _BASE_M, _BURIED_M)
        half = np.concatenate(
            [np.where(used[..., None], self._half[ids], 0.05), ((top - bottom) / 2)[..., None]], axis=2
        )
        center = np.concatenate([self._xy[ids], ((top + bottom) / 2)[..., None]], axis=2)
        self._physics.place(ids, center, half)

    def heights(self, xy: Floats, ids: Ids | slice = slice(None)) -> NDArray[np.float32]:
        """Return the ground's height below points (M, P, 2), float32 (M, P)."""
        points = xy.astype(np.float32)
        out = np.zeros(points.shape[:2], np.float32)
        if not self.active:
            return out
        for i in range(BLOCKS):
            gap = np.abs(points - self._xy[ids, i][:, None]) <= self._half[ids, i][:, None]
            np.maximum(out, np.where(gap[..., 0] & gap[..., 1], self._top[ids, i][:, None], 0), out=out)
        return out

    def passed(self, xy: Floats) -> tuple[Ids, NDArray[np.bool_]]:
        """Return the environments whose robot has left its terrain behind, and which of them it had climbed.

        Walking away is no crossing: stairs count from the third of their five steps.
        """
        if not self.active:
            return np.zeros(0, np.intp), np.zeros(0, np.bool_)
        np.maximum(self._peak_m, self.heights(xy[:, None])[:, 0], out=self._peak_m)
        away = np.abs(xy - self.center).max(axis=1)
        left = np.flatnonzero((self.kind != FLAT) & (away > self.reach_m + _GAP_M[1] + 0.6))
        return left, self.climbed[left]

    @property
    def climbed(self) -> NDArray[np.bool_]:
        """Return who has stood on terrain (N,): on stairs, on the third of their five steps."""
        most = self._top.max(axis=1, where=self._half[..., 0] > 0, initial=0.0)
        wanted = np.where(self.kind == STAIRS, _CLIMBED * most, 1e-3)
        return (self.kind != FLAT) & (self._peak_m >= wanted)

    def promote(self, ids: Ids, by: float) -> None:
        """Make environments harder (or, with a negative step, easier); past the top they start anywhere."""
        level = self.level[ids] + by
        top = level > 1.0
        level[top] = self._random.uniform(0.2, 1.0, int(top.sum()))
        self.level[ids] = np.maximum(level, 0.0)
