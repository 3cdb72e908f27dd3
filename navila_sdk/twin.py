"""What plays a real robot's side: a simulated body behind the robot's own protocol, with faults to order.

The other half of a driver: what drives the twin can't tell it from the robot, except that nothing breaks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import ConfigError
from navila_sdk.world import SimulatedDriver

_FAULT = re.compile(r"(?P<name>[a-z][a-z-]*)(?:=(?P<value>[^@]+))?(?:@(?P<after>.+))?")


@attrs.frozen(slots=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: As the twin knows it.
        value: How badly; None is the twin's own default.
        after_s: Seconds after the first motion command; 0 is from the beginning.
    """

    name: str
    value: float | None = None
    after_s: float = 0.0


def parse_fault(text: str) -> Fault:
    """Return the fault meant by ``name``, ``name=value`` or ``name=value@seconds``.

    Raises:
        ConfigError: It isn't of that form, or a number isn't finite and positive.
    """
    found = _FAULT.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"the fault {text!r:.60} isn't of the form NAME, NAME=VALUE or NAME=VALUE@SECONDS")
    value, after_s = (_number(found[part], text) for part in ("value", "after"))
    return Fault(found["name"], value, after_s or 0.0)


def _number(text: str | None, fault: str) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ConfigError(f"the fault {fault!r:.60}: {text!r:.40} is no number of at least 0")
    return value


@attrs.frozen(slots=True, kw_only=True)
class TwinRequest:
    """What a twin is asked to be.

    Attributes:
        embodiment: The robot.
        body: Makes a simulated body of a record: the first argument is the robot's, or one with other sensors; with
            True, a body that can be put anywhere at once, to look from (``world.Placeable``).
        options: The twin's own options (interface and the like), unchecked.
        faults: What shall go wrong.
        tell: Called with the name and the facts of everything that happens; from any thread.
    """

    embodiment: Embodiment
    body: Callable[[Embodiment, bool], SimulatedDriver]
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    faults: tuple[Fault, ...] = ()
    tell: Callable[[str, Mapping[str, Any]], None] = lambda _name, _facts: None


class Twin(Protocol):
    """A robot's side, answering."""

    def serve(self, done: Callable[[], bool]) -> None:
        """Live in real time until ``done()``."""
        ...

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        ...
