"""Whose eyes the data are seen through: registered bodies, their cameras varied so that one model serves them all."""

from __future__ import annotations

import math

import attrs
import numpy as np

from navila_sdk.embodiment import Camera, Embodiment


@attrs.frozen(slots=True, kw_only=True)
class CameraSpread:
    """How far cameras differ from their record, each uniform.

    Attributes:
        height_m: Added to the height, either way.
        pitch_rad: Added to the tilt, either way.
        hfov_rad: Added to the field of view, either way.
        x_m: Added to the forward offset, either way.
    """

    height_m: float = 0.08
    pitch_rad: float = math.radians(3)
    hfov_rad: float = math.radians(4)
    x_m: float = 0.05


def varied(body: Embodiment, spread: CameraSpread, size_px: tuple[int, int], random: np.random.Generator) -> Embodiment:
    """Return a body with another camera.

    Args:
        body: As registered.
        spread: How far the camera may differ.
        size_px: Width and height of its pictures.
        random: Draws.
    """
    camera: Camera = body.camera

    def off(half: float) -> float:
        return float(random.uniform(-half, half))

    return attrs.evolve(
        body,
        camera=attrs.evolve(
            camera,
            x_m=camera.x_m + off(spread.x_m),
            z_m=camera.z_m + off(spread.height_m),
            pitch_rad=camera.pitch_rad + off(spread.pitch_rad),
            hfov_rad=camera.hfov_rad + off(spread.hfov_rad),
            width_px=size_px[0],
            height_px=size_px[1],
        ),
    )
