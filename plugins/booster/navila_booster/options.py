"""The options of a T1's driver (``[driver]`` in the config), read strictly."""

from __future__ import annotations

import attrs

from navila_sdk.hardware.options import LinkOptions


@attrs.frozen(slots=True, kw_only=True)
class DriverOptions(LinkOptions):
    """What can be set about the link to a T1.

    Attributes:
        camera_topic: The topic of compressed pictures.
    """

    camera_topic: str = "rt/booster/camera/color/image_raw/compressed"
