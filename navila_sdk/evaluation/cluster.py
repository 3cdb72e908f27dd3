"""The backend ``ray``: workers as actors on a Ray cluster, the same text in and out as the processes'.

An actor that dies, alone or with its node, costs the attempt at one episode; another takes its place as soon as there
is room for it. Ray comes with the extra ``ray`` and is imported when it's asked for.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.errors import EvaluationError, MissingDependencyError, NavilaError
from navila_sdk.evaluation.actor import RayStation
from navila_sdk.evaluation.jobs import DIED, LATE, Job
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.settings import EvalSettings, Record
from navila_sdk.evaluation.station import setup_text

STARTS = 4
"""How many workers may fail to start, one after another, before the evaluation gives up."""
PATIENCE_S = 600.0
"""How long it waits for a node with room while nothing runs."""
_TICK_S = 5.0
_ANSWER_S = 10.0
_STORE_BYTES = 80 * 2**20  # rows are small; Ray's own default is a third of the memory


@attrs.define(slots=True, eq=False)
class _Post:
    """What one future stands for: an actor that gets ready (no job yet), or its work on a job."""

    actor: Any
    job: Job | None
    began_s: float = attrs.field(factory=time.monotonic)


class RayPool:
    """Runs jobs on a Ray cluster; ``results`` yields their rows as they come.

    Args:
        settings: What the episodes run with, and how the workers are run.
        folder: Folder of the results.
        jobs: What to run.
    """

    def __init__(self, settings: EvalSettings, folder: Path, jobs: Sequence[Job]) -> None:
        self._scale, self._compat = settings.scale, str(settings.compat)
        self._setup = setup_text(settings, folder.absolute())
        self._shared = settings.record is not Record.NONE
        self._waiting = deque(jobs)
        self._due = len(jobs)
        self._count = min(settings.workers, len(jobs))
        self._posts: dict[Any, _Post] = {}
        self._idle: list[Any] = []
        self._failed_starts = 0

    def results(self) -> Iterator[EpisodeRow]:
        """Yield every job's row; however the caller leaves, no worker is left running.

        Raises:
            MissingDependencyError: Ray isn't installed.
            NavilaError: No episode can be run like this, the cluster can't be reached, or workers can't start on it.
        """
        ray = _ray()
        with _connected(ray, self._scale.ray_address, self._count):
            try:
                yield from self._run(ray)
            finally:
                for actor in [*self._idle, *(post.actor for post in self._posts.values())]:
                    ray.kill(actor, no_restart=True)

    def _run(self, ray: Any) -> Iterator[EpisodeRow]:  # noqa: ANN401 - a module that may not be installed
        for _ in range(self._count):
            self._start(ray)
        while self._due:
            done, _ = ray.wait(list(self._posts), num_returns=1, timeout=_TICK_S)
            for future in done:
                post = self._posts.pop(future)
                yield from self._taken(ray, future, post)
            yield from self._late(ray)
            self._check_room()

    def _taken(self, ray: Any, future: Any, post: _Post) -> Iterator[EpisodeRow]:  # noqa: ANN401 - as above
        try:
            answer: dict[str, Any] = ray.get(future)
        except ray.exceptions.RayError as error:
            cause = f"the worker died: {_told(error)}"
            if post.job is None:
                self._failed_to_start(cause)
            else:
                yield from self._failed(post.job, DIED, cause)
            self._replace(ray)
            return
        self._failed_starts = 0
        if post.job is not None:
            found = post.job.answered(answer)
            if isinstance(found, NavilaError):
                raise found
            self._due -= 1
            yield found
        elif "unfit" in answer:
            raise EvaluationError(answer["unfit"])
        self._give(post.actor)

    def _start(self, ray: Any) -> None:  # noqa: ANN401 - as above
        kind = ray.remote(RayStation).options(
            num_cpus=1, num_gpus=self._scale.gpus_per_worker or None, max_restarts=0, scheduling_strategy="SPREAD"
        )
        actor = kind.remote(self._setup, os.getcwd(), _environment(), list(sys.path), self._shared)
        self._posts[actor.ready.remote()] = _Post(actor, None)

    def _replace(self, ray: Any) -> None:  # noqa: ANN401 - as above
        if self._waiting:
            self._start(ray)

    def _give(self, actor: Any) -> None:  # noqa: ANN401 - Ray's handle
        if not self._waiting:
            self._idle.append(actor)
            return
        job = self._waiting.popleft()
        self._posts[actor.run.remote(job.task())] = _Post(actor, job)

    def _failed(self, job: Job, error: str, cause: str) -> Iterator[EpisodeRow]:
        found = job.failed(error, cause, self._scale.retries, self._compat)
        if isinstance(found, EpisodeRow):
            self._due -= 1
            yield found
            return
        self._waiting.append(found)
        if self._idle:
            self._give(self._idle.pop())

    def _late(self, ray: Any) -> Iterator[EpisodeRow]:  # noqa: ANN401 - as above
        now_s, limit_s = time.monotonic(), self._scale.timeout_s
        for future, post in list(self._posts.items()):
            if post.job is None or now_s - post.began_s < limit_s:
                continue
            del self._posts[future]
            ray.kill(post.actor, no_restart=True)
            yield from self._failed(post.job, LATE, f"the episode took longer than {limit_s:g} s (--timeout)")
            self._replace(ray)

    def _failed_to_start(self, cause: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= STARTS:
            raise NavilaError(f"a worker can't start on the Ray cluster: {cause}")

    def _check_room(self) -> None:
        """Give up where no worker runs, and none has found a place for long."""
        waits = [time.monotonic() - post.began_s for post in self._posts.values() if post.job is None]
        busy = any(post.job is not None for post in self._posts.values())
        if self._due and not busy and waits and min(waits) > PATIENCE_S:
            raise NavilaError(
                f"no node of the Ray cluster has had room for a worker (one CPU, {self._scale.gpus_per_worker:g} GPU "
                f"each) for {PATIENCE_S:g} s; free some, or ask for less"
            )


def _ray() -> Any:  # noqa: ANN401 - a module that may not be installed
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody asked for figures to be sent anywhere
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # what Ray will do anyway, and warns of
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise MissingDependencyError(
            "--backend ray needs Ray, which isn't installed: pip install 'navila-sdk[ray]'"
        ) from error


@contextlib.contextmanager
def _connected(ray: Any, address: str, count: int) -> Generator[None]:  # noqa: ANN401 - as above
    """Connect to a cluster, or start one of this machine, unless the caller is connected already."""
    if ray.is_initialized():
        yield
        return
    address = address or os.environ.get("RAY_ADDRESS", "")
    more = {} if address else {"num_cpus": count, "object_store_memory": _STORE_BYTES, "include_dashboard": False}
    if address:
        _check_answers(address)
    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level="ERROR", **more)
    # Ray raises what its many layers raise: ValueError, ConnectionError, RuntimeError, its own.
    except Exception as error:
        where = f"the Ray cluster at {address!r} can't be used" if address else "Ray can't start on this machine"
        raise NavilaError(f"{where}: {_told(error)}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Refuse an address where nothing listens: Ray itself asks it for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isascii() or not port.isdigit():
        return  # "auto", "local", or something for Ray to judge
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise NavilaError(
            f"the Ray cluster at {address!r} can't be used: nothing answers there ({error}); is its head running "
            "(ray start --head), and is that its port?"
        ) from error


def _environment() -> dict[str, str]:
    """Return the variables that workers elsewhere need as well: navila's own."""
    return {name: value for name, value in os.environ.items() if name.startswith("NAVILA_")}


def _told(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines)[:300] if lines else type(error).__name__
