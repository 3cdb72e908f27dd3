"""What runs on the device beside MuJoCo Warp's own kernels."""

# No `from __future__ import annotations`: Warp reads the annotations as objects.

import warp


@warp.kernel(enable_backward=False)
def place_boxes(
    worlds: warp.array(dtype=int),
    boxes: warp.array(dtype=int),
    center: warp.array2d(dtype=warp.vec3),
    half: warp.array2d(dtype=warp.vec3),
    geom_pos: warp.array2d(dtype=warp.vec3),
    geom_size: warp.array2d(dtype=warp.vec3),
    geom_rbound: warp.array2d(dtype=float),
    geom_aabb: warp.array3d(dtype=warp.vec3),
    geom_xpos: warp.array2d(dtype=warp.vec3),
) -> None:
    """Move boxes that are fixed to the world; it places such geoms once only, so their pose is written as well."""
    i, j = warp.tid()
    world, box = worlds[i], boxes[j]
    geom_pos[world, box] = center[i, j]
    geom_xpos[world, box] = center[i, j]
    geom_size[world, box] = half[i, j]
    geom_rbound[world, box] = warp.length(half[i, j])
    geom_aabb[world, box, 0] = warp.vec3(0.0, 0.0, 0.0)
    geom_aabb[world, box, 1] = half[i, j]
