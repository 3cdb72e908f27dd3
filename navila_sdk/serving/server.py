"""The websocket server: hello, reset, step; every request answered, every limit said, nothing hung.

One task per connection reads requests; planners think in threads. A request carries a number, and the last answer is
kept, so that a client whose connection broke may ask again without anything being done twice.
"""

from __future__ import annotations

import asyncio
import hmac
import http
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

from navila_client import PROTOCOL, WireError, pack, unpack
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from navila_sdk import __version__
from navila_sdk.errors import InstructionError, NavilaError, PlannerError
from navila_sdk.planner import Planner, watch_of
from navila_sdk.serving.messages import (
    camera_warnings,
    deadline_of,
    error_message,
    number_of,
    observation_of,
    plan_message,
)
from navila_sdk.serving.metrics import Metrics
from navila_sdk.serving.sessions import Session, Sessions
from navila_sdk.serving.settings import ServeSettings
from navila_sdk.serving.thinking import Thinking

_log = logging.getLogger(__name__)
_TRY_AGAIN_LATER, _GOING_AWAY = 1013, 1001
_GOODBYE_S = 10.0


class PlannerServer:
    """Serves a planner to many robots.

    Args:
        make: Builds a planner; called once for each robot.
        about: What the server says of itself: planner, model.
        settings: Its limits.
        tls: TLS settings; None is plain ``ws://``.

    Attributes:
        metrics: What it counts.
        thinking: What planners are doing now.
    """

    def __init__(
        self,
        make: Callable[[], Planner],
        about: Mapping[str, str],
        settings: ServeSettings | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings or ServeSettings()
        self._sessions = Sessions(make, self.settings.max_sessions, self.settings.session_s)
        self._about, self._tls = dict(about), tls
        self._server: Server | None = None
        self._stopping = False
        self._under_way = 0
        self.metrics = Metrics()
        self.thinking = Thinking(self.settings, lambda: self._sessions.connected, self.metrics.answered_together)

    async def start(self) -> int:
        """Begin to listen, and return the port.

        Raises:
            OSError: The address can't be listened on.
        """
        settings = self.settings
        self._server = await serve(
            self._converse,
            settings.host,
            settings.port,
            process_request=self._look_at,
            backlog=settings.max_connections,
            max_size=settings.max_message_bytes,
            open_timeout=settings.hello_s,
            ping_interval=settings.ping_s,
            ping_timeout=settings.ping_s,
            close_timeout=min(settings.ping_s, _GOODBYE_S),
            compression=None,
            ssl=self._tls,
            server_header=f"navila/{__version__}",
        )
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self) -> None:
        """Take nothing new, let steps under way end for a while, close every connection."""
        self._stopping = True
        until = time.monotonic() + self.settings.drain_s
        while self._under_way and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if self._server is not None:
            self._server.close(code=_GOING_AWAY, reason="the server is stopping")
        # Connections end when their last request is answered, so what still thinks isn't waited for any longer.
        await self.thinking.close()
        if self._server is not None:
            await self._server.wait_closed()

    def _look_at(self, line: ServerConnection, request: Request) -> Response | None:
        """Answer what isn't a websocket, and turn away who shows no token."""
        path = request.path.partition("?")[0]
        if path == "/healthz":
            status = http.HTTPStatus.SERVICE_UNAVAILABLE if self._stopping else http.HTTPStatus.OK
            return line.respond(status, "stopping\n" if self._stopping else "ok\n")
        token = self.settings.token
        if token is not None:
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(shown.encode(), token.encode()):
                self.metrics.counts["unauthorized"] += 1
                return line.respond(http.HTTPStatus.UNAUTHORIZED, "show the token: Authorization: Bearer TOKEN\n")
        if path == "/metrics":
            self.metrics.sessions = len(self._sessions)
            body = self.metrics.text().encode()
            headers = Headers({"Content-Type": "text/plain; version=0.0.4", "Content-Length": str(len(body))})
            return Response(200, "OK", headers, body)
        if path != "/":
            return line.respond(http.HTTPStatus.NOT_FOUND, "there are /, /healthz and /metrics\n")
        if self._stopping or self.metrics.connections >= self.settings.max_connections:
            return line.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "no place for another connection\n")
        return None

    async def _converse(self, line: ServerConnection) -> None:
        self.metrics.connections += 1
        session: Session | None = None
        try:
            session = await self._greet(line)
            if session is None:
                return
            session.connected += 1
            async for data in line:
                session.seen_s = time.monotonic()
                reply = await self._answer(session, data)
                await line.send(pack(reply))
        except ConnectionClosed:
            pass
        finally:
            self.metrics.connections -= 1
            if session is not None:
                session.connected -= 1
                session.seen_s = time.monotonic()

    async def _greet(self, line: ServerConnection) -> Session | None:
        """Hear the client's hello and answer it; None where there is nothing more to say."""
        try:
            data = await asyncio.wait_for(line.recv(), self.settings.hello_s)
            hello = unpack(data)
            if hello["type"] != "hello" or hello.get("protocol") != PROTOCOL:
                raise WireError(f"say hello first, in protocol {PROTOCOL}; got {hello['type']!r:.40}")
            known = self._sessions.take_up(hello.get("session"))
            session = known or self._sessions.open()
        except TimeoutError:
            await line.close(_TRY_AGAIN_LATER, "no hello came")
            return None
        except (WireError, NavilaError) as error:
            self.metrics.counts["refused"] += 1
            await line.send(pack(error_message(None, error)))
            await line.close(_TRY_AGAIN_LATER, type(error).__name__)
            return None
        robot = hello.get("robot")
        session.robot = robot if isinstance(robot, dict) else {}
        warnings = camera_warnings(session.planner, session.robot)
        for warning in warnings if known is None else ():
            _log.warning("%s; expect worse choices", warning)
        await line.send(
            pack(
                {
                    "type": "hello",
                    "protocol": PROTOCOL,
                    "session": session.key,
                    "resumed": known is not None,
                    "server": f"navila_sdk {__version__}",
                    "planner": self._about,
                    "watches": watch_of(session.planner) is not None,
                    "warnings": warnings,
                    "limits": {
                        "message_bytes": self.settings.max_message_bytes,
                        "frame_px": self.settings.max_frame_px,
                        "deadline_s": self.settings.deadline_s,
                    },
                }
            )
        )
        return session

    async def _answer(self, session: Session, data: bytes | str) -> dict[str, Any]:
        """Return the answer to a request; one that is asked again is awaited or repeated, not carried out anew."""
        try:
            request = unpack(data)
            number = number_of(request)
        except WireError as error:
            self.metrics.counts["errors"] += 1
            return error_message(None, error)
        if number == session.last_id and session.last_reply is not None:
            return session.last_reply
        if number != session.pending_id or session.pending is None:
            session.pending_id = number
            session.pending = asyncio.ensure_future(self._reply(session, request, number))
        return await asyncio.shield(session.pending)

    async def _reply(self, session: Session, request: Mapping[str, Any], number: int) -> dict[str, Any]:
        self._under_way += 1
        try:
            if self._stopping:
                raise PlannerError("the server is stopping")
            reply = await self._carry_out(session, request, number)
        except TimeoutError:
            self.metrics.counts["deadline"] += 1
            reply = {"type": "error", "id": number, "error": "Deadline", "message": "the planner took too long"}
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            reply = error_message(number, PlannerError("the server is stopping"))
        except (WireError, NavilaError) as error:
            self.metrics.counts["errors"] += 1
            reply = error_message(number, error)
        # A planner is a plugin: whatever it raises concerns its robot alone.
        except Exception as error:  # noqa: BLE001
            self.metrics.counts["errors"] += 1
            _log.exception("the planner failed")
            reply = error_message(
                number, PlannerError(f"the planner raised {type(error).__name__}: {str(error)[:200]}")
            )
        finally:
            self._under_way -= 1
        session.last_id, session.last_reply = number, reply
        return reply

    async def _carry_out(self, session: Session, request: Mapping[str, Any], number: int) -> dict[str, Any]:
        began = time.perf_counter()
        deadline_s = deadline_of(request, self.settings.deadline_s)
        if request["type"] == "reset":
            instruction = request.get("instruction")
            if not isinstance(instruction, str):
                raise InstructionError(f"an instruction is text; got {type(instruction).__name__}")
            session.instruction = None
            await self.thinking.call(session, lambda: session.planner.reset(instruction), deadline_s)
            session.instruction = instruction
            self.metrics.counts["resets"] += 1
            return {"type": "done", "id": number}
        if request["type"] not in ("step", "watch"):
            raise WireError(f"there is no request {request['type']!r:.40}; there are reset, watch and step")
        if session.instruction is None:
            told = "no episode is under way here; reset first"
            return {"type": "error", "id": number, "error": "LostEpisode", "message": told}
        observation = observation_of(request, self.settings.max_frame_px)
        if request["type"] == "watch":
            watch = watch_of(session.planner)
            if watch is None:
                raise PlannerError("this planner keeps no history; send a step")
            await self.thinking.call(session, lambda: watch(observation), deadline_s)
            self.metrics.counts["watched"] += 1
            return {"type": "done", "id": number}
        waited = time.perf_counter()
        plan = await self.thinking.step(session, observation, deadline_s)
        ended = time.perf_counter()
        self.metrics.stepped(ended - began)
        self.metrics.counts["steps"] += 1
        return plan_message(number, plan, {"read": waited - began, "think": ended - waited})
