"""A network with the loss of its answers: rows of tokens with pictures spliced in, some with branches."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import torch
from torch import Tensor, nn

from navila_sdk.training.vla.hints import Hints
from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.vla.network import VlaNetwork
from navila_sdk.vla.tokens import IMAGE_ID


class Learner(nn.Module):
    """A network with the loss of its answers as its forward pass.

    Args:
        network: The network.
        heads: What reads hints from its states.
        weight: What a hint counts beside a token.
    """

    def __init__(self, network: VlaNetwork, heads: Hints | None = None, weight: float = 0.0) -> None:
        super().__init__()
        self.network, self.heads, self.weight = network, heads, weight

    def forward(
        self,
        ids: Tensor,
        labels: Tensor,
        pixels: Tensor,
        frames: Tensor,
        branches: Tensor | None = None,
        hints: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return the summed loss and how many tokens it's of.

        Args:
            ids: (B, L) padded with 0 on the right, ``IMAGE_ID`` for each frame.
            labels: (B, L), ``IGNORE`` where nothing is learned.
            pixels: (U, 3, side, side): each picture once, however many samples see it.
            frames: (B, F): which of them each sample sees; what a sample doesn't use is never read.
            branches: (B, L): 0 for the prompt, else which branch a token is of; see ``rows``.
            hints: (N, 2 + heads): a row, the index of one of its tokens, and the classes asked there.
        """
        hidden, wanted, _ = states(self.network, ids, labels, pixels, frames, branches)
        learned = wanted[:, 1:] != IGNORE
        logits = self.network.llm.lm_head(hidden[:, :-1][learned])
        loss = nn.functional.cross_entropy(logits.float(), wanted[:, 1:][learned], reduction="sum")
        if hints is not None and self.heads is not None:
            row, index = hints[:, 0], hints[:, 1]
            longer = (ids == IMAGE_ID).cumsum(dim=1)[row, index] * (self.network.config.tokens_per_frame - 1)
            loss = loss + self.weight * self.heads(hidden[row, index + longer], hints[:, 2:])
        return loss, learned.sum()


def states(
    network: VlaNetwork, ids: Tensor, labels: Tensor, pixels: Tensor, frames: Tensor, branches: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the language model's last states (B, W, hidden), and labels and branches (B, W) made as long.

    Args:
        network: The network.
        ids: As ``Learner.forward`` takes them, as is the rest.
        labels: Likewise.
        pixels: Likewise.
        frames: Likewise.
        branches: Likewise.
    """
    tokens = network.frame_tokens(pixels.to(next(network.parameters()).dtype))
    rows: list[Tensor] = []
    beside: list[Tensor] = []
    for row in range(len(ids)):
        marks = torch.stack([labels[row], labels[row] * 0 if branches is None else branches[row]])
        embeddings, wide = spliced(network, ids[row], marks, tokens, frames[row])
        rows.append(embeddings)
        beside.append(wide)
    embedded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    wanted = nn.utils.rnn.pad_sequence([wide[0] for wide in beside], batch_first=True, padding_value=IGNORE)
    owners = nn.utils.rnn.pad_sequence([wide[1] for wide in beside], batch_first=True)
    # Padding comes last, and a causal model's tokens don't see what comes after them: it needs no mask.
    seeing = {} if branches is None else branched(owners, _arithmetic(embedded))
    hidden = network.llm.model(inputs_embeds=embedded, use_cache=False, **seeing).last_hidden_state
    return hidden, wanted, owners


def branched(branches: Tensor, dtype: torch.dtype) -> dict[str, Tensor]:
    """Return positions and an additive mask for rows whose tokens are of branches.

    A branch sees the prompt before it and itself, at the positions it would have if the prompt ended there.

    Args:
        branches: (B, L): 0 for the prompt, else which branch.
        dtype: Of the mask, (B, 1, L, L).
    """
    length = branches.shape[1]
    trunk = branches == 0
    place = torch.arange(length, device=branches.device).expand_as(branches)
    begins = torch.nn.functional.pad(branches[:, 1:] != branches[:, :-1], (1, 0), value=True)
    begun = torch.where(begins, place, torch.zeros_like(place)).cummax(dim=1).values
    passed = trunk.cumsum(dim=1)
    positions = torch.where(trunk, passed - 1, passed + place - begun)
    seen = trunk[:, None, :] | (branches[:, None, :] == branches[:, :, None])
    seen &= torch.ones(length, length, dtype=torch.bool, device=branches.device).tril()
    mask = torch.zeros(seen.shape, dtype=dtype, device=branches.device).masked_fill_(~seen, torch.finfo(dtype).min)
    return {"position_ids": positions, "attention_mask": mask[:, None]}


def _arithmetic(tensor: Tensor) -> torch.dtype:
    """Return what attention is computed in: a wider mask would widen it too, at twice the time."""
    kind = tensor.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else tensor.dtype


def spliced(network: VlaNetwork, ids: Tensor, marks: Tensor, tokens: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Return a row with its frames' tokens in place of their marks, and its labels and branches made as long."""
    embedded = network.embed(ids.clamp(min=0))
    blank = marks.new_tensor([[IGNORE], [0]]).expand(2, tokens.shape[1])
    parts: list[Tensor] = []
    wide: list[Tensor] = []
    begin = 0
    for frame, place in zip(frames.tolist(), (ids == IMAGE_ID).nonzero()[:, 0].tolist(), strict=False):
        parts += [embedded[begin:place], tokens[frame]]
        wide += [marks[:, begin:place], blank]
        begin = place + 1
    return torch.cat([*parts, embedded[begin:]]), torch.cat([*wide, marks[:, begin:]], dim=1)


@contextlib.contextmanager
def attending_plainly(network: VlaNetwork) -> Generator[None]:
    """Attend by plain matrix products: on a processor the fused kernel's way back takes several times as long.

    Numbers too small to be normal are taken for zero meanwhile: a masked softmax over half-precision scores holds many,
    and takes two and a half times as long with them.
    """
    parts = [part for part in (network.llm, network.vision_tower) if next(part.parameters()).device.type == "cpu"]
    before = [part.config._attn_implementation for part in parts]  # pyright: ignore[reportPrivateUsage]
    for part in parts:
        part.config._attn_implementation = "eager"
    if parts:
        torch.set_flush_denormal(True)
    try:
        yield
    finally:
        if parts:
            torch.set_flush_denormal(False)
        for part, kind in zip(parts, before, strict=True):
            part.config._attn_implementation = kind
