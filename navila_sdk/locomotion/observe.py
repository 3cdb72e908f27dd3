"""The observation builder: from what a body feels to the numbers a card's network reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from navila_sdk.geometry import Twist
from navila_sdk.locomotion.card import PolicyCard
from navila_sdk.locomotion.past import Past
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
        quantities: Mapping[str, Callable[[Senses], Floats]] = {
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
        # One row holds every quantity: the present's terms first, then what only the history asks for.
        asked = [term.name for term in card.terms]
        names = asked + [name for name in (card.history.terms if card.history else ()) if name not in asked]
        ends = np.cumsum([card.size_of(name) for name in names]).tolist()
        places = [slice(end - card.size_of(name), end) for name, end in zip(names, ends, strict=True)]
        self._slots = [(place, quantities[name]) for name, place in zip(names, places, strict=True)]
        where = dict(zip(reversed(names), reversed(places), strict=True))
        self._past = Past(card.history, where) if card.history else None
        self._row, self._scale = np.zeros(ends[-1]), np.ones(ends[-1])
        self._present, self._clips = slice(0, ends[len(asked) - 1]), list[tuple[slice, float, float]]()
        for term, place in zip(card.terms, places, strict=False):
            self._scale[place] = term.scale
            if term.clip is not None:
                self._clips.append((place, *term.clip))
        self._ground: Floats = np.zeros(card.size_of("height_map") if card.height_map else 0)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the body stands anew."""
        self._ticks = self._runs_on = 0
        self._command, self._asked = np.zeros(3), False
        self._action = np.zeros(len(self._card.joints))
        if self._past is not None:
            self._past.forget()

    def _clock(self) -> Floats:
        """Return sine and cosine of the gait's phase; both zero while nothing is asked, and hasn't been just now."""
        if self._runs_on <= 0 and not self._asked:
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
        velocities = command.as_tuple()
        self._command, self._asked = np.array(velocities), any(velocities)
        self._runs_on = round(self._card.gait_run_on_s * self._card.rate_hz) if self._asked else self._runs_on - 1
        self._action = action
        if ground is not None:
            self._ground = ground
        row = self._row
        for place, quantity in self._slots:
            row[place] = quantity(senses)
        for place, low, high in self._clips:
            row[place] = np.clip(row[place], low, high)
        scaled = row * self._scale
        self._ticks += 1
        if self._past is None:
            return scaled.astype(np.float32)
        return np.concatenate([scaled[self._present], self._past.with_present(scaled)]).astype(np.float32)
