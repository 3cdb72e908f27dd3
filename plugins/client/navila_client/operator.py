"""An operator's line to a robot's agent: instructions out, news back, and a steady sign of life.

The agent stops its robot when that sign fails, so it's sent from a thread of its own while this object is open.
"""

from __future__ import annotations

import os
import queue
import ssl
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException
from websockets.sync.client import ClientConnection, connect

from navila_client.client import check_address, trusting
from navila_client.faults import DeadlineError, LostServerError, RefusedError, WireError
from navila_client.wire import PROTOCOL, pack, unpack

Message = dict[str, Any]
_LOST: Message = {"type": "lost"}


class Operator:
    """One operator, or one who only watches. ``estop`` may be called from any thread, the rest from one.

    Args:
        url: ``ws://`` or ``wss://`` address of the agent.
        token: Bearer token, where the agent wants one.
        watch: Only watch; several may, beside one operator.
        timeout_s: How long connecting and each answer may take.
        cafile: Certificates (PEM) to trust for ``wss://`` instead of the system's.

    Raises:
        LostServerError: There is no agent.
        RefusedError: It wants another token, or has an operator already.
        WireError: What answers is no agent, or of another protocol.
        ClientError: ``cafile`` can't be read, or the address is none.

    Attributes:
        about: What the agent says of itself: robot, world, planner.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        watch: bool = False,
        timeout_s: float = 5.0,
        cafile: str | os.PathLike[str] | None = None,
    ) -> None:
        self.url, self._timeout_s = url, timeout_s
        self._news: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._line = self._connected(token, trusting(cafile) if cafile else None)
        self._send({"type": "hello", "protocol": PROTOCOL, "role": "watch" if watch else "operate"})
        try:
            hello = unpack(self._line.recv(timeout=timeout_s))
        except (TimeoutError, ConnectionClosed):
            self._line.close()
            raise LostServerError(f"{url} doesn't answer like an agent") from None
        if hello["type"] == "error":
            self._line.close()
            raise RefusedError(str(hello.get("error")), str(hello.get("message")))
        if hello["type"] != "hello" or hello.get("protocol") != PROTOCOL or "about" not in hello:
            self._line.close()
            raise WireError(f"{url} is no agent of protocol {PROTOCOL}; is it a planner server?")
        self.about: Mapping[str, str] = hello["about"]
        self._state: Message = hello["state"]
        self._alive_s = float(hello["operator_s"]) / 4
        threading.Thread(target=self._listen, name="navila-operator", daemon=True).start()
        threading.Thread(target=self._live, name="navila-operator-alive", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave; an instruction under way ends, the robot standing."""
        self._closed.set()
        self._line.close()

    @property
    def state(self) -> Message:
        """What the robot was last said to do: ``doing``, ``instruction``, ``estop``, ``pose`` (x, y, yaw)."""
        return dict(self._state)

    def instruct(self, instruction: str) -> Iterator[Message]:
        """Give an instruction, and yield what happens until its outcome, which comes last.

        Raises:
            RefusedError: The agent can't take it up: another is under way, or it's no instruction.
            LostServerError: The connection is lost; the robot stops.
            DeadlineError: No answer in time.
        """
        number = self._ask({"type": "instruct", "instruction": instruction})["number"]
        while True:
            message = self._news.get()
            if message["type"] == "lost":
                raise LostServerError(f"{self.url} is gone; the robot stops by itself")
            yield message
            if message["type"] == "outcome" and message.get("number") == number:
                return

    def news(self, timeout_s: float | None = None) -> Message | None:
        """Return the next message of one who watches; None where none came in time.

        Raises:
            LostServerError: The connection is lost.
        """
        try:
            message = self._news.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if message["type"] == "lost":
            raise LostServerError(f"{self.url} is gone")
        return message

    def cancel(self) -> bool:
        """End the instruction under way; return whether there was one. Raises as ``instruct``."""
        return bool(self._ask({"type": "cancel"})["stopped"])

    def estop(self, cause: str = "asked for by an operator") -> None:
        """Latch the robot's e-stop; who only watches may as well. Raises as ``instruct``."""
        self._ask({"type": "estop", "cause": cause})

    def reset_estop(self) -> None:
        """Release it. Raises as ``instruct``."""
        self._ask({"type": "reset_estop"})

    def _connected(self, token: str | None, tls: ssl.SSLContext | None) -> ClientConnection:
        check_address(self.url)
        try:
            opening = connect(
                self.url,
                additional_headers={"Authorization": f"Bearer {token}"} if token else None,
                open_timeout=self._timeout_s,
                close_timeout=1.0,
                compression=None,
                ssl=tls,
            )
            # A connection is a context of its own; this object outlives a block, and closes it itself.
            return opening.__enter__()
        except InvalidHandshake as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status in (401, 403):
                raise RefusedError("Unauthorized", f"{self.url} wants another token (HTTP {status})") from None
            raise LostServerError(f"{self.url} refuses the connection: {error}") from None
        except (OSError, WebSocketException) as error:
            raise LostServerError(f"no agent at {self.url}: {error}") from None

    def _send(self, message: Message) -> None:
        try:
            self._line.send(pack(message))
        except (OSError, WebSocketException):
            raise LostServerError(f"{self.url} is gone; the robot stops by itself") from None

    def _ask(self, message: Message) -> Message:
        while not self._replies.empty():
            self._replies.get()
        self._send(message)
        try:
            reply = self._replies.get(timeout=self._timeout_s)
        except queue.Empty:
            raise DeadlineError(f"{self.url} didn't answer within {self._timeout_s:g} s") from None
        if reply["type"] == "lost":
            raise LostServerError(f"{self.url} is gone; the robot stops by itself")
        if reply["type"] == "error":
            raise RefusedError(str(reply.get("error")), str(reply.get("message")))
        return reply

    def _listen(self) -> None:
        try:
            for data in self._line:
                message = unpack(data)
                if message["type"] == "state":
                    self._state = message
                elif message["type"] in ("done", "error"):
                    self._replies.put(message)
                else:
                    self._news.put(message)
        except (OSError, WebSocketException, WireError):
            pass
        self._replies.put(_LOST)
        self._news.put(_LOST)

    def _live(self) -> None:
        while not self._closed.wait(self._alive_s):
            try:
                self._line.send(pack({"type": "alive"}))
            except (OSError, WebSocketException):
                return
