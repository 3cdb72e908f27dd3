"""The checks of worlds, in the order they're made: the contract, the senses, the motion."""

from __future__ import annotations

from navila_sdk.testing.conformance import common
from navila_sdk.testing.conformance.values import Check, check
from navila_sdk.testing.conformance.worlds import contract, motion, senses
from navila_sdk.testing.conformance.worlds.place import Place

WORLD_CHECKS: tuple[Check[Place], ...] = (
    check("loads")(common.loads),
    check("imports-light")(common.imports_light),
    check("touches-nothing")(common.touches_nothing),
    contract.record,
    contract.driver,
    contract.explained,
    contract.refuses_unknown,
    contract.closes,
    contract.starts,
    contract.stands,
    contract.refuses_nan,
    senses.time_passes,
    senses.camera_frame,
    senses.fresh,
    senses.cloud,
    senses.scan,
    motion.forward,
    motion.left,
    motion.left_turn,
    motion.body_frame,
    motion.holds,
    motion.measured,
    motion.true_pose,
    motion.walls,
    contract.deterministic,
)

__all__ = ["WORLD_CHECKS", "Place"]
