"""The checks of embodiments, in the order they're made: what reading shows first, then what moving shows."""

from __future__ import annotations

from navila_sdk.testing.conformance import common
from navila_sdk.testing.conformance.embodiments import ground, motion, numbers, policies, record, senses
from navila_sdk.testing.conformance.embodiments.body import Body
from navila_sdk.testing.conformance.values import Check, check

EMBODIMENT_CHECKS: tuple[Check[Body], ...] = (
    check("loads")(common.loads),
    check("imports-light")(common.imports_light),
    check("touches-nothing")(common.touches_nothing),
    record.explained,
    record.sources,
    record.verbs,
    record.files,
    numbers.limits,
    numbers.mapping,
    numbers.shape,
    numbers.cameras,
    numbers.lidar,
    ground.spec,
    ground.adapter,
    ground.card,
    policies.policies,
    policies.finite,
    policies.nan_stops,
    motion.connects,
    motion.stops,
    motion.forward,
    motion.left,
    motion.left_turn,
    motion.refuses_nan,
    motion.reach,
    senses.camera_frame,
    senses.deterministic,
    senses.policies_walk,
)

__all__ = ["EMBODIMENT_CHECKS", "Body"]
