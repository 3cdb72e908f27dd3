"""PPO from rsl_rl on a legged training environment, with checkpoints that can be taken up again."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import torch
from rsl_rl.algorithms import PPO
from rsl_rl.models import MLPModel
from tensordict import TensorDict

from navila_sdk.training.locomotion.average import WeightAverage
from navila_sdk.training.locomotion.checkpoint import Standing, begin_with_policy, load_checkpoint, save_checkpoint
from navila_sdk.training.locomotion.gym import Gym
from navila_sdk.training.locomotion.mirror import Mirror
from navila_sdk.training.locomotion.network import MirrorMLP
from navila_sdk.training.locomotion.recipe import Learning

_SAVE_EVERY = 25
_RATE_MAX, _RATE_MIN = 2e-3, 1e-5
_TAKEN_UP_RATE = 1e-4
_TAKEN_UP_STD = 0.2
_CRITIC_ALONE = 40
"""Updates of the critic alone where a training begins with a policy file, which holds none."""
_CRITIC_RATE = 1e-3


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
class Progress:
    """Where a training stands.

    Attributes:
        iteration: Iterations done.
        steps: Environment steps done.
        total_steps: Environment steps wanted.
        reward: Mean reward per second of the last iteration.
        falls: Falls per robot and minute in it.
        steps_per_s: Environment steps per second.
        scalars: Everything else worth plotting.
    """

    iteration: int
    steps: int
    total_steps: int
    reward: float
    falls: float
    steps_per_s: float
    scalars: dict[str, float]


def make_ppo(gym: Gym, learning: Learning, device: str = "cpu") -> PPO:
    """Return the algorithm with fresh networks for an environment, on a device as torch names it."""
    mirrors = gym.mirrors()
    observations = _tensors(gym.observe(), device)
    config: dict[str, Any] = {
        "num_steps_per_env": learning.horizon,
        "obs_groups": {"actor": ["policy"], "critic": ["critic"]},
        "multi_gpu": None,
        "actor": {
            "class_name": MirrorModel,
            "inputs": mirrors["policy"],
            "outputs": mirrors["action"],
            "hidden_dims": learning.hidden,
            "gain": 0.01,
            "distribution_cfg": {"class_name": "GaussianDistribution", "init_std": learning.init_std},
        },
        "critic": {
            "class_name": MirrorModel,
            "inputs": mirrors["critic"],
            "outputs": Mirror.signs(1),
            "hidden_dims": learning.hidden,
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


@attrs.frozen(slots=True)
class _Shape:
    num_envs: int
    num_actions: int


def _tensors(observations: dict[str, Any], device: str) -> TensorDict:
    count = next(iter(observations.values())).shape[0]
    return TensorDict({k: torch.from_numpy(v).to(device) for k, v in observations.items()}, batch_size=[count])


def learn(
    gym: Gym,
    learning: Learning,
    folder: Path,
    total_steps: int,
    *,
    start_from: Path | None = None,
    device: str = "cpu",
    report: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> PPO:
    """Train until ``total_steps`` environment steps are done, taking up a checkpoint in ``folder`` if there is one.

    The algorithm that is returned has the mean of the last hundred or so updates for its actor's weights.

    Args:
        gym: The environment.
        learning: PPO's settings.
        folder: Where checkpoints go.
        total_steps: Environment steps in all, those of earlier sittings included.
        start_from: Checkpoint of another training, or policy (``.onnx``), to begin with; inputs it didn't know start
            with zero weights.
        device: Where the networks are and learn, as torch names it; the environment's arrays stay where they are.
        report: Told after every iteration.
        stop: Asked after every iteration; the checkpoint is saved before stopping.

    Raises:
        FloatingPointError: The learner's numbers are no longer finite; the last checkpoint stands.
        ConfigError: What to begin with is of another shape.
        PolicyError: The policy to begin with can't be read.
    """
    ppo = make_ppo(gym, learning, device)
    average = WeightAverage(ppo.actor.mlp)
    fresh_critic = start_from is not None and start_from.suffix == ".onnx"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkpoint.safetensors"
    iteration, done = 0, 0
    if path.exists():
        stood = load_checkpoint(path, ppo, average)
        iteration, done = stood.iteration, stood.steps
        if stood.levels is not None:
            gym.levels = np.resize(stood.levels, gym.count)
        gym.steps = done if start_from is None else done + learning.ramp_steps[1]
    elif start_from is not None:
        if fresh_critic:
            begin_with_policy(start_from, ppo, _TAKEN_UP_STD)
            average.reset()
        else:
            load_checkpoint(start_from, ppo, average, widen=True)
        gym.steps = learning.ramp_steps[1]
        # A skill is soon lost to large steps of an optimiser that knows nothing yet.
        ppo.learning_rate = min(ppo.learning_rate, _TAKEN_UP_RATE)
    rate = ppo.learning_rate
    ppo.train_mode()
    observations = _tensors(gym.observe(), device)
    while done < total_steps:
        began = time.perf_counter()
        rewards, falls = 0.0, 0
        with torch.inference_mode():
            for _ in range(learning.horizon):
                action = ppo.act(observations)
                step = gym.step(action.cpu().numpy())
                observations = _tensors(step.observations, device)
                reward, ended = torch.from_numpy(step.reward).to(device), torch.from_numpy(step.ended).to(device)
                extras = {"time_outs": torch.from_numpy(step.timed_out.astype(np.float32))}
                ppo.process_env_step(observations, reward, ended, extras)
                rewards += float(step.reward.mean())
                falls += int((step.ended & ~step.timed_out).sum())
            ppo.compute_returns(observations)
        alone = fresh_critic and iteration < _CRITIC_ALONE
        ppo.actor.requires_grad_(not alone)
        # Clipped, the values of a critic that knows nothing would move by 0.2 an update at most.
        ppo.use_clipped_value_loss = not alone
        _set_rate(ppo, _CRITIC_RATE if alone else rate)
        ppo.entropy_coef = learning.entropy_at(done / total_steps)
        before = _snapshot(ppo)
        losses = ppo.update()
        if not all(np.isfinite(value) for value in losses.values()):
            raise FloatingPointError(f"training diverged at iteration {iteration}: {losses}; take up {path}")
        if not alone:
            rate = _adapted(rate, _kl(ppo, before), learning.kl)
            average.update()
        ppo.learning_rate = rate
        iteration += 1
        done += learning.horizon * gym.count
        took = time.perf_counter() - began
        seconds = learning.horizon * gym.step_s
        scalars = {
            **{f"loss/{name}": value for name, value in losses.items()},
            **{f"reward/{name}": value / learning.horizon for name, value in gym.sums.items()},
            "learning/rate": rate,
            "learning/std": float(ppo.actor.distribution.std_param.mean()),  # pyright: ignore
            **gym.status(),
        }
        gym.sums.clear()
        if iteration % _SAVE_EVERY == 0 or done >= total_steps or stop():
            save_checkpoint(path, ppo, average, Standing(iteration, done, gym.levels))
        report(
            Progress(
                iteration,
                done,
                total_steps,
                rewards / seconds,
                falls / gym.count / seconds * 60,
                learning.horizon * gym.count / took,
                scalars,
            )
        )
        if stop():
            break
    average.apply()
    return ppo


def _set_rate(ppo: PPO, rate: float) -> None:
    for group in ppo.optimizer.param_groups:
        group["lr"] = rate


def _snapshot(ppo: PPO) -> tuple[TensorDict, tuple[torch.Tensor, ...]]:
    """Return a sample of this iteration's observations and what the policy thought of them."""
    stored = ppo.storage.observations.flatten(0, 1)[::8].clone()  # pyright: ignore
    with torch.inference_mode():
        ppo.actor(stored, stochastic_output=True)
        return stored, tuple(p.clone() for p in ppo.actor.output_distribution_params)


def _kl(ppo: PPO, before: tuple[TensorDict, tuple[torch.Tensor, ...]]) -> float:
    stored, old = before
    with torch.inference_mode():
        ppo.actor(stored, stochastic_output=True)
        return float(ppo.actor.get_kl_divergence(old, ppo.actor.output_distribution_params).mean())


def _adapted(rate: float, kl: float, target: float) -> float:
    """Adapt the rate once per iteration: gentler than once per minibatch, where symmetric batches make it swing."""
    if kl > 2 * target:
        rate /= 1.5
    elif kl > 1.3 * target:
        rate /= 1.15
    elif kl < target / 1.3:
        rate *= 1.15
    return min(max(rate, _RATE_MIN), _RATE_MAX)
