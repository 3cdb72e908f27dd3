"""A service of the robot, by the vendor's own server class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from navila_unitree import sdk
from navila_unitree.twin.faults import Faults

Handler = Callable[[str], tuple[int, str]]
BinaryHandler = Callable[[list[int]], tuple[int, list[int]]]
NO_SUCH_REQUEST = 3203


class Service:
    """Answers requests until the process ends; the vendor's server has no way to stop.

    Args:
        name: As clients ask for it.
        version: Of its interface.
        handlers: By request id: JSON in, code and JSON out.
        faults: What shall go wrong; None for a service that always works.
        binary: The same for requests that answer with bytes.
        off: Says whether nobody is there to answer, now.
    """

    def __init__(
        self,
        name: str,
        version: str,
        handlers: Mapping[int, Handler],
        faults: Faults | None = None,
        binary: Mapping[int, BinaryHandler] | None = None,
        off: Callable[[], bool] = lambda: False,
    ) -> None:
        self._faults, self._off = faults, off
        server = sdk.module("rpc.server").Server(name)
        # The vendor's constructor makes this a dict, and then adds to it as to a set.
        server._Server__apiBinarySet = set[int]()
        server._SetApiVersion(version)
        for number, handler in handlers.items():
            server._RegistHandler(number, self._faulty(handler), False)
        for number, answer in (binary or {}).items():
            server._RegistBinaryHandler(number, answer, False)
        respond: Callable[[Any], None] = server._SendResponse

        def send(response: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
            if not self._mute():
                respond(response)

        server._SendResponse = send
        server.Start(False)
        self._server = server

    def _mute(self) -> bool:
        if self._off():
            return True
        return self._faults is not None and (self._faults.on("service-gone") or self._faults.loses())

    def _faulty(self, handler: Handler) -> Handler:
        def handle(parameter: str) -> tuple[int, str]:
            faults = self._faults
            if self._off():
                return 0, ""
            if faults is not None:
                if faults.on("service-gone") or faults.loses():
                    return 0, ""
                code = faults.value("code")
                if code is not None:
                    return int(code), ""
            return handler(parameter)

        return handle
