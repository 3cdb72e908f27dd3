"""Draws plans from a model: it names an action, is asked what then, names the next; many at once, on one cache."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import torch
from torch import Tensor

from navila_sdk.actions import Stop
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.training.vla.learner import spliced
from navila_sdk.training.vla.rows import Row
from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.vla.caching import CACHE
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.prompt import END, HEADER, THEN

_MOST_TOKENS = 24


@attrs.frozen(slots=True)
class Talk:
    """What was said after a prompt.

    Attributes:
        ids: Its tokens, those the model was asked with included.
        labels: The same where the model spoke, ``IGNORE`` elsewhere.
        said: Its sentences.
    """

    ids: list[int]
    labels: list[int]
    said: list[str]

    def actions(self) -> list[str]:
        """Return the sentences as canonical actions; what is none stands as it is."""
        found = [parse_action(text) for text in self.said]
        return [
            text if isinstance(action, Unparsed) else str(action) for text, action in zip(self.said, found, strict=True)
        ]


@attrs.define(slots=True)
class _Speaker:
    """One conversation under way."""

    ids: list[int] = attrs.field(factory=list[int])
    labels: list[int] = attrs.field(factory=list[int])
    said: list[str] = attrs.field(factory=list[str])
    forced: list[int] = attrs.field(factory=list[int])
    spoken: list[int] = attrs.field(factory=list[int])
    over: bool = False


class Sampler:
    """Draws plans.

    Args:
        model: Who plans.
        horizon: Most actions of a plan.
        temperature: Of the draws.
    """

    def __init__(self, model: NavilaModel, horizon: int, temperature: float) -> None:
        self._model, self._horizon, self._temperature = model, horizon, temperature
        tokenizer = model.tokenizer
        self._end = tokenizer.id_of(END)
        self._then = [*tokenizer.answer_ids(THEN), tokenizer.id_of(HEADER)]

    def plans(self, prompts: Sequence[Row], pixels: Tensor, group: int, generator: torch.Generator) -> list[list[Talk]]:
        """Return ``group`` plans for each prompt.

        Args:
            prompts: Rows without an answer.
            pixels: (U, 3, side, side): what their frames point to.
            group: Plans of each.
            generator: Draws.
        """
        network = self._model.network
        with torch.no_grad():
            embedded, seen = self._embedded(prompts, pixels)
            positions = (seen.cumsum(dim=1) - 1).clamp(min=0)
            given = network.llm.model(
                inputs_embeds=embedded, attention_mask=seen, position_ids=positions, use_cache=True
            )
            cache, states = getattr(given, CACHE), given.last_hidden_state[:, -1]
            cache.batch_repeat_interleave(group)
            states, seen = states.repeat_interleave(group, dim=0), seen.repeat_interleave(group, dim=0)
            speakers = [_Speaker() for _ in range(len(prompts) * group)]
            while True:
                drawn = self._drawn(states, generator)
                tokens = [self._heard(speaker, token) for speaker, token in zip(speakers, drawn, strict=True)]
                if all(speaker.over for speaker in speakers):
                    break
                seen = torch.cat([seen, seen.new_ones(len(seen), 1)], dim=1)
                given = network.llm.model(
                    input_ids=torch.tensor(tokens, device=seen.device)[:, None],
                    attention_mask=seen,
                    position_ids=seen.sum(dim=1, keepdim=True) - 1,
                    use_cache=True,
                    **{CACHE: cache},
                )
                states = given.last_hidden_state[:, -1]
        talks = [Talk(speaker.ids, speaker.labels, speaker.said) for speaker in speakers]
        return [talks[i : i + group] for i in range(0, len(talks), group)]

    def _embedded(self, prompts: Sequence[Row], pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return prompts with their frames (B, L, hidden), padded in front, and which of that is real (B, L)."""
        network = self._model.network
        device = next(network.parameters()).device
        tokens = network.frame_tokens(pixels.to(device, next(network.parameters()).dtype))
        rows: list[Tensor] = []
        for row in prompts:
            ids, frames = torch.tensor(row.ids, device=device), torch.tensor(row.frames, device=device)
            rows.append(
                spliced(network, ids, torch.zeros(2, len(ids), dtype=torch.long, device=device), tokens, frames)[0]
            )
        longest = max(len(row) for row in rows)
        embedded = torch.stack([torch.nn.functional.pad(row, (0, 0, longest - len(row), 0)) for row in rows])
        lengths = torch.tensor([len(row) for row in rows], device=device)
        seen = torch.arange(longest, device=device)[None] >= longest - lengths[:, None]
        return embedded, seen.long()

    def _drawn(self, states: Tensor, generator: torch.Generator) -> list[int]:
        logits = self._model.network.llm.lm_head(states).float() / self._temperature
        drawn: list[int] = torch.multinomial(logits.softmax(dim=-1).cpu(), 1, generator=generator)[:, 0].tolist()
        return drawn

    def _heard(self, speaker: _Speaker, drawn: int) -> int:
        """Take in what comes next in a conversation, and return it."""
        if speaker.over:
            return self._end
        if speaker.forced:
            token = speaker.forced.pop(0)
            speaker.ids.append(token)
            speaker.labels.append(IGNORE)
            return token
        speaker.ids.append(drawn)
        speaker.labels.append(drawn)
        if drawn != self._end:
            speaker.spoken.append(drawn)
            # One who doesn't come to an end has said nothing that counts.
            speaker.over = len(speaker.spoken) >= _MOST_TOKENS
            return drawn
        text = self._model.tokenizer.text_of(speaker.spoken).strip()
        speaker.said.append(text)
        speaker.spoken.clear()
        action = parse_action(text)
        ended = isinstance(action, Stop | Unparsed) or len(speaker.said) == self._horizon
        speaker.over = ended
        speaker.forced = [] if ended else list(self._then)
        return drawn
