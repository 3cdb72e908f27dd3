"""Writes an episode to an MCAP file while it happens.

Chunks are small and flushed to the operating system as they fill, so that a killed process loses about the
last second. A disk that fills up in mid-episode stops the recording, not the robot: ``failed`` says so, and
``close`` raises.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import OutputError
from navila_sdk.events import Event, Observed
from navila_sdk.recording.folders import unwritable
from navila_sdk.recording.schemas import FORMAT, TOPICS, VERSION
from navila_sdk.recording.wire import ScanWriter, event_message, picture_message
from navila_sdk.scenes import Scene

CHUNK_BYTES = 16 * 1024
JPEG_QUALITY = 90
LOSSLESS_PX = 160 * 120
"""Camera frames up to this size are kept exactly, so that a planner that sees them again answers the same."""
LOG_NAME = "episode.mcap"


def _encoded(rgb: NDArray[np.uint8], *, exactly: bool) -> tuple[bytes, str]:
    from PIL import Image

    form = "png" if exactly and rgb.shape[0] * rgb.shape[1] <= LOSSLESS_PX else "jpeg"
    with io.BytesIO() as stream:
        Image.fromarray(rgb).save(stream, form, **({"quality": JPEG_QUALITY} if form == "jpeg" else {}))
        return stream.getvalue(), form


class EpisodeRecorder:
    """An event listener that writes ``folder/episode.mcap``.

    Args:
        folder: Made if it isn't there; must not hold a recording yet.
        scene: Stored with the log, where the world knows it.
        meta: Facts about the run, as JSON values.

    Raises:
        OutputError: The folder can't be written, or holds a recording already.
    """

    def __init__(self, folder: Path, *, scene: Scene | None = None, meta: Mapping[str, Any] | None = None) -> None:
        from mcap.writer import CompressionType, Writer

        self.path = folder / LOG_NAME
        self.failed: OSError | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb")
        except FileExistsError:
            if not folder.is_dir():
                raise OutputError(f"can't write to {folder}: it's a file, not a folder; choose another") from None
            raise OutputError(
                f"{folder} holds a recording already ({LOG_NAME}); it's never overwritten: choose another folder"
            ) from None
        except OSError as error:
            raise unwritable(folder, error) from error
        self._scans = ScanWriter()
        self._flushed_at = 0
        self._writer = Writer(self._file, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._guarded(lambda: self._begin(scene, meta or {}))
        if self.failed is not None:
            self._file.close()
            raise unwritable(folder, self.failed) from self.failed

    def _begin(self, scene: Scene | None, meta: Mapping[str, Any]) -> None:
        from navila_sdk.scenes import scene_to_json

        self._writer.start(profile=FORMAT, library="navila_sdk")
        self._writer.add_metadata(FORMAT, {"version": VERSION, "meta": json.dumps(meta)})
        if scene is not None:
            text = scene_to_json(scene).encode()
            self._writer.add_attachment(0, 0, "scene.json", "application/json", text)
        self._channels = {
            topic: self._writer.register_channel(
                topic, "json", self._writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
            )
            for topic, (name, schema) in TOPICS.items()
        }
        self._file.flush()

    def __call__(self, event: Event) -> None:
        """Write an event."""
        if isinstance(event, Observed):
            seen = event.observation
            message = picture_message(*_encoded(seen.rgb, exactly=True), seen.time_s, "camera")
            message |= {"asked_s": event.time_s, "index": event.index, "pose": seen.pose.as_tuple()}
            self._write("/camera", event.time_s, message)
            return
        topic, message = event_message(event, self._scans)
        self._write(topic, event.time_s, message)

    def film(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        """Write a third-person picture, uint8 (H, W, 3)."""
        self._write("/film", time_s, picture_message(*_encoded(rgb, exactly=False), time_s, "film"))

    def _write(self, topic: str, time_s: float, message: dict[str, Any]) -> None:
        data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
        stamp_ns = max(int(time_s * 1e9), 0)
        self._guarded(lambda: self._writer.add_message(self._channels[topic], stamp_ns, data, stamp_ns))

    def _guarded(self, write: Any) -> None:  # noqa: ANN401 - any call without arguments
        """Run a write unless one failed before; a disk error ends the recording and nothing else."""
        if self.failed is not None:
            return
        try:
            write()
            if self._file.tell() != self._flushed_at:
                self._file.flush()
                self._flushed_at = self._file.tell()
        except OSError as error:
            self.failed = error

    def close(self) -> None:
        """Finish the file; a second call does nothing.

        Raises:
            OutputError: The disk failed while recording; the file is readable up to there.
        """
        if self._file.closed:
            return
        self._guarded(self._writer.finish)
        try:
            self._file.close()
        except OSError as error:
            self.failed = self.failed or error
        if self.failed is not None:
            raise unwritable(self.path.parent, self.failed, "the recording is cut short: ") from self.failed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
