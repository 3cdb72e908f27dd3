"""Who answers: what a driver says where its own robot doesn't."""

from __future__ import annotations

from navila_sdk.errors import RobotError, RobotRefusedError, RobotUnreachableError
from navila_sdk.hardware.claim import present
from navila_sdk.hardware.interfaces import LOOPBACK
from navila_unitree import sdk
from navila_unitree.domain import Place
from navila_unitree.low.switcher import released

SERVICES = {"sport": "a Go2", "loco": "an H1"}
"""Motion services and whose they are."""


def nobody(robot: str, service: str, place: Place, waited_s: float, silent: str = "") -> RobotError:
    """Return the error for a robot that says nothing: whether another one is there, and what to look at.

    Args:
        robot: The embodiment that was wanted.
        service: Its motion service.
        place: Where it was looked for.
        waited_s: For how long.
        silent: What alone wasn't heard, if something else was.
    """
    if silent:
        return RobotUnreachableError(f"{robot} answers, but within {waited_s:g} s there was {silent}")
    for other, whose in SERVICES.items():
        if other != service and answers(other):
            return RobotError(
                f"{whose} answers on {place.interface} (its service {other!r}), and {robot} was asked for; "
                "say --embodiment of the robot that is there, or the interface of the other one"
            )
    if released(robot):
        return RobotRefusedError(
            f"{robot} answers, but its motion service {service!r} is released: a program at joint level let it go; "
            "restart the robot, or switch the service on again by the app"
        )
    where = f"{place.interface}, domain {place.domain}"
    if place.interface in LOOPBACK:
        twins = [one for one in present(place.domain, place.interface) if one.role == "twin"]
        found = f" (a twin of {twins[0].robot} runs there)" if twins else ""
        hint = f"start one in another terminal: navila twin {robot} --interface {place.interface}{found}"
    else:
        hint = "see that the robot is on, the cable is in, and this computer has an address like 192.168.123.99/24"
    return RobotUnreachableError(f"no {robot} answers on {where} within {waited_s:g} s; {hint}")


def answers(service: str, timeout_s: float = 0.5) -> bool:
    """Return whether somebody serves a service here."""
    client = sdk.module("rpc.client").Client(service)
    client._SetApiVerson("")
    client.SetTimeout(timeout_s)
    code, _ = client.GetServerApiVersion()
    return code == 0
