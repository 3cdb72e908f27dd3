"""Where pictures come from: the vendor's video service, or any URL that gives a JPEG."""

from __future__ import annotations

from navila_sdk.errors import ConfigError
from navila_sdk.hardware.camera import PictureSource
from navila_sdk.hardware.url_picture import UrlPicture, is_url
from navila_unitree import codes, sdk

VENDOR = "vendor"
TIMEOUT_S = 3.0


def picture_source(name: str) -> PictureSource:
    """Return the source ``driver.camera`` names.

    Raises:
        ConfigError: It's neither ``vendor`` nor a URL.
    """
    if name == VENDOR:
        return VideoService()
    if is_url(name):
        return UrlPicture(name)
    raise ConfigError(f'driver.camera: expected "{VENDOR}" or the URL of a JPEG (http://...); got {name!r:.80}')


class VideoService:
    """The vendor's service ``videohub``."""

    def __init__(self) -> None:
        self._client = sdk.module("go2.video.video_client").VideoClient()
        self._client.SetTimeout(TIMEOUT_S)
        self._client.Init()

    def __call__(self) -> bytes:
        """Return one JPEG.

        Raises:
            RobotError: The service failed.
        """
        code, data = self._client.GetImageSample()
        codes.check(int(code), "the video service")
        return bytes(data)
