"""GRPO's loss of drawn plans: what did better than its group becomes likelier, within bounds.

Source: DeepSeekMath (arXiv 2402.03300), section 4.1, one outcome reward a plan; VLN-R1 (arXiv 2506.17221).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from navila_sdk.training.vla.learner import states
from navila_sdk.training.vla.samples import IGNORE
from navila_sdk.vla.network import VlaNetwork

Batch = dict[str, Tensor]


def chances(network: VlaNetwork, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return logarithms of the probabilities of every token that was said (N,), and their rows and branches (N, 2).

    Args:
        network: Whose probabilities.
        batch: As ``rows.batch_of`` makes it.
    """
    given = {name: batch[name] for name in ("ids", "labels", "pixels", "frames", "branches")}
    hidden, wanted, owners = states(network, **given)
    said = wanted[:, 1:] != IGNORE
    logs = network.llm.lm_head(hidden[:, :-1][said]).float().log_softmax(dim=-1)
    taken = logs.gather(1, wanted[:, 1:][said][:, None])[:, 0]
    row = torch.arange(len(wanted), device=wanted.device)[:, None].expand_as(said)[said]
    return taken, torch.stack([row, owners[:, 1:][said] - 1], dim=1)


def objective(
    now: Tensor, before: Tensor, first: Tensor, advantage: Tensor, clip: float, kl: float
) -> tuple[Tensor, Tensor]:
    """Return the loss of each token (N,), and its divergence from the model at the beginning (N,).

    Args:
        now: Logarithms of the probabilities under the model as it is.
        before: As it was when the plans were drawn.
        first: As it was at the beginning.
        advantage: Of each token's plan.
        clip: Bounds of the ratio.
        kl: Weight of the divergence.
    """
    ratio = (now - before).exp()
    gained = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    off = first - now
    divergence = off.exp() - off - 1
    return kl * divergence - gained, divergence


class Policy(nn.Module):
    """A network with GRPO's loss as its forward pass.

    Args:
        network: The network.
        clip: See ``objective``.
        kl: Likewise.
    """

    def __init__(self, network: VlaNetwork, clip: float, kl: float) -> None:
        super().__init__()
        self.network, self._clip, self._kl = network, clip, kl

    def forward(self, batch: Batch, before: Tensor, first: Tensor, advantages: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean loss, every plan counting alike, and the mean divergence.

        Args:
            batch: The plans.
            before: See ``objective``.
            first: Likewise.
            advantages: (rows, branches).
        """
        now, place = chances(self.network, batch)
        loss, divergence = objective(now, before, first, advantages[place[:, 0], place[:, 1]], self._clip, self._kl)
        plan = place[:, 0] * advantages.shape[1] + place[:, 1]
        length = torch.zeros(advantages.numel(), device=now.device).index_add_(0, plan, torch.ones_like(now))
        return (loss / length[plan]).sum() / advantages.numel(), divergence.mean().detach()
