"""The list of faults. Each says what breaks and how the episode may end; everything else is the trial's business."""

from __future__ import annotations

from navila_sdk.testing.faults.machine import MACHINE
from navila_sdk.testing.faults.minds import MINDS
from navila_sdk.testing.faults.senses import SENSES
from navila_sdk.testing.faults.stops import STOPS
from navila_sdk.testing.faults.values import Fault

FAULTS: tuple[Fault, ...] = (*MINDS, *SENSES, *MACHINE, *STOPS)
"""Planners, senses, the machine it runs on, and stops asked for; ids are unique."""
