"""The runner: every chosen episode exactly once, whatever kills it in between.

A row is on the disk before the next is asked about. The same command goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.episodes import Benchmark, EvalEpisode
from navila_sdk.evaluation.jobs import Job, Workers
from navila_sdk.evaluation.made_with import MadeWith, claim, made_with
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.rowlog import RowLog, read_rows
from navila_sdk.evaluation.scale import Backend
from navila_sdk.evaluation.select import Held, Part, checked_split, chosen_episodes, episode_seed
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.plugins import Plugins

Listener = Callable[[Sequence[EpisodeRow], int], None]


@attrs.frozen(slots=True)
class Results:
    """What an evaluation came to.

    Attributes:
        folder: Where its files lie.
        made: What it was made with.
        episodes: What was asked for, in order.
        rows: The rows there are, in that order.
    """

    folder: Path
    made: MadeWith
    episodes: tuple[EvalEpisode, ...]
    rows: tuple[EpisodeRow, ...]

    @property
    def complete(self) -> bool:
        """Whether every episode has its row."""
        return len(self.rows) == len(self.episodes)


def evaluate(
    benchmark: Benchmark,
    settings: EvalSettings,
    folder: Path,
    *,
    split: str | None = None,
    tier: str | None = None,
    count: int | None = None,
    part: Part | None = None,
    retry_errors: bool = False,
    listener: Listener | None = None,
) -> Results:
    """Run what isn't run yet of a benchmark, and write rows and report.

    Args:
        benchmark: The benchmark.
        settings: Robot, world, planner and the rest.
        folder: Where the results go; one that holds results of the same settings is added to.
        split: One of the benchmark's splits; None is its first.
        tier: Only this tier.
        count: Only the first so many, in a fixed shuffled order.
        part: Only this machine's share of them; ``merge`` joins the folders.
        retry_errors: Whether episodes that failed to run are run again.
        listener: Called with the rows so far and the number wanted, at the beginning and after each row.

    Raises:
        UserInputError: Names, options or the folder don't fit.
        NavilaError: World or planner can't be built, or a worker can't start.
        OutputError: The folder can't be written.
    """
    if settings.workers < 1:
        raise EvaluationError(f"at least one worker is needed; got --workers {settings.workers}")
    settings.to_text()  # before anything is written: an option that can't be handed to a worker
    benchmark = Held(benchmark)
    chosen = chosen_episodes(benchmark, split, tier, count, part)
    plugins = Plugins.from_config(settings.config, settings.config_path)
    wanted = made_with(benchmark, checked_split(benchmark, split), settings, plugins)
    claim(folder, wanted)
    with RowLog(folder) as log:
        made = claim(folder, wanted)  # another run may have claimed it until it was held
        rows = read_rows(folder)
        kept = {name for name, row in rows.items() if not (retry_errors and row.error)}
        seed = settings.config.seed
        jobs = [Job(e, episode_seed(seed, e.episode_id)) for e in chosen if e.episode_id not in kept]
        done = [rows[e.episode_id] for e in chosen if e.episode_id in kept]
        tell = listener or _nobody
        tell(done, len(chosen))
        try:
            for row in _workers(settings, folder, jobs).results() if jobs else ():
                log.append(row)
                rows[row.episode_id] = row
                done.append(row)
                tell(done, len(chosen))
        finally:
            results = Results(folder, made, chosen, tuple(rows[e.episode_id] for e in chosen if e.episode_id in rows))
            _report(results)
    return results


def _workers(settings: EvalSettings, folder: Path, jobs: Sequence[Job]) -> Workers:
    if settings.scale.backend is Backend.RAY:
        from navila_sdk.evaluation.cluster import RayPool

        return RayPool(settings, folder, jobs)
    from navila_sdk.evaluation.pool import Pool

    return Pool(settings, folder, jobs)


def _nobody(rows: Sequence[EpisodeRow], wanted: int) -> None:
    """Listen to nothing."""


def _report(results: Results) -> None:
    if results.rows:
        from navila_sdk.evaluation.report import write_report

        write_report(results)
