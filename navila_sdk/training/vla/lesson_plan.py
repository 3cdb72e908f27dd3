"""What batches of lessons hold."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class Plan:
    """What a training's batches hold.

    Attributes:
        look: Share of the batches that ask about single pictures; the others ask what to do.
        questions: Questions of each single picture.
        steps: Steps of each walk in a batch.
        stop_times: How much likelier a step is drawn where stop is right.
        beside: Whether each step is also asked how far it is still, and where the thing named last is.
        jitter: How far a picture's brightness and colours are changed, each a share.
        blind: Share of walks seen with black pictures only; 1 is the control without images.
        mute: Whether instructions are left out: the control without instruction.
        forgetful: Whether history is left out: the control without history.
    """

    look: float = attrs.field(default=0.3, validator=within(0.0, 1.0))
    questions: int = attrs.field(default=5, validator=within(1, 16))
    steps: int = attrs.field(default=8, validator=within(1, 64))
    stop_times: float = attrs.field(default=2.0, validator=within(0.0, 100.0))
    beside: bool = True
    jitter: float = attrs.field(default=0.12, validator=within(0.0, 0.9))
    blind: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    mute: bool = False
    forgetful: bool = False
