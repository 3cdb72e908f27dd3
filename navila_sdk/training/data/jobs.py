"""A collection spread over processes: each shard is a job of its own, named by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.evaluation.apartments.benchmark import train_episodes
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.training.data.collect import Collector, CollectSettings, collect

SCENES_PER_SHARD = 8


@attrs.frozen(slots=True, kw_only=True)
class Collection:
    """What is collected where.

    Attributes:
        out: Folder of the shards.
        embodiments: Names of the bodies whose eyes are used.
        world: Name of the world that takes the pictures.
        rounds: Episodes of each tier in an apartment.
        planner: Who walks; empty is the oracle with slips.
        options: The planner's options.
        seed: Of everything drawn.
        settings: How walks are made.
    """

    out: Path
    embodiments: tuple[str, ...]
    world: str
    rounds: int = 2
    planner: str = ""
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    seed: int = 0
    settings: CollectSettings = attrs.field(factory=CollectSettings)


def shard_episodes(number: int, rounds: int) -> list[EvalEpisode]:
    """Return the episodes of a shard: those of eight train apartments."""
    first = number * SCENES_PER_SHARD
    return [e for seed in range(first, first + SCENES_PER_SHARD) for e in train_episodes(seed, rounds)]


def collect_shard(job: Collection, number: int) -> int:
    """Collect one shard and return its frames; 0 where it was there already.

    Raises:
        NavilaError: A body, the world or the planner can't be used.
    """
    from navila_sdk.config import load_config
    from navila_sdk.planner import PlannerRequest
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.data.pupils import Pupils

    plugins = Plugins.from_config(load_config().config)
    bodies = [plugins.embodiment(name) for name in job.embodiments]
    chooser = None
    if job.planner:
        record, request = plugins.planner(job.planner), PlannerRequest(options=job.options, seed=job.seed)
        chooser = Pupils(lambda: record.make(request))
    collector = Collector(plugins.world(job.world), bodies, job.settings, job.seed)
    done = collect(job.out, [number], lambda n: shard_episodes(n, job.rounds), collector, chooser)
    return sum(frames for _, frames in done)


def collect_all(job: Collection, numbers: Sequence[int], workers: int) -> Iterator[int]:
    """Yield the frames of each shard as it's done, in any order.

    Args:
        job: What.
        numbers: Which shards.
        workers: Processes; 1 stays in this one.
    """
    if workers == 1:
        for number in numbers:
            yield collect_shard(job, number)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(collect_shard, job, number) for number in numbers]):
            yield done.result()
