"""Light client of a navila planner server, and of a robot's agent."""

from navila_client.client import PlannerClient, Reply
from navila_client.faults import (
    ClientError,
    DeadlineError,
    LostEpisodeError,
    LostServerError,
    RefusedError,
    WireError,
)
from navila_client.operator import Operator
from navila_client.wire import PROTOCOL, pack, unpack

__all__ = [
    "PROTOCOL",
    "ClientError",
    "DeadlineError",
    "LostEpisodeError",
    "LostServerError",
    "Operator",
    "PlannerClient",
    "RefusedError",
    "Reply",
    "WireError",
    "pack",
    "unpack",
]
