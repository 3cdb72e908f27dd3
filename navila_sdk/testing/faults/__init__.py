"""Faults to order: what breaks while a robot moves, how soon its command is zero, and that nothing goes on by itself.

Any simulated body can be the patient, a third party's as well as ours; ``FAULTS`` is the list and ``undergo`` runs one.
"""

from navila_sdk.testing.faults.cases import FAULTS
from navila_sdk.testing.faults.live import LiveBody
from navila_sdk.testing.faults.trial import Finding, undergo
from navila_sdk.testing.faults.values import Fault

__all__ = ["FAULTS", "Fault", "Finding", "LiveBody", "undergo"]
