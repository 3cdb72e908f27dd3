"""The twin's end of the bridge: a child process that speaks Fast DDS, and frames over its pipes."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from navila_booster.twin.messages import Topic
from navila_sdk.errors import RobotUnreachableError

READY = 255
PATIENCE_S = 15.0
_HEAD = struct.Struct("<IB")


class Pipe:
    """Reads and writes topics.

    Args:
        program: The compiled bridge.
        domain: DDS domain.
        address: IP address of the interface to be on.
        reads: What comes in by topic; called on the pipe's thread.
        writes: Topics that go out.

    Raises:
        RobotUnreachableError: The bridge doesn't come up.
    """

    def __init__(
        self,
        program: Path,
        domain: int,
        address: str,
        reads: dict[Topic, Callable[[bytes], None]],
        writes: tuple[Topic, ...],
    ) -> None:
        topics = [*(("r", topic) for topic in reads), *(("w", topic) for topic in writes)]
        self._index = {topic: number for number, (_, topic) in enumerate(topics)}
        self._handlers = dict(enumerate(reads.values()))
        wanted = [f"{way}:{topic.name}:{topic.kind}" for way, topic in topics]
        # A file, not a pipe: nobody reads it while things go well, and a full pipe would stop the bridge.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the bridge
        self._process = subprocess.Popen(
            [str(program), str(domain), address, *wanted],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is the twin's to hear; the bridge ends with its pipe
        )
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="twin-bridge", daemon=True)
        self._thread.start()
        if not self._up.wait(PATIENCE_S) or self._process.poll() is not None:
            said = self._end()
            raise RobotUnreachableError(f"the twin's bridge can't use {address} (domain {domain}): {said[:200]}")

    def write(self, topic: Topic, message: bytes) -> None:
        """Publish a message; one that comes after the end is lost."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            pipe = _open(self._process.stdin)
            pipe.write(_HEAD.pack(len(message), self._index[topic]) + message)
            pipe.flush()

    @property
    def ended(self) -> bool:
        """Whether the bridge is gone: by ``close``, or by itself."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Leave the domain; a second call does nothing."""
        self._end()

    def _end(self) -> str:
        with self._lock, contextlib.suppress(OSError, ValueError):
            _open(self._process.stdin).close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(2.0)
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._said.closed:
            return ""
        self._said.seek(0)
        with self._said as file:
            said = file.read(4000).decode(errors="replace")
        return " ".join(said.split()) or "it ended without a word"

    def _listen(self) -> None:
        pipe = _open(self._process.stdout)
        with contextlib.suppress(OSError, ValueError):
            while len(head := pipe.read(_HEAD.size)) == _HEAD.size:
                size, index = _HEAD.unpack(head)
                payload = pipe.read(size)
                if index == READY:
                    self._up.set()
                elif index in self._handlers:
                    self._handlers[index](payload)
        self._up.set()  # nobody need wait any longer


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the pipe is closed")
    return pipe
