"""A message and when it came, on this computer's clock: the robot's own may be anywhere."""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

Value = TypeVar("Value")


@attrs.frozen(slots=True, eq=False)
class Arrival(Generic[Value]):
    """A message and the time it arrived, on the monotonic clock."""

    value: Value
    time_s: float
