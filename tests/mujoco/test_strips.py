"""Leaving solids out strip by strip changes no ray: the same hits as casting every ray at everything."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from navila_mujoco.rays import RayCaster
from navila_mujoco.solids import add_solid
from navila_mujoco.strips import Strips, outlines

from tests.mujoco.places import ball, box, cylinder

sides = st.floats(0.05, 3)
solids = st.one_of(
    st.builds(
        lambda x, y, sx, sy, yaw, bottom: box(x, y, sx, sy, yaw=yaw, bottom=bottom),
        st.floats(0, 6),
        st.floats(0, 6),
        sides,
        sides,
        st.floats(-4, 4),
        st.floats(0, 2),
    ),
    st.builds(cylinder, st.floats(0, 6), st.floats(0, 6), sides),
    st.builds(ball, st.floats(0, 6), st.floats(0, 6), st.floats(0, 3), sides),
)


def _all_round(count):
    """Rays over the whole sphere, straight up and down among them."""
    z = np.linspace(-1, 1, count)
    azimuth = np.arange(count) * 2.399963
    level = np.sqrt(1 - z**2)
    return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), z], axis=1)


@settings(max_examples=80, deadline=None)
@given(
    solids=st.lists(solids, min_size=1, max_size=15),
    origin=st.tuples(st.floats(0, 6), st.floats(0, 6), st.floats(0.1, 2)),
    yaw=st.floats(-7, 7),
    count=st.sampled_from([1, 40, 2000]),
)
def test_strips_change_no_hit(solids, origin, yaw, count):
    spec = mujoco.MjSpec()
    for solid in solids:
        add_solid(spec.worldbody, solid)
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    rays = _all_round(count)
    strips = Strips(rays)
    caster = RayCaster(model, data, outlines(solids))
    caster.cast(origin, yaw, strips)
    model.geom_group[:] = 0
    c, s = math.cos(yaw), math.sin(yaw)
    x, y = rays[:, 0], rays[:, 1]
    turned = np.stack([c * x - s * y, s * x + c * y, rays[:, 2]], axis=1)
    geom, distance = np.zeros(count, np.int32), np.zeros(count)
    mujoco.mj_multiRay(model, data, np.array(origin), turned.ravel(), None, 1, -1, geom, distance, None, count, 1e4)
    assert np.allclose(strips.restored(caster.distance_m), distance, atol=1e-6)
    assert np.allclose(strips.restored(caster.directions), turned)
