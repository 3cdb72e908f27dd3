"""A collection spread over processes: each shard is a job of its own, named by number."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.evaluation.apartments.benchmark import train_episodes, train_scene
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.training.data.collect import Collector, CollectSettings, collect
from navila_sdk.training.data.pictures import collect_pictures

if TYPE_CHECKING:
    from navila_sdk.config import Config

SCENES_PER_SHARD = 8
EPISODES_PER_SHARD = 48


@attrs.frozen(slots=True, kw_only=True)
class Collection:
    """What is collected where.

    Attributes:
        out: Folder of the shards.
        embodiments: Names of the bodies whose eyes are used.
        world: Name of the world that takes the pictures.
        rounds: Episodes of each tier in an apartment.
        benchmark: Whose episodes are walked, ``EPISODES_PER_SHARD`` a shard; empty is our train apartments'.
        split: Its split; empty is its ``train``.
        planner: Who walks; empty is the oracle with slips.
        options: The planner's options.
        seed: Of everything drawn.
        settings: How walks are made.
        config_path: The configuration; None is the default one.
        sets: What is set in it, as ``name=value``.
    """

    out: Path
    embodiments: tuple[str, ...]
    world: str
    rounds: int = 2
    benchmark: str = ""
    split: str = ""
    planner: str = ""
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    seed: int = 0
    settings: CollectSettings = attrs.field(factory=CollectSettings)
    config_path: Path | None = None
    sets: tuple[str, ...] = ()

    def configured(self) -> Config:
        """Return the configuration.

        Raises:
            ConfigError: It doesn't fit.
        """
        from navila_sdk.config import load_config

        return load_config(self.config_path, self.sets).config


def shard_episodes(number: int, rounds: int) -> list[EvalEpisode]:
    """Return the episodes of a shard: those of eight train apartments."""
    first = number * SCENES_PER_SHARD
    return [e for seed in range(first, first + SCENES_PER_SHARD) for e in train_episodes(seed, rounds)]


def episodes_of(job: Collection, number: int) -> Sequence[EvalEpisode]:
    """Return what a shard walks; nothing beyond a benchmark's last episode.

    Raises:
        NavilaError: The benchmark or its split can't be had.
    """
    if not job.benchmark:
        return shard_episodes(number, job.rounds)
    first = number * EPISODES_PER_SHARD
    return _benchmark_episodes(job.benchmark, job.split, job.config_path, job.sets)[first : first + EPISODES_PER_SHARD]


@functools.lru_cache(maxsize=1)  # files of a hundred megabytes are read once a process
def _benchmark_episodes(
    name: str, split: str, config_path: Path | None, sets: tuple[str, ...]
) -> Sequence[EvalEpisode]:
    from navila_sdk.config import load_config
    from navila_sdk.evaluation.registry import load_benchmark
    from navila_sdk.plugins import Plugins

    config = load_config(config_path, sets).config
    found = load_benchmark(name, Plugins.from_config(config), config.benchmarks.get(name))
    return found.episodes(split or "train")


def collect_shard(job: Collection, number: int) -> int:
    """Collect one shard and return its frames; 0 where it was there already.

    Raises:
        NavilaError: A body, the world or the planner can't be used.
    """
    from navila_sdk.planner import PlannerRequest
    from navila_sdk.plugins import Plugins
    from navila_sdk.training.data.pupils import Pupils

    plugins = Plugins.from_config(job.configured())
    bodies = [plugins.embodiment(name) for name in job.embodiments]
    chooser = None
    if job.planner:
        record, request = plugins.planner(job.planner), PlannerRequest(options=job.options, seed=job.seed)
        chooser = Pupils(lambda: record.make(request))
    collector = Collector(plugins.world(job.world), bodies, job.settings, job.seed)
    done = collect(job.out, [number], lambda n: episodes_of(job, n), collector, chooser)
    return sum(frames for _, frames in done)


def collect_views(job: Collection, number: int, each: int) -> int:
    """Take the pictures of one shard and return how many; 0 where it was there already.

    Args:
        job: Where, and through whose eyes.
        number: Which shard.
        each: Pictures of an apartment.

    Raises:
        NavilaError: A body or the world can't be used.
    """
    from navila_sdk.plugins import Plugins

    folder = job.out / f"shard-{number:06d}"
    if (folder / "places.json").is_file():
        return 0
    plugins = Plugins.from_config(job.configured())
    bodies = [plugins.embodiment(name) for name in job.embodiments]
    first = number * SCENES_PER_SHARD
    scenes = [found[1] for seed in range(first, first + SCENES_PER_SHARD) if (found := train_scene(seed))]
    return collect_pictures(folder, scenes, plugins.world(job.world), bodies, each, job.seed + number)


def collect_all(job: Collection, numbers: Sequence[int], workers: int, pictures: int = 0) -> Iterator[int]:
    """Yield the frames of each shard as it's done, in any order.

    Args:
        job: What.
        numbers: Which shards.
        workers: Processes; 1 stays in this one.
        pictures: Of each apartment, from anywhere and labelled pixel by pixel; 0 walks instead.
    """
    work = functools.partial(collect_views, each=pictures) if pictures else collect_shard
    if workers == 1:
        for number in numbers:
            yield work(job, number)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(work, job, number) for number in numbers]):
            yield done.result()
