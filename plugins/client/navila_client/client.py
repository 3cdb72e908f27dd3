"""Asks a planner server, with a deadline for every call, and takes a lost connection up again."""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.uri import parse_uri

from navila_client.faults import (
    ClientError,
    DeadlineError,
    LostEpisodeError,
    LostServerError,
    RefusedError,
    WireError,
)
from navila_client.wire import MAX_BYTES, PROTOCOL, pack, unpack

VERSION = "0.1.0"
_PAUSES_S = (0.05, 0.1, 0.2, 0.4)
_CLOSE_S = 1.0
_log = logging.getLogger("navila_client")


class Reply:
    """A plan.

    Attributes:
        text: What the planner wrote, as it came.
        sentences: Its actions as canonical sentences ("move forward 75 cm"); empty where the text is no action.
        reason: Why it's none; empty otherwise.
        probabilities: Of each action, where the planner knows it.
        committed: How many leading actions must be carried out.
        model_id: What made the plan.
        server_timing: Seconds by stage, measured there.
    """

    __slots__ = ("committed", "model_id", "probabilities", "reason", "sentences", "server_timing", "text")

    def __init__(self, message: Mapping[str, Any]) -> None:
        try:
            self.text = str(message["text"])
            self.sentences = tuple(str(sentence) for sentence in message["actions"])
            self.reason = str(message["reason"])
            chances = message["probabilities"]
            self.probabilities = None if chances is None else tuple(float(chance) for chance in chances)
            self.committed = int(message["committed"])
            self.model_id = str(message["model_id"])
            self.server_timing = {str(key): float(value) for key, value in message["server_timing"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError(f"the server's plan can't be read: {error!r:.120}") from None


class PlannerClient:
    """One robot's line to a planner server. Not for use from several threads at once.

    Args:
        url: ``ws://`` or ``wss://`` address.
        token: Bearer token, where the server wants one.
        deadline_s: How long a step may take, reconnecting included.
        robot: What the server is told about the robot, such as its camera's height.
        tls: TLS settings for ``wss://``; None is the system's.
        cafile: Certificates (PEM) to trust for ``wss://`` instead of the system's, such as the server's own.

    Raises:
        ValueError: The deadline isn't positive, or both ``tls`` and ``cafile`` are given.
        ClientError: ``cafile`` can't be read.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        deadline_s: float = 10.0,
        robot: Mapping[str, Any] | None = None,
        tls: ssl.SSLContext | None = None,
        cafile: str | os.PathLike[str] | None = None,
    ) -> None:
        if not 0 < deadline_s < float("inf"):
            raise ValueError(f"deadline_s must be a positive number of seconds; got {deadline_s!r}")
        if cafile is not None:
            if tls is not None:
                raise ValueError("give tls or cafile, not both")
            tls = trusting(cafile)
        self.url, self.deadline_s = url, deadline_s
        self._token, self._robot, self._tls = token, dict(robot or {}), tls
        self._line: ClientConnection | None = None
        self._session: str | None = None
        self._number = 0
        self._began = False
        self.server: dict[str, Any] = {}
        """What the server said of itself: planner, model, versions, limits."""
        self.warnings: tuple[str, ...] = ()
        """What the server warned of at the last hello, such as a camera that isn't the trained one; logged once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; a second call does nothing."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            RefusedError: The planner can't follow this instruction.
            LostServerError: There is no server.
            DeadlineError: It doesn't answer.
        """
        self._began = False
        self._ask({"type": "reset", "instruction": instruction}, new=True)
        self._began = True

    def step(self, rgb: NDArray[np.uint8], *, pose: tuple[float, float, float], time_s: float) -> Reply:
        """Return the plan for what is seen now.

        Args:
            rgb: uint8 (H, W, 3).
            pose: x and y in metres and yaw in radians, in odometry, where the frame was taken.
            time_s: When, on the robot's clock.

        Raises:
            LostEpisodeError: The server forgot the episode, or none was started.
            LostServerError: The connection is lost, and didn't come back in time.
            DeadlineError: No answer in time.
            RefusedError: The server refused the frame, or its planner failed.
        """
        if not self._began:
            raise LostEpisodeError("no episode is under way: call reset(instruction) first")
        frame = np.ascontiguousarray(rgb)
        return Reply(self._ask({"type": "step", "rgb": frame, "pose": list(pose), "time_s": time_s}, new=False))

    def watch(self, rgb: NDArray[np.uint8], *, pose: tuple[float, float, float], time_s: float) -> None:
        """Let the planner take a frame into its history without deciding; nothing is sent where it has none.

        Arguments and errors as ``step``.
        """
        if not self._began:
            raise LostEpisodeError("no episode is under way: call reset(instruction) first")
        if self.server.get("watches"):
            frame = np.ascontiguousarray(rgb)
            self._ask({"type": "watch", "rgb": frame, "pose": list(pose), "time_s": time_s}, new=False)

    def _ask(self, request: dict[str, Any], *, new: bool) -> dict[str, Any]:
        until = time.monotonic() + self.deadline_s
        self._number += 1
        message = pack({**request, "id": self._number, "deadline_s": self.deadline_s})
        for tries in range(10**6):
            try:
                line = self._connected(until, new=new)
                line.send(message)
                return self._answer(line, until)
            except (OSError, WebSocketException) as error:
                self._drop()
                pause_s = _PAUSES_S[min(tries, len(_PAUSES_S) - 1)]
                if time.monotonic() + pause_s >= until:
                    raise LostServerError(
                        f"no planner server at {self.url} within {self.deadline_s:g} s: {_brief(error)}"
                    ) from None
                time.sleep(pause_s)
        raise AssertionError("unreachable")

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.socket.close()

    def _connected(self, until: float, *, new: bool) -> ClientConnection:
        if self._line is not None:
            return self._line
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else None
        check_address(self.url)
        try:
            opening = connect(
                self.url,
                additional_headers=headers,
                open_timeout=max(until - time.monotonic(), 0.01),
                close_timeout=_CLOSE_S,
                max_size=MAX_BYTES,
                compression=None,
                ssl=self._tls,
                user_agent_header=f"navila-client/{VERSION}",
            )
            # A connection is a context of its own; this object outlives a block, and closes it itself.
            line = opening.__enter__()
        except ssl.SSLCertVerificationError as error:
            raise ClientError(
                f"the certificate of {self.url} isn't trusted: {error.verify_message}; where it's the server's own, "
                "give it as cafile"
            ) from None
        except InvalidHandshake as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status in (401, 403):
                raise RefusedError("Unauthorized", f"{self.url} wants another token (HTTP {status})") from None
            raise
        self._line = line
        hello = {
            "type": "hello",
            "protocol": PROTOCOL,
            "client": f"navila-client {VERSION}",
            "session": self._session,
            "robot": self._robot,
        }
        line.send(pack(hello))
        self.server = self._received(line, until)
        if self.server["type"] != "hello" or self.server.get("protocol") != PROTOCOL:
            self._drop()
            spoken = self.server.get("protocol")
            raise WireError(f"{self.url} speaks protocol {spoken!r}, this client {PROTOCOL}; upgrade the older one")
        self._heed(self.server.get("warnings"))
        before, self._session = self._session, str(self.server.get("session"))
        if before is not None and not self.server.get("resumed") and not new:
            self._began = False
            raise LostEpisodeError(f"{self.url} came back without this episode; call reset(instruction)")
        return line

    def _heed(self, found: object) -> None:
        told = tuple(str(one) for one in found) if isinstance(found, list) else ()
        for warning in told:
            if warning not in self.warnings:
                _log.warning("%s: %s", self.url, warning)
        self.warnings = told

    def _answer(self, line: ClientConnection, until: float) -> dict[str, Any]:
        while True:
            reply = self._received(line, until)
            # What answers a call that was given up is dropped.
            if reply.get("id") == self._number:
                return reply

    def _received(self, line: ClientConnection, until: float) -> dict[str, Any]:
        try:
            reply = unpack(line.recv(timeout=max(until - time.monotonic(), 0.0)))
        except TimeoutError:
            raise DeadlineError(f"{self.url} didn't answer within {self.deadline_s:g} s") from None
        if reply["type"] == "error" and reply.get("id") in (None, self._number):
            kind, told = str(reply.get("error")), str(reply.get("message"))
            if kind == "LostEpisode":
                self._began = False
                raise LostEpisodeError(told)
            if kind == "Deadline":
                raise DeadlineError(told)
            raise RefusedError(kind, told)
        return reply


def trusting(cafile: str | os.PathLike[str]) -> ssl.SSLContext:
    """Return TLS settings that trust the certificates in a file.

    Raises:
        ClientError: They can't be read.
    """
    try:
        return ssl.create_default_context(cafile=cafile)
    except (OSError, ssl.SSLError) as error:
        raise ClientError(f"no certificates can be read from {os.fspath(cafile)!r}: {_brief(error)}") from None


def _brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:120]}" if str(error) else type(error).__name__


def check_address(url: str) -> None:
    """Make sure that an address can be one.

    Raises:
        ClientError: It isn't ``ws://HOST:PORT`` or ``wss://HOST:PORT``.
    """
    try:
        parse_uri(url)
    # A ValueError is of brackets that don't close, or of a port over 65535.
    except (InvalidURI, ValueError, TypeError, AttributeError):
        raise ClientError(f"{url!r} is no address; write ws://HOST:PORT or wss://HOST:PORT") from None
