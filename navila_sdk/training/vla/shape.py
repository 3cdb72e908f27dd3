"""How large a small VLA is."""

from __future__ import annotations

import attrs

from navila_sdk.vla.prompt import BEGIN, HEADER

NANO_PROMPT = f"{BEGIN}{{instruction}}{{frames}}{HEADER}"
"""A prompt without NaVILA's standing text: a small model learns what it's for from its task, not from being told.

The instruction comes first, so that every frame is looked at with it in mind."""


@attrs.frozen(slots=True, kw_only=True)
class Shape:
    """The shape of a small VLA.

    Attributes:
        side_px: The tower's picture.
        patch_px: Its patches.
        vision_hidden: Width of the tower.
        vision_layers: Layers of the tower that are used.
        vision_feed: Width of its feed-forward layers.
        hidden: Width of the language model.
        layers: Its layers.
        feed: Width of its feed-forward layers.
        head: Width of an attention head, in both.
        vocabulary: Most tokens.
        context: Longest sequence.
        frames: Frames it sees.
        prompt: Its prompt; empty is NaVILA's.
    """

    side_px: int = 60
    patch_px: int = 10
    vision_hidden: int = 160
    vision_layers: int = 4
    vision_feed: int = 480
    hidden: int = 192
    layers: int = 5
    feed: int = 512
    head: int = 32
    vocabulary: int = 1024
    context: int = 1024
    frames: int = 8
    prompt: str = NANO_PROMPT

    def __attrs_post_init__(self) -> None:
        for name, width in (("vision_hidden", self.vision_hidden), ("hidden", self.hidden)):
            if width % self.head:
                raise ValueError(f"{name} must be a multiple of a head's {self.head}; got {width}")
