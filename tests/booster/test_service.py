"""The twin's motion service: walking, modes, refusals."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest
from navila_booster.requests import CHANGE_MODE, GET_MODE, MOVE
from navila_booster.twin.cdr import Writer, strings
from navila_booster.twin.faults import KNOWN
from navila_booster.twin.loco import Loco

from navila_sdk.geometry import ZERO_TWIST, Twist
from navila_sdk.hardware.faults import Faults
from navila_sdk.twin import Fault


class Body:
    """What a twin's service moves."""

    def __init__(self) -> None:
        self.commands: list[Twist] = []

    @property
    def snapshot(self) -> SimpleNamespace:
        return SimpleNamespace(command=self.commands[-1] if self.commands else ZERO_TWIST)

    def command(self, twist: Twist, _hold_s: float) -> None:
        self.commands.append(twist)


class Service:
    """A twin's service, asked as the vendor's client asks."""

    def __init__(self, *faults: str) -> None:
        self.body, self.answers = Body(), list[tuple[int, Any]]()
        known = Faults(tuple(Fault(name) for name in faults), lambda *_: None, KNOWN)
        self.loco = Loco(
            self.body,  # type: ignore[arg-type]
            known,
            hold_s=1.0,
            change_s=0.0,
            send=self._sent,
            tell=lambda *_: None,
        )

    def _sent(self, message: bytes) -> None:
        found = strings(message, 3)
        assert found is not None
        self.answers.append((json.loads(found[1])["status"], json.loads(found[2]) if found[2] else None))

    def ask(self, number: int, header: dict[str, object] | None = None, **parameter: object) -> tuple[int, Any] | None:
        before = len(self.answers)
        said = json.dumps({"api_id": number, "call_mode": 0, **(header or {})})
        self.loco.request(Writer().text("id").text(said).text(json.dumps(parameter)).done())
        return self.answers[-1] if len(self.answers) > before else None


def test_the_twins_service_walks_and_changes_modes() -> None:
    service = Service()
    assert service.ask(GET_MODE) == (0, {"mode": 2})
    assert service.ask(MOVE, vx=0.2, vy=0.0, vyaw=-0.1) == (0, None)
    assert service.body.commands[-1] == Twist(0.2, 0.0, -0.1)
    assert service.ask(MOVE, {"call_mode": 2}, vx=0.1, vy=0.0, vyaw=0.0) is None, "SDK 1.6 wants no answer"
    assert service.ask(MOVE, {"expect_response": False}, vx=0.1, vy=0.0, vyaw=0.0) is None, "SDK 1.7 neither"
    assert service.ask(CHANGE_MODE, mode=0) == (0, None)
    service.loco.step()
    assert service.body.commands[-1].is_zero, "damped, it doesn't go on"
    assert service.ask(MOVE, vx=0.2, vy=0.0, vyaw=0.0) == (501, None)
    assert service.ask(CHANGE_MODE, mode=2) == (502, None), "not from damping at once"
    assert service.ask(CHANGE_MODE, mode=1) == (0, None)
    assert service.ask(CHANGE_MODE, mode=2) == (0, None)
    assert service.ask(2016) == (501, None), "it doesn't dance"


@pytest.mark.parametrize("wrong", [{"vx": "fast"}, {}, {"vx": 0.1, "vy": 0.0, "vyaw": math.inf}])
def test_the_twins_service_refuses_what_is_no_velocity(wrong: dict[str, object]) -> None:
    service = Service()
    assert service.ask(MOVE, **wrong) == (400, None)
    assert service.body.commands == []


def test_a_dead_service_says_nothing_and_a_broken_one_its_code() -> None:
    assert Service("service-gone").ask(GET_MODE) is None
    assert Service("code").ask(GET_MODE) == (501, None)
    assert Service("wrong-mode").ask(CHANGE_MODE, mode=1) == (502, None)
