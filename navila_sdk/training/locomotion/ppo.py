"""rsl_rl's PPO around a symmetric network, with a learning rate adapted once per iteration."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any, cast

import attrs
import torch
from numpy.typing import NDArray
from rsl_rl.algorithms import PPO
from rsl_rl.models import MLPModel
from tensordict import TensorDict

from navila_sdk.training.locomotion.gym import Gym
from navila_sdk.training.locomotion.mirror import Mirror
from navila_sdk.training.locomotion.network import MirrorMLP
from navila_sdk.training.locomotion.recipe import Kind, Learning

_RATE_MAX, _RATE_MIN = 2e-3, 1e-5
_SAMPLED = 8
"""One observation of so many is asked how far an update moved the policy."""


class MirrorModel(MLPModel):
    """rsl_rl's model around a symmetric network."""

    def __init__(
        self,
        obs: TensorDict,
        obs_groups: dict[str, list[str]],
        obs_set: str,
        output_dim: int,
        *,
        inputs: Mirror,
        outputs: Mirror,
        hidden_dims: tuple[int, ...],
        distribution_cfg: dict[str, Any] | None = None,
        gain: float = 1.0,
    ) -> None:
        super().__init__(obs, obs_groups, obs_set, output_dim, hidden_dims, distribution_cfg=distribution_cfg)
        self.mlp = MirrorMLP(inputs, outputs, hidden_dims, gain)


@attrs.frozen(slots=True)
class _Shape:
    num_envs: int
    num_actions: int


def make_ppo(gym: Gym, learning: Learning, kind: Kind, device: str = "cpu") -> PPO:
    """Return the algorithm with fresh networks for an environment, on a device as torch names it."""
    units = learning.units(kind)
    mirrors = gym.mirrors()
    observations = tensors(gym.observe(), device)
    config: dict[str, Any] = {
        "num_steps_per_env": learning.horizon,
        "obs_groups": {"actor": ["policy"], "critic": ["critic"]},
        "multi_gpu": None,
        "actor": {
            "class_name": MirrorModel,
            "inputs": mirrors["policy"],
            "outputs": mirrors["action"],
            "hidden_dims": units,
            "gain": 0.01,
            "distribution_cfg": {"class_name": "GaussianDistribution", "init_std": learning.init_std},
        },
        "critic": {
            "class_name": MirrorModel,
            "inputs": mirrors["critic"],
            "outputs": Mirror.signs(1),
            "hidden_dims": units,
        },
        "algorithm": {
            "class_name": PPO,
            "num_learning_epochs": learning.epochs,
            "num_mini_batches": learning.minibatches,
            "clip_param": learning.clip,
            "gamma": learning.gamma,
            "lam": learning.lam,
            "entropy_coef": learning.entropy,
            "learning_rate": learning.rate,
            "max_grad_norm": 1.0,
            "schedule": "fixed",
            "desired_kl": None,
        },
    }
    # It prints the networks, which has no place before --json's object; and a value has no odd part to initialise.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Initializing zero-element tensors")
        return PPO.construct_algorithm(observations, _Shape(gym.count, gym.actions), config, device)  # pyright: ignore


def tensors(observations: dict[str, NDArray[Any]], device: str) -> TensorDict:
    """Return an environment's arrays, (N, ...) each, on a device."""
    count = next(iter(observations.values())).shape[0]
    return TensorDict({k: torch.from_numpy(v).to(device) for k, v in observations.items()}, batch_size=[count])


def set_rate(ppo: PPO, rate: float) -> None:
    """Let the next update move by this rate."""
    for group in cast("list[dict[str, Any]]", ppo.optimizer.param_groups):
        group["lr"] = rate


class Stride:
    """How far an update moves a policy, told by a sample of the iteration's observations.

    Args:
        ppo: With an iteration's observations in its storage, before the update.
    """

    def __init__(self, ppo: PPO) -> None:
        self._ppo = ppo
        self._seen = ppo.storage.observations.flatten(0, 1)[::_SAMPLED].clone()  # pyright: ignore
        self._before = tuple(part.clone() for part in self._thought())

    def kl(self) -> float:
        """Return the mean Kullback-Leibler divergence of the policy as it is now from the one before."""
        with torch.inference_mode():
            return float(self._ppo.actor.get_kl_divergence(self._before, self._thought()).mean())

    def _thought(self) -> tuple[torch.Tensor, ...]:
        with torch.inference_mode():
            self._ppo.actor(self._seen, stochastic_output=True)
            return self._ppo.actor.output_distribution_params


def adapted(rate: float, kl: float, target: float) -> float:
    """Return the next iteration's rate.

    It's adapted once per iteration: gentler than once per minibatch, where symmetric batches make it swing.
    """
    if kl > 2 * target:
        rate /= 1.5
    elif kl > 1.3 * target:
        rate /= 1.15
    elif kl < target / 1.3:
        rate *= 1.15
    return min(max(rate, _RATE_MIN), _RATE_MAX)
