"""Reinforcement fine-tuning: plans drawn where walks were, rewarded by how they agree with the right ones.

VLN-R1's second stage. The well-kept libraries (TRL's GRPOTrainer, verl) drive language models of the hub whose whole
input is text and one processor's pictures; a model of eight frames that names one action a turn fits none of them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.memory import navila_indices
from navila_sdk.training.rft.policy import Batch, Policy, chances
from navila_sdk.training.rft.rewards import group_advantages, time_decayed_reward
from navila_sdk.training.rft.sampling import Sampler, Talk
from navila_sdk.training.rft.settings import RftSettings
from navila_sdk.training.vla.learner import attending_plainly
from navila_sdk.training.vla.rows import Row, RowMaker, batch_of
from navila_sdk.training.vla.state import STATE, keep, learning, take_up
from navila_sdk.training.vla.walked import Walked, following
from navila_sdk.vla.images import pixels_of
from navila_sdk.vla.model import NavilaModel
from navila_sdk.vla.save import save_model


@attrs.frozen(slots=True)
class RftProgress:
    """Where a training stands.

    Attributes:
        step: Updates done.
        steps: Updates wanted.
        reward: Mean reward of the plans, as a share of the most there was to get.
        first_right: Share of the plans whose first action was right.
        divergence: From the model at the beginning, in nats a token.
    """

    step: int
    steps: int
    reward: float
    first_right: float
    divergence: float


@attrs.frozen(slots=True, eq=False)
class _Situations:
    prompts: list[Row]
    pictures: list[NDArray[np.float32]]
    right: list[list[str]]


def reinforce(
    model: NavilaModel,
    walks: Walked,
    out: Path,
    settings: RftSettings,
    *,
    report: Callable[[RftProgress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Fine-tune a model by its own plans, taking up what ``out`` holds, and return the checkpoint's folder.

    Args:
        model: One that has learned to say what comes then (``Plan.ahead``); it's changed.
        walks: Where its plans are drawn.
        out: Where checkpoint and state are written.
        settings: How.
        report: Told after every update.
        stop: Asked after every update; everything is saved before stopping.

    Raises:
        FloatingPointError: The loss is no longer finite; the last state stands.
    """
    network = model.network
    first = copy.deepcopy(network).eval().requires_grad_(False)
    network.requires_grad_(True)
    network.vision_tower.requires_grad_(False)
    network.eval()
    policy = Policy(network, settings.clip, settings.kl)
    learned = learning(policy)
    optimizer = torch.optim.AdamW(learned.values(), lr=settings.rate, weight_decay=0.0)
    out.mkdir(parents=True, exist_ok=True)
    done = take_up(out / STATE, learned, optimizer)
    sampler = Sampler(model, settings.horizon, settings.temperature)
    rows = RowMaker(model.tokenizer)
    with attending_plainly(network), attending_plainly(first):
        while done < settings.steps:
            random = np.random.default_rng([settings.seed, done])
            found = _situations(model, walks, settings.prompts, random, rows)
            generator = torch.Generator().manual_seed(int(random.integers(2**62)))
            pixels = torch.from_numpy(np.stack(found.pictures))
            talks = sampler.plans(found.prompts, pixels, settings.group, generator)
            rewards, first_right = _rewards(talks, found.right, settings)
            advantages = torch.from_numpy(np.stack([group_advantages(row) for row in rewards])).float()
            batch = _batch(rows, found, talks)
            with torch.no_grad():
                before, beginning = chances(network, batch)[0], chances(first, batch)[0]
            divergence = 0.0
            for _ in range(settings.passes):
                loss, strayed = policy(batch, before, beginning, advantages)
                if not math.isfinite(float(loss.detach())):
                    raise FloatingPointError(
                        f"the loss is {float(loss.detach())} at update {done}; {out / STATE} stands"
                    )
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learned.values(), settings.norm)
                optimizer.step()
                divergence = float(strayed)
            done += 1
            ending = done == settings.steps or stop()
            if ending or done % settings.save_every == 0:
                keep(out / STATE, learned, optimizer, done)
            report(RftProgress(done, settings.steps, _share(rewards, found.right, settings), first_right, divergence))
            if ending:
                break
    network.requires_grad_(False)
    return save_model(model, out)


def _situations(
    model: NavilaModel, walks: Walked, count: int, random: np.random.Generator, rows: RowMaker
) -> _Situations:
    config = model.config
    pictures = [pixels_of(None, config.side_px, config.mean, config.deviation)]
    prompts: list[Row] = []
    right: list[list[str]] = []
    for track, frames in walks.drawn(count, random):
        step = int(random.integers(len(track)))
        seen: list[int] = []
        for index in navila_indices(step + 1, config.num_frames):
            seen.append(0 if index is None else len(pictures))
            if index is not None:
                pictures.append(pixels_of(frames[index], config.side_px, config.mean, config.deviation))
        prompts.append(rows.prompt(track.instruction, seen))
        right.append(following(track, step))
    return _Situations(prompts, pictures, right)


def _rewards(
    talks: Sequence[Sequence[Talk]], right: Sequence[list[str]], settings: RftSettings
) -> tuple[list[list[float]], float]:
    """Return each plan's reward, and the share of them that begin rightly."""
    rewards: list[list[float]] = []
    began: list[bool] = []
    for group, wanted in zip(talks, right, strict=True):
        plans = [talk.actions() for talk in group]
        rewards.append([time_decayed_reward(plan, wanted, settings.weighting, settings.gamma) for plan in plans])
        began += [plan[:1] == wanted[:1] for plan in plans]
    return rewards, float(np.mean(began))


def _share(rewards: Sequence[Sequence[float]], right: Sequence[list[str]], settings: RftSettings) -> float:
    most = sum(time_decayed_reward(wanted, wanted, settings.weighting, settings.gamma) for wanted in right)
    return float(sum(np.mean(row) for row in rewards) / most)


def _batch(rows: RowMaker, found: _Situations, talks: Sequence[Sequence[Talk]]) -> Batch:
    """Return a row a situation, each plan a branch."""
    made = [
        rows.talked(prompt, [(talk.ids, talk.labels) for talk in group])
        for prompt, group in zip(found.prompts, talks, strict=True)
    ]
    batch: dict[str, Tensor] = batch_of(made, found.pictures)
    return batch
