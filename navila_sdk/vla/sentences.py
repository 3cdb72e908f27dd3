"""The sentences NaVILA was trained to answer with, and others a grammar may be made of."""

from __future__ import annotations

STOP_SENTENCE = "I think I should stop because I have finished the instruction."

TRAINED: tuple[str, ...] = (
    *(f"The next action is move forward {amount} cm." for amount in (25, 50, 75)),
    *(f"The next action is turn {side} {amount} degree." for side in ("left", "right") for amount in (15, 30, 45)),
    STOP_SENTENCE,
)
"""The ten targets of its R2R annotations (degree in the singular), in a fixed order."""
