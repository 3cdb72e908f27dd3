"""One simulator at a time in a process: who has it, and the one that waits for the next world.

habitat-sim draws in one OpenGL context. Two simulators would draw into each other's, so a second one is refused. When a
world closes, its simulator may stay: for the next one with an equal setup as it is, for another scene by
``reconfigure``, which leaves out the light maps that habitat-sim computes whenever it opens. A world that draws
otherwise destroys it first.
"""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Callable

from navila_habitat.faults import SimulatorBusyError
from navila_habitat.setup import Setup
from navila_habitat.simulation import Simulation


class Keeper:
    """Hands out at most one simulator."""

    def __init__(self) -> None:
        self._lent: Simulation | None = None
        self._waiting: Simulation | None = None

    def take(self, setup: Setup, seed: int, make: Callable[[Simulation | None], Simulation]) -> Simulation:
        """Return a simulator of a setup: the one that waits, or a new one.

        Args:
            setup: What it's opened with.
            seed: Of everything random.
            make: Opens a new one, or turns the one it's given into one of the setup.

        Raises:
            SimulatorBusyError: Another one is in use.
        """
        if self._lent is not None:
            raise SimulatorBusyError(
                f"this process has habitat-sim open already, with {self._lent.setup.name}; close that robot first, or "
                "use another process"
            )
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.setup == setup:
            waiting.seed(seed)
            self._lent = waiting
        else:
            if waiting is not None and not waiting.can_become(setup):
                waiting.close()
                waiting = None
            self._lent = make(waiting)
        return self._lent

    def give_back(self, simulation: Simulation, *, keep: bool) -> None:
        """Take a simulator back; destroy it unless it is to wait."""
        if simulation is not self._lent:
            return
        self._lent = None
        if keep:
            self._waiting = simulation
        else:
            simulation.close()

    def close(self) -> None:
        """Destroy the one that waits."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.close()


KEEPER = Keeper()


@atexit.register
def _close() -> None:
    # The interpreter is going down: what habitat-sim says of that helps nobody.
    with contextlib.suppress(Exception):
        KEEPER.close()
