"""A sensor's rays: where they look from, which way, and the points they end at as the body sees them."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

from navila_sdk.perception import depth_points
from navila_sdk.perception.beams import (
    depth_beams,
    ground_beams,
    level_points,
    lidar_beams,
    lidar_directions,
    pixel_directions,
)

BODIES = pytest.mark.parametrize("body", [go2, h1, t1], ids=lambda body: body.name)


@BODIES
def test_rays_are_of_unit_length(body):
    beams, period_s = ground_beams(body)
    assert np.linalg.norm(beams.directions, axis=1) == pytest.approx(1.0)
    assert 0 < period_s < 1


def test_a_level_lidar_turns_from_behind_over_the_right():
    lidar = attrs.evolve(go2.lidar, pitch_rad=0.0, elevations_rad=(0.0, 0.5), azimuths=4)
    rays = lidar_directions(lidar)
    assert rays[:4] == pytest.approx(np.array([(-1, 0, 0), (0, -1, 0), (1, 0, 0), (0, 1, 0)]), abs=1e-12)
    assert rays[4:, 2] == pytest.approx(math.sin(0.5))


def test_a_sensor_tipped_down_looks_down():
    lidar = attrs.evolve(go2.lidar, pitch_rad=0.3, elevations_rad=(0.0,), azimuths=4)
    assert lidar_directions(lidar)[2] == pytest.approx((math.cos(0.3), 0.0, -math.sin(0.3)))
    rays, along = pixel_directions(1.0, 0.3, 3, 1)
    assert rays[1] == pytest.approx((math.cos(0.3), 0.0, -math.sin(0.3)))
    assert along[1] == pytest.approx(1.0)


def test_a_pixel_s_ray_ends_where_the_depth_picture_puts_its_point():
    """Two ways to the same points: along the rays, and from the picture that they fill."""
    camera = attrs.evolve(h1.depth_camera, width_px=8, height_px=6)
    beams = depth_beams(camera, h1.base_height_m)
    _, along = pixel_directions(camera.hfov_rad, camera.pitch_rad, 8, 6)
    reach_m = np.linspace(0.5, 3.0, 48)
    ends = np.array(beams.mount_m) + reach_m[:, None] * beams.directions
    assert ends == pytest.approx(depth_points((reach_m * along).reshape(6, 8), camera, h1.base_height_m), abs=1e-5)


def test_the_ground_is_mapped_with_what_was_made_for_it():
    assert len(ground_beams(h1)[0].directions) == h1.depth_camera.width_px * h1.depth_camera.height_px
    assert len(ground_beams(go2)[0].directions) == len(lidar_beams(go2.lidar, go2.base_height_m).directions)
    bare = attrs.evolve(go2, lidar=None)
    assert len(ground_beams(bare)[0].directions) == go2.camera.width_px * go2.camera.height_px


@given(st.floats(-3, 3), st.floats(-9, 9), st.floats(-9, 9))
def test_points_come_out_level_and_without_misses(yaw_rad, x_m, y_m):
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    hits = np.array([(x_m + 2 * c - s, y_m + 2 * s + c, 0.5), (np.inf, np.inf, np.inf)])
    points = level_points(hits, np.array((x_m, y_m, 0.3)), yaw_rad)
    assert points.dtype == np.float32
    assert points == pytest.approx(np.array([[2.0, 1.0, 0.2]]), abs=1e-5)
