"""The OpenGL renderer keeps the ray camera's contract; runs where OpenGL is installed and gives a context."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mujoco.places import BLUE, RED, box, connect, place, thing

pytest.importorskip("OpenGL")


@pytest.fixture
def driver():
    from navila_mujoco.faults import RenderError

    scene = place(
        thing("box", box(7, 6, 0.5, 0.5, rgb=RED)),
        thing("box", box(7, 4, 0.5, 0.5, rgb=BLUE)),
        walls=(box(9.05, 5, 0.1, 20, height=4),),
    )
    try:
        live = connect(scene, renderer="gl", picture_px=[96, 72])
    except RenderError as error:
        pytest.skip(str(error))
    yield live, connect(scene, picture_px=[96, 72])
    live.close()


def test_gl_and_rays_show_the_same(driver):
    gl, rays = (live.observe() for live in driver)
    assert gl.rgb.shape == rays.rgb.shape
    assert gl.rgb.dtype == np.uint8
    both = np.isfinite(gl.depth_m) & np.isfinite(rays.depth_m)
    assert (np.isfinite(gl.depth_m) == np.isfinite(rays.depth_m)).mean() > 0.97
    close = np.abs(gl.depth_m[both] - rays.depth_m[both]) < 0.02 * rays.depth_m[both]
    assert close.mean() > 0.95
    for observation in (gl, rays):
        picture = observation.rgb.astype(int)
        red = picture[:, :, 0] > picture[:, :, 1:].max(axis=2) + 40
        blue = picture[:, :, 2] > picture[:, :, :2].max(axis=2) + 40
        assert np.flatnonzero(red.any(axis=0)).max() < 48
        assert np.flatnonzero(blue.any(axis=0)).min() > 48
