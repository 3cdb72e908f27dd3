"""The T1's twin: a simulated body behind Booster's motion service, topics and camera."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import attrs

from navila_booster.options import DriverOptions
from navila_booster.place import join
from navila_booster.twin import messages
from navila_booster.twin.compiling import bridge
from navila_booster.twin.faults import KNOWN
from navila_booster.twin.loco import Loco
from navila_booster.twin.options import TwinOptions
from navila_booster.twin.pipe import Pipe
from navila_booster.twin.stage import Stage
from navila_sdk.errors import RobotUnreachableError
from navila_sdk.hardware.faults import Faults
from navila_sdk.hardware.options import twin_options
from navila_sdk.hardware.sight import Sight
from navila_sdk.hardware.twin_body import TwinBody
from navila_sdk.twin import TwinRequest

_WRITES = (
    messages.ANSWERS,
    messages.ODOMETER,
    messages.LOW_STATE,
    messages.FALL_DOWN,
    messages.BATTERY,
    messages.PICTURES,
)


class T1Twin:
    """Implements ``navila_sdk.twin.Twin``.

    Args:
        request: What the twin is asked to be.

    Raises:
        ConfigError: An option or a fault isn't known, or there is no such interface.
        MissingDependencyError: The bridge to Fast DDS can't be compiled.
        RobotBusyError: Another twin is there already.
        RobotUnreachableError: Fast DDS can't use the interface.
    """

    def __init__(self, request: TwinRequest) -> None:
        options = twin_options(TwinOptions, DriverOptions, request.options)
        faults = Faults(request.faults, request.tell, KNOWN)
        self._pipe: Pipe | None = None
        with contextlib.ExitStack() as made:
            claim, address = join(options.interface, options.domain, "twin", request.embodiment.name)
            made.callback(claim.release)
            program = bridge()
            body = TwinBody(request, faults)
            made.callback(body.close)
            camera = request.embodiment.camera
            height_px = options.lens_px * camera.height_px // camera.width_px
            wide = attrs.evolve(camera, width_px=options.lens_px, height_px=height_px, rate_hz=100.0)
            sight = Sight(request, wide, lambda: body.snapshot.true)
            made.callback(sight.close)
            loco = Loco(
                body,
                faults,
                hold_s=options.hold_s,
                change_s=options.change_s,
                send=self._answer,
                tell=request.tell,
            )
            reads = {messages.REQUESTS: loco.request}
            self._pipe = pipe = Pipe(program, options.domain, address, reads, _WRITES)
            made.callback(pipe.close)
            self._stage = Stage(request, options, body, sight, faults, loco, pipe.write)
            request.tell("ready", {"interface": options.interface, "domain": options.domain})
            self._made = made.pop_all()

    def serve(self, done: Callable[[], bool]) -> None:
        """Live in real time until ``done()``.

        Raises:
            RobotUnreachableError: The bridge to Fast DDS ended by itself.
        """
        pipe = self._pipe
        self._stage.serve(lambda: done() or pipe is None or pipe.ended)
        if not done():
            raise RobotUnreachableError("the twin's bridge to Fast DDS ended by itself; start the twin again")

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        self._made.close()

    def _answer(self, message: bytes) -> None:
        # A request may be heard before the pipe is whole; its sender asks again.
        if self._pipe is not None:
            self._pipe.write(messages.ANSWERS, message)
