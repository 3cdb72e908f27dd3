"""One instruction after another on one robot, in a thread of its own; asked and stopped from outside."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Literal

import attrs

from navila_sdk.agent.news import news_of
from navila_sdk.errors import NavilaError, RobotBusyError
from navila_sdk.events import Commanded, Event
from navila_sdk.geometry import Pose2
from navila_sdk.robot import Robot

Doing = Literal["idle", "driving"]
Message = dict[str, Any]
Carry = Callable[[str], Message]
"""Carries an instruction out to its end and returns the result as plain values."""


@attrs.frozen(slots=True)
class _Errand:
    number: int
    instruction: str


class Errands:
    """Carries instructions out.

    Args:
        robot: The robot; only this object's thread drives it.
        carry: Carries an instruction out.
        say: Told what happens, as messages; called from that thread.
    """

    def __init__(self, robot: Robot, carry: Carry, say: Callable[[Message], None]) -> None:
        self._robot, self._carry, self._say = robot, carry, say
        self._asked: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current: _Errand | None = None
        self._stop_cause = ""
        self._pose = Pose2()
        self._numbers = 0
        self._closed = False
        robot.listen(self._hear)
        self._thread = threading.Thread(target=self._work, name="navila-errands", daemon=True)
        self._thread.start()

    @property
    def doing(self) -> Doing:
        """Whether an instruction is being carried out."""
        return "idle" if self._current is None else "driving"

    def begin(self, instruction: str) -> int:
        """Take an instruction up and return its number; what comes of it is said.

        Raises:
            RobotBusyError: Another one is under way, or this object is closed.
        """
        with self._lock:
            if self._closed:
                raise RobotBusyError("this agent is stopping")
            if self._current is not None:
                raise RobotBusyError(
                    f"the robot is carrying out another instruction ({self._current.instruction[:60]!r}); "
                    "cancel that one first"
                )
            self._numbers += 1
            self._stop_cause = ""
            self._current = errand = _Errand(self._numbers, instruction)
        self._asked.put(errand)
        return errand.number

    def stop(self, cause: str) -> bool:
        """End the instruction under way, standing; return whether there was one."""
        with self._lock:
            if self._current is None:
                return False
            self._stop_cause = self._stop_cause or cause
        # Zero first, from here: the loop itself may be waiting for a planner.
        self._robot.stop()
        self._robot.cancel()
        return True

    def estop(self, cause: str) -> None:
        """Latch the robot's e-stop."""
        self._robot.estop(cause)

    def reset_estop(self) -> None:
        """Release it."""
        self._robot.reset_estop()

    def state(self) -> Message:
        """Return what the robot is doing, as a message."""
        current = self._current
        return {
            "type": "state",
            "doing": self.doing,
            "instruction": current.instruction if current else "",
            "estop": self._robot.estop_cause,
            "pose": list(self._pose.as_tuple()),
        }

    def close(self, timeout_s: float = 30.0) -> None:
        """End what is under way, wait for its recording to be closed, and stop the robot; again does nothing."""
        with self._lock:
            again, self._closed = self._closed, True
        if again:
            return
        self.stop("the agent is stopping")
        self._asked.put(None)
        self._thread.join(timeout_s)
        self._robot.unlisten(self._hear)
        self._robot.stop()

    def _work(self) -> None:
        while (errand := self._asked.get()) is not None:
            try:
                found = self._carry(errand.instruction)
                result = {**found, "cause": self._stop_cause or found.get("cause", "")}
            except NavilaError as error:
                result = {"outcome": "refused", "ok": False, "cause": f"{type(error).__name__}: {error}"}
            # Planner and driver are plugins: whatever they raise, the robot stands and the agent goes on.
            except Exception as error:  # noqa: BLE001
                self._robot.stop()
                result = {"outcome": "failed", "ok": False, "cause": f"{type(error).__name__}: {str(error)[:300]}"}
            with self._lock:
                self._current = None
            self._say({"type": "outcome", "number": errand.number, "instruction": errand.instruction, **result})

    def _hear(self, event: Event) -> None:
        if isinstance(event, Commanded):
            self._pose = event.state.pose
            return
        # A wish to stop that came before the episode had begun would be forgotten at its beginning.
        if self._stop_cause:
            self._robot.cancel()
        message = news_of(event)
        if message is not None:
            self._say(message)
