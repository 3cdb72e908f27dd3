"""Amounts on a policy card that no walking body has.

Each would be followed to the letter: a range of commands without zero walks when it's told to stand, a reversed one
walks backwards when it's told to go ahead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from navila_sdk.locomotion.card import PolicyCard

MOST_SPEED = 20.0
"""Greatest command, m/s or rad/s; no legged body comes near."""
MOST_KP, MOST_KD = 1e4, 1e3
"""Greatest gains, N m/rad and N m s/rad: some ten times those of the stiffest humanoids' legs."""
MOST_GAIT_HZ, MOST_HEIGHT_M = 20.0, 10.0


def amount_problems(card: PolicyCard) -> Iterator[str]:
    """Yield every amount that can't be right, ``path: what`` each."""
    commands = card.commands
    for name, (low, high) in (
        ("vx_mps", commands.vx_mps),
        ("vy_mps", commands.vy_mps),
        ("wz_radps", commands.wz_radps),
    ):
        if not -MOST_SPEED <= low <= 0.0 <= high <= MOST_SPEED:
            yield (
                f"commands.{name}: [least, greatest], with 0 between them (a policy must be able to stand), "
                f"both within {MOST_SPEED:g}; got [{low!r}, {high!r}]"
            )
    for group, servos in (("joints", card.joints), ("held", card.held)):
        for name, servo in servos.items():
            if not (abs(servo.default_rad) <= 2 * math.pi and 0 <= servo.kp <= MOST_KP and 0 <= servo.kd <= MOST_KD):
                yield (
                    f"{group}.{name}: an angle within a turn, kp 0 to {MOST_KP:g} N m/rad and kd 0 to {MOST_KD:g} "
                    f"N m s/rad; got {servo.default_rad!r} rad, {servo.kp!r} and {servo.kd!r}"
                )
    for term in card.terms:
        if term.clip is not None and not term.clip[0] < term.clip[1]:
            yield f"terms.{term.name}.clip: [least, greatest], least below greatest; got {list(term.clip)}"
    if card.action_clip is not None and not card.action_clip > 0:
        yield f"action_clip: more than 0; got {card.action_clip!r}"
    if not any(card.action_scale) or not all(abs(scale) <= 2 * math.pi for scale in card.action_scale):
        yield f"action_scale: radians within a turn, not all 0; got {list(card.action_scale)}"
    if card.gait_hz is not None and not 0 < card.gait_hz <= MOST_GAIT_HZ:
        yield f"gait_hz: more than 0 and at most {MOST_GAIT_HZ:g}; got {card.gait_hz!r}"
    if not 0 < card.base_height_m <= MOST_HEIGHT_M:
        yield f"base_height_m: more than 0 and at most {MOST_HEIGHT_M:g}; got {card.base_height_m!r}"
