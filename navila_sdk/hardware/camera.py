"""The camera of a real robot: a thread fetches pictures, so that nobody waits for one.

Where a picture comes from is pluggable: a vendor's service or topic, or a URL.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.geometry import Pose2
from navila_sdk.hardware.options import LinkOptions
from navila_sdk.observation import Observation


class PictureSource(Protocol):
    """Gives one JPEG at a time."""

    def __call__(self) -> bytes:
        """Return a JPEG, or raise what says why there is none (RobotError, OSError)."""
        ...


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """Return a JPEG's pixels, uint8 (H, W, 3).

    Raises:
        RobotUnreachableError: It isn't a picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG", "PNG")) as image:
            return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RobotUnreachableError(f"the camera sent {len(jpeg)} bytes that are no picture: {error}") from None


class Camera:
    """Keeps the latest picture of a source.

    Args:
        source: Gives JPEGs; may block.
        rate_hz: How many to fetch per second.
        stale_s: An older picture is none.
        straighten: Makes the picture planners see of the camera's.
        pose: The odometry pose now.
        clock_s: The robot driver's clock.
    """

    def __init__(
        self,
        source: PictureSource,
        *,
        rate_hz: float,
        stale_s: float,
        straighten: Callable[[NDArray[np.uint8]], NDArray[np.uint8]],
        pose: Callable[[], Pose2],
        clock_s: Callable[[], float],
    ) -> None:
        self._source, self._straighten, self._pose, self._clock_s = source, straighten, pose, clock_s
        self._period_s, self._stale_s = 1 / rate_hz, stale_s
        self._wake = threading.Condition()
        self._latest: Observation | None = None
        self._jpeg = b""
        self._cause = "no picture yet"
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="navila-camera", daemon=True)
        self._thread.start()

    def observe(self, patience_s: float = 0.0) -> Observation:
        """Return the latest picture.

        Args:
            patience_s: How long to wait for one that is fresh enough.

        Raises:
            RobotUnreachableError: There is none, or only an old one.
        """
        with self._wake:
            self._wake.wait_for(self._is_fresh, patience_s)
            if self._latest is None or not self._is_fresh():
                age = (
                    f"the last one is {self._clock_s() - self._latest.time_s:.1f} s old" if self._latest else "none yet"
                )
                raise RobotUnreachableError(f"the camera gives no pictures ({age}): {self._cause}")
            return self._latest

    def close(self) -> None:
        """Stop fetching; a second call does nothing."""
        self._done.set()
        self._thread.join(timeout=2.0)

    def _is_fresh(self) -> bool:
        return self._latest is not None and self._clock_s() - self._latest.time_s <= self._stale_s

    def _run(self) -> None:
        while not self._done.is_set():
            begun_s = time.monotonic()
            try:
                self._fetch()
            # Whatever a source raises is why there is no picture; observe() says so.
            except Exception as error:  # noqa: BLE001
                self._cause = f"{type(error).__name__}: {error}"
            self._done.wait(max(self._period_s - (time.monotonic() - begun_s), 0.01))

    def _fetch(self) -> None:
        asked_s, pose = self._clock_s(), self._pose()
        jpeg = self._source()
        if jpeg == self._jpeg:
            # No sensor gives the same bytes twice: this is an old picture, and it grows older.
            self._cause = "it repeats the same picture"
            return
        rgb = decoded(jpeg)
        if not rgb.any():
            raise RobotUnreachableError("the picture is all black; is the lens covered?")
        observation = Observation(self._straighten(rgb), pose, asked_s)
        with self._wake:
            self._latest, self._jpeg = observation, jpeg
            self._wake.notify_all()


def opened_camera(
    source: PictureSource,
    options: LinkOptions,
    *,
    straighten: Callable[[NDArray[np.uint8]], NDArray[np.uint8]],
    pose: Callable[[], Pose2],
    clock_s: Callable[[], float],
) -> Camera:
    """Return a camera that has given its first picture; arguments as ``Camera``'s.

    Raises:
        RobotUnreachableError: No picture comes within ``options.timeout_s``.
    """
    camera = Camera(
        source,
        rate_hz=options.camera_hz,
        stale_s=options.camera_stale_s,
        straighten=straighten,
        pose=pose,
        clock_s=clock_s,
    )
    try:
        camera.observe(options.timeout_s)
    except RobotUnreachableError:
        camera.close()
        raise
    return camera
