"""The observation builder: from what a body feels to the numbers a card's network reads."""

from __future__ import annotations

import collections
import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Twist
from navila_sdk.locomotion.card import PolicyCard
from navila_sdk.locomotion.senses import Senses, gravity_direction, roll_pitch_yaw

Floats = NDArray[np.float64]


class ObservationBuilder:
    """Builds one observation per control tick; remembers earlier ones where the card asks.

    Args:
        card: The policy's card.
        order: Where each of the card's joints stands in the body's joint order (J,).
    """

    def __init__(self, card: PolicyCard, order: NDArray[np.intp]) -> None:
        self._card, self._order = card, order
        self._default = np.array([servo.default_rad for servo in card.joints.values()])
        self._scales = {term.name: np.array(term.scale) for term in card.terms}
        self._clips = {term.name: term.clip for term in card.terms if term.clip is not None}
        self._scale = np.concatenate([np.full(card.size_of(t.name), 1.0) * np.array(t.scale) for t in card.terms])
        self._quantities: Mapping[str, Callable[[Senses], Floats]] = {
            "base_linear_velocity": lambda senses: senses.linear_mps,
            "base_angular_velocity": lambda senses: senses.angular_radps,
            "projected_gravity": lambda senses: gravity_direction(senses.wxyz),
            "base_rpy": lambda senses: roll_pitch_yaw(senses.wxyz),
            "command": lambda _: self._command,
            "gait_clock": lambda _: self._clock(),
            "joint_position": lambda senses: senses.position_rad[order] - self._default,
            "joint_velocity": lambda senses: senses.velocity_radps[order],
            "last_action": lambda _: self._action,
            "height_map": lambda _: self._ground,
        }
        self._names = tuple(dict.fromkeys([*self._scales, *(card.history.terms if card.history else ())]))
        self._ground: Floats = np.zeros(card.size_of("height_map") if card.height_map else 0)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the body stands anew."""
        self._ticks = self._runs_on = 0
        self._command = np.zeros(3)
        self._action = np.zeros(len(self._card.joints))
        frames = self._card.history.frames if self._card.history else 0
        self._past: collections.deque[dict[str, Floats]] = collections.deque(maxlen=max(frames, 1))

    def _clock(self) -> Floats:
        """Return sine and cosine of the gait's phase; both zero while nothing is asked, and hasn't been just now."""
        if self._runs_on <= 0 and not self._command.any():
            return np.zeros(2)
        angle = math.tau * (self._card.gait_hz or 0.0) * self._ticks / self._card.rate_hz
        return np.array([math.sin(angle), math.cos(angle)])

    def build(self, senses: Senses, command: Twist, action: Floats, ground: Floats | None) -> NDArray[np.float32]:
        """Return the observation, float32 (card.inputs,).

        Args:
            senses: What the body feels.
            command: Velocity asked.
            action: The network's last output (J,).
            ground: The height map as written by ``encode_map``; None keeps the last.
        """
        self._command = np.array(command.as_tuple())
        self._runs_on = (
            round(self._card.gait_run_on_s * self._card.rate_hz) if self._command.any() else self._runs_on - 1
        )
        self._action = action
        if ground is not None:
            self._ground = ground
        values = {name: self._quantities[name](senses) for name in self._names}
        for name, (low, high) in self._clips.items():
            values[name] = np.clip(values[name], low, high)
        present = np.concatenate([values[term.name] for term in self._card.terms]) * self._scale
        self._ticks += 1
        if self._card.history is None:
            return present.astype(np.float32)
        return np.concatenate([present, *self._remembered(values)]).astype(np.float32)

    def _remembered(self, values: dict[str, Floats]) -> list[Floats]:
        history = self._card.history
        assert history is not None
        present = {name: values[name] * self._scales.get(name, 1.0) for name in history.terms}
        if not self._past:
            first = present if history.start == "repeat" else {name: np.zeros_like(v) for name, v in present.items()}
            self._past.extend([first] * history.frames)
        self._past.append(present)
        frames = list(self._past)
        if history.order == "newest-first":
            frames.reverse()
        if history.stacking == "frame":
            return [frame[name] for frame in frames for name in history.terms]
        return [frame[name] for name in history.terms for frame in frames]
