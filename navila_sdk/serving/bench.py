"""NaVILA-Bench's wire format, so that its client works against this server unchanged.

TCP, one request a connection: eight bytes of length, big-endian, then JSON {"images": [base64 JPEG, ...], "query":
instruction}; the answer is a JSON string in the same frame (NaVILA-Bench scripts/vlm_server.py). What upstream's server
dies of is answered with {"error": ...} here, which its client can't mistake for an action.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import json
import logging
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import NavilaError, ObservationError, PlannerError
from navila_sdk.observation import Observation
from navila_sdk.planner import Planner, watch_of
from navila_sdk.serving.settings import ServeSettings

_log = logging.getLogger(__name__)
LENGTH = struct.Struct(">Q")
MAX_IMAGES = 64


class BenchServer:
    """Serves a planner to NaVILA-Bench's client; each request is an episode of its own.

    Args:
        make: Builds the planner; called once, requests take turns.
        settings: Address and limits.
    """

    def __init__(self, make: Callable[[], Planner], settings: ServeSettings) -> None:
        self._planner, self._settings = make(), settings
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="navila-bench")
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Begin to listen, and return the port.

        Raises:
            OSError: The address can't be listened on.
        """
        self._server = await asyncio.start_server(self._serve, self._settings.host, self._settings.port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take nothing new and close."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer: object
            try:
                request = await asyncio.wait_for(self._read(reader), self._settings.hello_s)
                images, query = _parts(request)
                frames = [_picture(image, self._settings.max_frame_px) for image in images]
                answer = await self._think(frames, query)
            except TimeoutError:
                answer = {"error": "too slow: the request wasn't whole in time, or the planner took too long"}
            except (ConnectionError, asyncio.IncompleteReadError):
                raise
            except NavilaError as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            # A planner is a plugin: what it raises ends this request alone.
            except Exception as error:  # noqa: BLE001
                _log.exception("the planner failed")
                answer = {"error": f"the planner raised {type(error).__name__}: {str(error)[:200]}"}
            data = json.dumps(answer).encode()
            writer.write(LENGTH.pack(len(data)) + data)
            await asyncio.wait_for(writer.drain(), self._settings.hello_s)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        if length > self._settings.max_message_bytes:
            raise PlannerError(f"a request of {length} bytes; at most {self._settings.max_message_bytes} are taken")
        return await reader.readexactly(length)

    async def _think(self, frames: list[NDArray[np.uint8]], query: str) -> str:
        loop = asyncio.get_running_loop()
        async with self._turn:
            call = loop.run_in_executor(self._threads, lambda: self._answer(frames, query))
            return await asyncio.wait_for(asyncio.shield(call), self._settings.deadline_s)

    def _answer(self, frames: list[NDArray[np.uint8]], query: str) -> str:
        self._planner.reset(query)
        # A planner that can take frames in without answering each does.
        watch = watch_of(self._planner) or self._planner.step
        for frame in frames[:-1]:
            watch(Observation(frame))
        return self._planner.step(Observation(frames[-1])).raw


def _parts(data: bytes) -> tuple[list[str], str]:
    try:
        request: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PlannerError(f"the request isn't JSON: {str(error)[:100]}") from None
    if not isinstance(request, dict):
        raise PlannerError('a request is {"images": [...], "query": "..."}')
    found = cast("dict[str, Any]", request)
    images, query = found.get("images"), found.get("query")
    if not isinstance(query, str) or not isinstance(images, list):
        raise PlannerError('a request is {"images": [...], "query": "..."}')
    listed = cast("list[object]", images)
    if not 1 <= len(listed) <= MAX_IMAGES or not all(isinstance(image, str) for image in listed):
        raise PlannerError(f"a request carries 1 to {MAX_IMAGES} images as base64 text; got {len(listed)}")
    return cast("list[str]", listed), query


def _picture(text: str, most_px: int) -> NDArray[np.uint8]:
    """Return a picture, uint8 (H, W, 3), as its JPEG shows it, turned as its EXIF says."""
    from PIL import Image, ImageOps

    try:
        raw = base64.b64decode(text, validate=True)
        with Image.open(io.BytesIO(raw)) as picture:
            width, height = picture.size
            if width * height > most_px:
                raise ObservationError(f"a picture of {width} x {height}; at most {most_px} pixels are taken")
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except ObservationError:
        raise
    except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ObservationError(f"an image can't be read: {type(error).__name__}: {str(error)[:100]}") from None
