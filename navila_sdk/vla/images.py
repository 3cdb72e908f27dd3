"""A camera frame as the vision tower reads it: squeezed to its square, bicubic, scaled to -1..1.

Source: NaVILA llava/mm_utils.py, image_aspect_ratio "resize": aspect ratio isn't kept, nothing is padded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from navila_sdk.observation import checked_rgb


def pixels_of(
    frame: NDArray[np.uint8] | None,
    side_px: int,
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5),
    deviation: tuple[float, float, float] = (0.5, 0.5, 0.5),
) -> NDArray[np.float32]:
    """Return float32 (3, side, side).

    Args:
        frame: uint8 (H, W, 3), or None for black.
        side_px: The tower's picture.
        mean: Of each channel, 0 to 1.
        deviation: Of each channel.

    Raises:
        ObservationError: No such array.
    """
    if frame is None:
        rgb = np.zeros((side_px, side_px, 3), np.uint8)
    else:
        # Imported here because listings of planners read what leads to this module.
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(checked_rgb(frame)))
        rgb = np.asarray(picture.resize((side_px, side_px), Image.Resampling.BICUBIC))
    # In this order and these types, as the image processor that the model was trained with.
    scaled = (rgb.astype(np.float64) * (1 / 255)).astype(np.float32)
    out = (scaled - np.array(mean, np.float32)) / np.array(deviation, np.float32)
    return np.ascontiguousarray(out.transpose(2, 0, 1))
