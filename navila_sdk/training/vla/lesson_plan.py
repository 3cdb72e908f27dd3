"""What batches of lessons hold."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within

HORIZON = 6
"""Actions of a plan, as VLN-R1's (arXiv 2506.17221)."""


@attrs.frozen(slots=True, kw_only=True)
class Plan:
    """What a training's batches hold.

    Attributes:
        look: Share of the batches that ask about single pictures; the others ask what to do.
        questions: Questions of each single picture.
        steps: Steps of each walk in a batch.
        packed: Share of the batches of walks whose rows ask after every frame they show, not after the last alone.
        stop_times: How much likelier a step is drawn where stop is right.
        stop_within_m: Stop is also right this near to the end, whatever the walk's label says; what is left a few steps
            from there is finer than small pictures tell.
        beside: Share of the steps that are also asked how far it is still, and where a thing named is.
        hints: What hints (see ``hints``) count beside tokens of answers.
        ahead: Share of the steps that are also asked for the actions after the next one, up to ``HORIZON`` in all.
        mirror: Share of the walks seen in a mirror, words and labels with them; see ``mirrored``.
        jitter: How far a picture's brightness and colours are changed, each a share.
        blind: Share of walks seen with black pictures only; 1 is the control without images.
        mute: Share of walks without an instruction; 1 is the control without instruction.
        forgetful: Share of walks without history; 1 is the control without history.
    """

    look: float = attrs.field(default=0.3, validator=within(0.0, 1.0))
    questions: int = attrs.field(default=5, validator=within(1, 16))
    steps: int = attrs.field(default=8, validator=within(1, 64))
    packed: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    stop_times: float = attrs.field(default=2.0, validator=within(0.0, 100.0))
    stop_within_m: float = attrs.field(default=0.0, validator=within(0.0, 3.0, "metres"))
    beside: float = attrs.field(default=1.0, validator=within(0.0, 1.0))
    hints: float = attrs.field(default=0.0, validator=within(0.0, 100.0))
    ahead: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    mirror: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    jitter: float = attrs.field(default=0.12, validator=within(0.0, 0.9))
    blind: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    mute: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    forgetful: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
