"""A T1's mode is watched, and refusals show in commands; no robot, no SDK."""

from __future__ import annotations

import threading
import time
from typing import Any

from navila_booster.guarded import GuardedLegs
from navila_booster.modes import UNANSWERED, Mode, forbids
from navila_booster.modewatch import SILENT_S, ModeWatch

from navila_sdk.geometry import ZERO_TWIST, Twist


class Legs:
    """Legs whose service says what it's told to."""

    def __init__(self) -> None:
        self.heard: list[Twist] = []
        self.says: tuple[int, int] = (0, 2)
        self.answers = threading.Event()
        self.answers.set()

    def write(self, twist: Twist) -> int:
        self.heard.append(twist)
        return 0

    def halt(self) -> int:
        return self.write(ZERO_TWIST)

    def close(self) -> None:
        pass

    def mode(self) -> tuple[int, int]:
        self.answers.wait(5.0)
        return self.says


def _until(condition: Any) -> bool:
    end_s = time.monotonic() + 5.0
    while not condition() and time.monotonic() < end_s:
        time.sleep(0.01)
    return bool(condition())


def test_the_mode_is_watched() -> None:
    legs = Legs()
    watch = ModeWatch(legs, 2)  # type: ignore[arg-type]
    assert forbids(watch.mode) == ""
    legs.says = (0, 0)
    assert _until(lambda: watch.mode == Mode.DAMPING)
    legs.says = (409, -1)
    assert _until(lambda: watch.refusal == 409)
    assert GuardedLegs(legs, None, lambda: watch.refusal).write(ZERO_TWIST) == 409  # type: ignore[arg-type]
    legs.answers.clear()
    time.sleep(SILENT_S)
    assert _until(lambda: watch.mode == UNANSWERED)
    legs.answers.set()
    watch.close()
