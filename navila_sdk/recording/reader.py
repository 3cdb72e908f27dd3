"""Reads an episode log back into the SDK's own values, as far as the file goes."""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from navila_sdk.errors import RecordingError
from navila_sdk.events import Commanded, EpisodeEnded, EpisodeStarted, Event, Observed
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.recording.recorder import LOG_NAME
from navila_sdk.recording.schemas import FORMAT, VERSION
from navila_sdk.recording.wire import ScanReader, message_event
from navila_sdk.scenes import Scene, scene_from_json

MAX_RECORD_BYTES = 256 * 2**20


@attrs.frozen(slots=True)
class Frame:
    """A recorded picture.

    Attributes:
        encoded: The picture, PNG or JPEG.
        time_s: When it was taken.
        asked_s: When it was handed to the planner (camera frames).
        index: Its number (camera frames).
        pose: Where it was taken (camera frames).
    """

    encoded: bytes = attrs.field(repr=False)
    time_s: float
    asked_s: float = 0.0
    index: int = -1
    pose: Pose2 = attrs.field(factory=Pose2)

    def observation(self) -> Observation:
        """Return the frame decoded."""
        from PIL import Image

        rgb = np.asarray(Image.open(io.BytesIO(self.encoded)).convert("RGB"), np.uint8)
        return Observation(rgb, self.pose, self.time_s)


@attrs.frozen(slots=True)
class EpisodeLog:
    """What a log holds.

    Attributes:
        path: The file.
        meta: Facts about the run, as they were recorded.
        scene: The scene, where the world knew it.
        events: Every event but the observations, in order.
        frames: What the planner saw, in order.
        film: Third-person pictures.
        truncated: Whether the file ends before the episode's log does.
    """

    path: Path
    meta: Mapping[str, Any]
    scene: Scene | None
    events: tuple[Event, ...] = attrs.field(repr=False)
    frames: tuple[Frame, ...] = attrs.field(repr=False)
    film: tuple[Frame, ...] = attrs.field(repr=False)
    truncated: bool

    @property
    def instruction(self) -> str:
        """What was asked."""
        return next((event.instruction for event in self.events if isinstance(event, EpisodeStarted)), "")

    @property
    def outcome(self) -> str:
        """How the episode ended; empty where the log doesn't say."""
        return next((event.outcome for event in self.events if isinstance(event, EpisodeEnded)), "")

    @property
    def commands(self) -> tuple[Commanded, ...]:
        """Every tick of the fast clock."""
        return tuple(event for event in self.events if isinstance(event, Commanded))

    def with_observations(self) -> list[Event]:
        """Return the events with the observations, decoded, before what came of them."""
        seen = [Observed(frame.asked_s, frame.observation(), frame.index) for frame in self.frames]
        return [*seen, *self.events]


def read_log(path: Path | str) -> EpisodeLog:
    """Return what an ``episode.mcap`` (or the folder it's in) holds, up to where it breaks off.

    Raises:
        RecordingError: No such file, no episode log, one of another version, or a damaged one.
    """
    path = Path(path)
    if path.is_dir():
        path = path / LOG_NAME
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RecordingError(f"can't read {path}: {error.strerror}; name a run folder or its {LOG_NAME}") from error
    if size == 0:
        raise RecordingError(f"{path} is empty: nothing was recorded")
    return _Reading(path).log()


class _Reading:
    """One pass over a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._meta: dict[str, Any] | None = None
        self._scene: Scene | None = None
        self._events: list[Event] = []
        self._frames: list[Frame] = []
        self._film: list[Frame] = []
        self._topics: dict[int, str] = {}
        self._scans = ScanReader()
        self._whole = False

    def log(self) -> EpisodeLog:
        for record in self._records():
            try:
                self._take(record)
            except RecordingError:
                raise
            # What a record holds is somebody's bytes: no JSON, no table, no base64, no action, no scene.
            except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
                what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                raise RecordingError(
                    f"{self._path} is damaged: a {type(record).__name__} in it can't be read ({what}); "
                    "take a copy that is whole"
                ) from error
        if self._meta is None:
            raise RecordingError(f"{self._path} is an MCAP file, but no navila episode log; record one with navila run")
        return EpisodeLog(
            self._path,
            self._meta,
            self._scene,
            tuple(self._events),
            tuple(self._frames),
            tuple(self._film),
            truncated=not self._whole,
        )

    def _records(self) -> Generator[Any]:
        """Yield records until the end or where the file breaks off."""
        from mcap.exceptions import InvalidMagic, McapError
        from mcap.stream_reader import StreamReader
        from zstandard import ZstdError

        try:
            with self._path.open("rb") as stream:
                yield from StreamReader(stream, validate_crcs=True, record_size_limit=MAX_RECORD_BYTES).records
        except InvalidMagic:
            # A whole file ends with the magic; one that begins with something else is no MCAP at all.
            if self._meta is None:
                raise RecordingError(f"{self._path} is no MCAP file; name an {LOG_NAME} made by navila run") from None
        except (McapError, ZstdError, struct.error, EOFError, ValueError, LookupError, OverflowError) as error:
            if isinstance(error, RecordingError):
                raise
            if self._meta is None:
                raise RecordingError(f"{self._path} breaks off before it says what it is: {error}") from error

    def _take(self, record: Any) -> None:  # noqa: ANN401 - mcap's record classes have no common type
        from mcap import records

        match record:
            case records.Metadata() if record.name == FORMAT:
                version = record.metadata.get("version")
                if version != VERSION:
                    raise RecordingError(f"{self._path} is of log version {version}; this navila_sdk reads {VERSION}")
                self._meta = json.loads(record.metadata["meta"])
            case records.Attachment() if record.name == "scene.json":
                self._scene = scene_from_json(record.data.decode())
            case records.Channel():
                self._topics[record.id] = record.topic
            case records.Message():
                self._message(self._topics.get(record.channel_id, ""), json.loads(record.data))
            case records.DataEnd():
                self._whole = True
            case _:
                pass

    def _message(self, topic: str, found: dict[str, Any]) -> None:
        if topic in ("/camera", "/film"):
            encoded = base64.b64decode(found["data"])
            if topic == "/film":
                self._film.append(Frame(encoded, found["time_s"]))
            else:
                pose = Pose2(*found["pose"])
                self._frames.append(Frame(encoded, found["time_s"], found["asked_s"], found["index"], pose))
            return
        event = message_event(topic, found, self._scans)
        if event is not None:
            self._events.append(event)
