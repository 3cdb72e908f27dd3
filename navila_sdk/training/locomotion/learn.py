"""PPO on a legged training environment, with checkpoints that can be taken up again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import torch
from rsl_rl.algorithms import PPO
from tensordict import TensorDict

from navila_sdk.training.locomotion.average import WeightAverage
from navila_sdk.training.locomotion.checkpoint import Standing, begin_with_policy, load_checkpoint, save_checkpoint
from navila_sdk.training.locomotion.gym import Gym
from navila_sdk.training.locomotion.ppo import Stride, adapted, make_ppo, set_rate, tensors
from navila_sdk.training.locomotion.recipe import Kind, Learning

_SAVE_EVERY = 25
_TAKEN_UP_RATE = 1e-4
_TAKEN_UP_STD = 0.2
_CRITIC_ALONE = 40
"""Updates of the critic alone where a training begins with a policy file, which holds none."""
_CRITIC_RATE = 1e-3


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


def learn(
    gym: Gym,
    learning: Learning,
    kind: Kind,
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
        kind: What is learned.
        folder: Where checkpoints go.
        total_steps: Environment steps in all, those of earlier sittings included.
        start_from: Checkpoint of another training, or policy (``.onnx``), to begin with; inputs it didn't know start
            with zero weights, and units that a policy didn't have are heard of by nobody at first.
        device: Where the networks are and learn, as torch names it; the environment's arrays stay where they are.
        report: Told after every iteration.
        stop: Asked after every iteration; the checkpoint is saved before stopping.

    Raises:
        FloatingPointError: The learner's numbers are no longer finite; the last checkpoint stands.
        ConfigError: What to begin with is of another shape.
        PolicyError: The policy to begin with can't be read.
    """
    ppo = make_ppo(gym, learning, kind, device)
    average = WeightAverage(ppo.actor.mlp)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkpoint.safetensors"
    standing = _begun(ppo, average, gym, learning, path, start_from)
    iteration, done, rate = standing.iteration, standing.steps, ppo.learning_rate
    critic_knows = start_from is None or start_from.suffix != ".onnx"
    ppo.train_mode()
    observations = tensors(gym.observe(), device)
    while done < total_steps:
        began_s = time.perf_counter()
        observations, reward, falls = _walked(ppo, gym, observations, learning.horizon, device)
        alone = not critic_knows and iteration < _CRITIC_ALONE
        ppo.actor.requires_grad_(not alone)
        # Clipped, the values of a critic that knows nothing would move by 0.2 an update at most.
        ppo.use_clipped_value_loss = not alone
        set_rate(ppo, _CRITIC_RATE if alone else rate)
        ppo.entropy_coef = learning.entropy_at(done / total_steps)
        stride = Stride(ppo)
        losses = ppo.update()
        if not all(np.isfinite(value) for value in losses.values()):
            raise FloatingPointError(f"training diverged at iteration {iteration}: {losses}; take up {path}")
        if not alone:
            rate = adapted(rate, stride.kl(), learning.kl)
            average.update()
        ppo.learning_rate = rate
        iteration += 1
        done += learning.horizon * gym.count
        stopping = stop()
        if iteration % _SAVE_EVERY == 0 or done >= total_steps or stopping:
            save_checkpoint(path, ppo, average, Standing(iteration, done, gym.levels))
        steps_per_s = learning.horizon * gym.count / (time.perf_counter() - began_s)
        scalars = _scalars(ppo, gym, learning, losses)
        report(Progress(iteration, done, total_steps, reward, falls, steps_per_s, scalars))
        if stopping:
            break
    average.apply()
    return ppo


def _begun(
    ppo: PPO, average: WeightAverage, gym: Gym, learning: Learning, path: Path, start_from: Path | None
) -> Standing:
    """Take up the checkpoint at ``path``, or begin with what's named; return where the training stands."""
    ramp_done = 0 if start_from is None else learning.ramp_steps[1]
    if path.exists():
        stood = load_checkpoint(path, ppo, average)
        if stood.levels is not None:
            gym.levels = np.resize(stood.levels, gym.count)
        gym.steps = stood.steps + ramp_done
        return stood
    if start_from is not None:
        if start_from.suffix == ".onnx":
            begin_with_policy(start_from, ppo, _TAKEN_UP_STD)
            average.reset()
        else:
            load_checkpoint(start_from, ppo, average, widen=True)
        gym.steps = ramp_done
        # A skill is soon lost to large steps of an optimiser that knows nothing yet.
        ppo.learning_rate = min(ppo.learning_rate, _TAKEN_UP_RATE)
    return Standing()


def _walked(ppo: PPO, gym: Gym, observations: TensorDict, horizon: int, device: str) -> tuple[TensorDict, float, float]:
    """Fill the algorithm's storage; return the observations after, reward per second, and falls a robot and minute."""
    rewards, falls = 0.0, 0
    with torch.inference_mode():
        for _ in range(horizon):
            action = ppo.act(observations)
            step = gym.step(action.cpu().numpy())
            observations = tensors(step.observations, device)
            reward, ended = torch.from_numpy(step.reward).to(device), torch.from_numpy(step.ended).to(device)
            extras = {"time_outs": torch.from_numpy(step.timed_out.astype(np.float32))}
            ppo.process_env_step(observations, reward, ended, extras)
            rewards += float(step.reward.mean())
            falls += int((step.ended & ~step.timed_out).sum())
        ppo.compute_returns(observations)
    seconds = horizon * gym.step_s
    return observations, rewards / seconds, falls / gym.count / seconds * 60


def _scalars(ppo: PPO, gym: Gym, learning: Learning, losses: dict[str, float]) -> dict[str, float]:
    """Return an iteration's numbers for the log, and begin the next one's sums."""
    scalars = {
        **{f"loss/{name}": value for name, value in losses.items()},
        **{f"reward/{name}": value / learning.horizon for name, value in gym.sums.items()},
        "learning/rate": ppo.learning_rate,
        "learning/std": float(ppo.actor.distribution.std_param.detach().mean()),  # pyright: ignore
        **gym.status(),
    }
    gym.sums.clear()
    return scalars
