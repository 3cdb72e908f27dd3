"""An agent's websocket: one operator who must keep speaking while the robot drives, any number who watch.

Planner, network and operator may all be gone: the loop, the safety chain and the watchdog run here, beside the robot.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import http
import logging
import ssl
import time
from collections.abc import Mapping

import attrs
from navila_client import PROTOCOL, WireError, pack, unpack
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from navila_sdk import __version__
from navila_sdk.agent.errands import Errands, Message
from navila_sdk.agent.settings import AgentSettings
from navila_sdk.errors import InstructionError, NavilaError, RobotBusyError
from navila_sdk.instruction import checked_instruction

_log = logging.getLogger(__name__)
_MAX_BYTES = 64 * 1024
_WAITING = 256
_GOING_AWAY, _TRY_AGAIN = 1001, 1013


@attrs.define(slots=True, eq=False)
class _Client:
    line: ServerConnection
    operates: bool
    heard_s: float
    news: asyncio.Queue[Message] = attrs.field(factory=lambda: asyncio.Queue(_WAITING))

    def tell(self, message: Message) -> None:
        """Put a message on its way; one who doesn't read loses the oldest."""
        if self.news.full():
            self.news.get_nowait()
        self.news.put_nowait(message)


class AgentServer:
    """Serves one robot.

    Args:
        about: What it says of itself: robot, world, planner.
        settings: Its limits.
        tls: TLS settings; None is plain ``ws://``.
    """

    def __init__(
        self, about: Mapping[str, str], settings: AgentSettings | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.settings = settings or AgentSettings()
        self._about, self._tls = dict(about), tls
        self._clients: set[_Client] = set()
        self._server: Server | None = None
        self._errands: Errands | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None

    def say(self, message: Message) -> None:
        """Tell every client; may be called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to hear it
                self._loop.call_soon_threadsafe(self._tell, message)

    async def start(self, errands: Errands) -> int:
        """Begin to listen, and return the port.

        Args:
            errands: Carries instructions out.

        Raises:
            OSError: The address can't be listened on.
        """
        settings = self.settings
        self._errands, self._loop = errands, asyncio.get_running_loop()
        self._server = await serve(
            self._converse,
            settings.host,
            settings.port,
            process_request=self._look_at,
            max_size=_MAX_BYTES,
            open_timeout=settings.hello_s,
            ping_interval=settings.operator_s,
            ping_timeout=settings.operator_s,
            close_timeout=1.0,
            compression=None,
            ssl=self._tls,
            server_header=f"navila/{__version__}",
        )
        self._watching = asyncio.ensure_future(self._watch())
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self) -> None:
        """Close every connection."""
        if self._watching is not None:
            self._watching.cancel()
        if self._server is not None:
            self._server.close(code=_GOING_AWAY, reason="the agent is stopping")
            await self._server.wait_closed()

    def _look_at(self, line: ServerConnection, request: Request) -> Response | None:
        token = self.settings.token
        if token is not None:
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(shown.encode(), token.encode()):
                return line.respond(http.HTTPStatus.UNAUTHORIZED, "show the token: Authorization: Bearer TOKEN\n")
        if len(self._clients) >= self.settings.max_clients:
            return line.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "no place for another connection\n")
        return None

    def _tell(self, message: Message) -> None:
        for client in self._clients:
            client.tell(message)

    async def _watch(self) -> None:
        """Report the state, and stop the robot when its operator has fallen silent."""
        settings, errands = self.settings, self._running()
        reported_s = 0.0
        while True:
            await asyncio.sleep(min(settings.operator_s / 5, settings.state_s))
            now_s = time.monotonic()
            if errands.doing == "driving":
                heard_s = max((c.heard_s for c in self._clients if c.operates), default=0.0)
                if now_s - heard_s > settings.operator_s:
                    errands.stop(f"the operator was silent for over {settings.operator_s:g} s")
            if now_s - reported_s >= settings.state_s:
                reported_s = now_s
                self._tell(errands.state())

    async def _converse(self, line: ServerConnection) -> None:
        client = await self._greet(line)
        if client is None:
            return
        self._clients.add(client)
        talking = asyncio.ensure_future(self._talk(client))
        try:
            async for data in line:
                client.heard_s = time.monotonic()
                reply = self._answer(client, data)
                if reply is not None:
                    client.tell(reply)
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)
            talking.cancel()
            if client.operates:
                self._running().stop("the operator's connection was lost")

    async def _talk(self, client: _Client) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await client.line.send(pack(await client.news.get()))

    async def _greet(self, line: ServerConnection) -> _Client | None:
        try:
            hello = unpack(await asyncio.wait_for(line.recv(), self.settings.hello_s))
            if hello["type"] != "hello" or hello.get("protocol") != PROTOCOL:
                raise WireError(f"say hello first, in protocol {PROTOCOL}; got {hello['type']!r:.40}")
            operates = hello.get("role") == "operate"
            if operates and any(other.operates for other in self._clients):
                raise RobotBusyError("another operator is connected; watch, or wait until they leave")
        except (TimeoutError, ConnectionClosed):
            await line.close(_TRY_AGAIN, "no hello came")
            return None
        except (WireError, NavilaError) as error:
            with contextlib.suppress(ConnectionClosed):
                await line.send(pack(_error(error)))
            await line.close(_TRY_AGAIN, type(error).__name__)
            return None
        client = _Client(line, operates, time.monotonic())
        client.tell(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "agent": f"navila_sdk {__version__}",
                "about": self._about,
                "operator_s": self.settings.operator_s,
                "state": self._running().state(),
            }
        )
        return client

    def _answer(self, client: _Client, data: bytes | str) -> Message | None:
        """Do what a message asks, and return what is said to it; None for nothing."""
        errands = self._running()
        try:
            request = unpack(data)
            kind = request["type"]
            if kind == "alive":
                return None
            if kind == "estop":
                # Whoever may connect may stop the robot.
                errands.estop(str(request.get("cause") or "asked for over the network")[:200])
                return {"type": "done", "request": kind}
            if kind not in ("instruct", "cancel", "reset_estop"):
                raise WireError(f"there is no request {kind!r:.40}; there are instruct, cancel, estop and reset_estop")
            if not client.operates:
                raise RobotBusyError("you only watch; connect as the operator to drive")
            if kind == "cancel":
                return {"type": "done", "request": kind, "stopped": errands.stop("cancelled by the operator")}
            if kind == "reset_estop":
                errands.reset_estop()
                return {"type": "done", "request": kind}
            instruction = request.get("instruction")
            if not isinstance(instruction, str):
                raise InstructionError(f"an instruction is text; got {type(instruction).__name__}")
            number = errands.begin(checked_instruction(instruction))
        except (WireError, NavilaError) as error:
            return _error(error)
        return {"type": "done", "request": kind, "number": number}

    def _running(self) -> Errands:
        assert self._errands is not None
        return self._errands


def _error(error: Exception) -> Message:
    return {"type": "error", "error": type(error).__name__, "message": str(error)}
