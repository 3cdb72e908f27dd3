"""The robot's own camera: compressed pictures on a topic."""

from __future__ import annotations

import time
from typing import Any

from navila_booster.quiet import quiet
from navila_booster.sdk import sdk
from navila_sdk.errors import ConfigError, RobotUnreachableError
from navila_sdk.hardware.arrival import Arrival
from navila_sdk.hardware.camera import PictureSource
from navila_sdk.hardware.url_picture import UrlPicture, is_url

VENDOR = "vendor"


class CompressedTopic:
    """The latest picture on a topic, as a ``navila_sdk.hardware.camera.PictureSource``.

    Args:
        topic: Its DDS name.
        period_s: Pictures that come sooner after the last one are left out, as copying one takes time.
        stale_s: An older picture is none.
    """

    def __init__(self, topic: str, period_s: float, stale_s: float) -> None:
        self._topic, self._period_s, self._stale_s = topic, period_s, stale_s
        self._latest: Arrival[bytes] | None = None
        self._closed = False
        self._subscriber: Any = sdk().CompressedImageSubscriber(self._hear, topic)
        with quiet():
            self._subscriber.InitChannel()

    def __call__(self) -> bytes:
        """Return the picture.

        Raises:
            RobotUnreachableError: None came, or none lately.
        """
        latest = self._latest
        if latest is None or time.monotonic() - latest.time_s > self._stale_s:
            raise RobotUnreachableError(
                f"nothing comes on {self._topic}; see that the camera's service runs and publishes there "
                "(driver.camera_topic), or name a URL (driver.camera)"
            )
        return latest.value

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._subscriber.CloseChannel()

    def _hear(self, message: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        now_s = time.monotonic()
        if self._closed or (self._latest is not None and now_s - self._latest.time_s < 0.8 * self._period_s):
            return
        self._latest = Arrival(bytes(message.data), now_s)


def check_camera(name: str) -> None:
    """Refuse what is no camera, before anything else happens.

    Raises:
        ConfigError: It's neither ``vendor`` nor a URL.
    """
    if name != VENDOR and not is_url(name):
        raise ConfigError(f'driver.camera: expected "{VENDOR}" or the URL of a JPEG (http://...); got {name!r:.80}')


def picture_source(name: str, topic: str, period_s: float, stale_s: float) -> PictureSource:
    """Return the source ``driver.camera`` names."""
    return UrlPicture(name) if is_url(name) else CompressedTopic(topic, period_s, stale_s)
