"""The height map: its spec a whole grid, what the adapter writes what the spec says, every policy's card agreeing."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import NavilaError
from navila_sdk.locomotion.choose import packaged_file
from navila_sdk.locomotion.controller import check_map
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.perception.encode import encode_map
from navila_sdk.perception.height_map import height_map_of
from navila_sdk.testing.conformance.embodiments.body import Body
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check

_WHOLE = 1e-6
_BUMP_M = 0.1


def _specs(body: Body) -> Iterator[tuple[str, HeightMapSpec]]:
    if body.record.height_map is not None:
        yield "height_map", body.record.height_map
    for number, spec in enumerate(body.record.more_height_maps):
        yield f"more_height_maps[{number}]", spec


@check("height-map-spec")
def spec(body: Body) -> Iterator[Finding]:
    """Each height map is a whole number of cells, and its clipping leaves the ground in."""
    found = False
    for name, grid in _specs(body):
        found = True
        field = name.partition("[")[0]
        for axis, low, high in (("x", grid.x_min_m, grid.x_max_m), ("y", grid.y_min_m, grid.y_max_m)):
            cells = (high - low) / grid.resolution_m
            if abs(cells - round(cells)) > _WHOLE:
                value = f"{grid.resolution_m:g} m cuts {axis} = {low:g} to {high:g} m into {cells:g} cells"
                yield Fault(f"{name}.resolution_m", value, "a whole number", body.mend(f"{field}.resolution_m"))
        low, high = grid.clip_m
        if not (low < high and math.isfinite(grid.fill_m) and low <= grid.fill_m <= high):
            value = f"{low:g} to {high:g}, unknown cells {grid.fill_m:g}"
            yield Fault(f"{name}.clip_m", value, "least below greatest, fill_m between", body.mend(field))
    if not found:
        yield Skip("the record has no height map")


@check("height-map-adapter", "height-map-spec", "shape")
def adapter(body: Body) -> Iterator[Finding]:
    """What the adapter writes has the spec's cells: a bump ahead and to the left stands where the spec puts it."""
    found = False
    for name, grid in _specs(body):
        if grid.frame != "heading":
            continue
        found = True
        nx, ny = grid.shape
        column, row = (3 * nx) // 4, (3 * ny) // 4
        x, y = (np.arange(n) * grid.resolution_m + low for n, low in ((nx, grid.x_min_m), (ny, grid.y_min_m)))
        ground = np.full((nx, ny), -body.record.base_height_m)
        ground[column, row] += _BUMP_M
        points = np.stack([*(axis.ravel() for axis in np.meshgrid(x, y, indexing="ij")), ground.ravel()], axis=1)
        written = encode_map(height_map_of(points, grid), grid)
        place = column * ny + row if grid.order == "x-major" else row * nx + column
        differing = np.flatnonzero(np.abs(written - np.median(written)) > _BUMP_M / 4)
        if written.size != nx * ny or differing.tolist() != [place]:
            value = f"{written.size} numbers, the bump at {differing.tolist()}"
            mend = body.mend(name.partition("[")[0])
            yield Fault(name, value, f"{nx * ny} numbers, the bump at [{place}], within clip_m", mend)
    if not found:
        yield Skip("the record has no height map in its heading frame")


@check("height-map-policy", "height-map-spec?", "policies")
def card(body: Body) -> Iterator[Finding]:
    """Every policy that sees the ground sees a grid the body declares, number for number."""
    if not body.record.policies:
        yield Skip("the record has no policy")
    for target in body.record.policies.values():
        try:
            check_map(load_policy(packaged_file(target)), body.record)
        except NavilaError as error:
            yield Fault("height_map", str(error), f"the grid of {target}'s card", body.mend("height_map"))
