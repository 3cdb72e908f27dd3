"""Steps that planners can answer together, gathered: what comes within a window, or while the last pass runs.

The window is waited only when the planners are idle, and only while some robot hasn't asked yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

import attrs

from navila_sdk.errors import PlannerError
from navila_sdk.observation import Observation
from navila_sdk.planner import BatchPlanner


@attrs.define(slots=True, eq=False)
class Turn:
    """A robot's step on its way.

    Attributes:
        begun: Whether a planner is at it; until then it can be given up without a trace.
    """

    begun: bool = False


@attrs.frozen(slots=True, eq=False)
class _Asked:
    planner: BatchPlanner
    observation: Observation
    turn: Turn
    answer: asyncio.Future[object]


class Batcher:
    """Asks planners for many robots at once.

    Args:
        threads: Where planners think.
        window_s: How long a first step waits for others.
        most: Robots asked about in one call.
        robots: How many robots there are now; when all of them wait, nothing more is waited for.
        told: Told how many were answered together.
    """

    def __init__(
        self, threads: Executor, window_s: float, most: int, robots: Callable[[], int], told: Callable[[int], None]
    ) -> None:
        self._threads, self._window_s, self._most = threads, window_s, most
        self._robots, self._told = robots, told
        self._waiting: dict[object, list[_Asked]] = {}
        self._workers: dict[object, asyncio.Task[None]] = {}
        self._came = asyncio.Event()

    async def step(self, planner: BatchPlanner, observation: Observation, turn: Turn) -> object:
        """Return what the planner's ``step`` would, or raise what it would."""
        key = planner.batch_key
        asked = _Asked(planner, observation, turn, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(key, []).append(asked)
        self._came.set()
        if key not in self._workers:
            self._workers[key] = asyncio.ensure_future(self._work(key))
        return await asked.answer

    def waiting(self, key: object) -> int:
        """Return how many steps of a key haven't begun."""
        return len(self._waiting.get(key, ()))

    async def close(self) -> None:
        """Give up what waits."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, key: object) -> None:
        waiting = self._waiting[key]
        try:
            await self._gather(waiting)
            while waiting:
                taken = waiting[: self._most]
                del waiting[: self._most]
                await self._answer([asked for asked in taken if not asked.answer.done()])
        finally:
            del self._workers[key], self._waiting[key]
            for asked in waiting:
                asked.answer.cancel()

    async def _gather(self, waiting: Sequence[_Asked]) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._window_s
        while len(waiting) < min(self._most, self._robots()) and loop.time() < until:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), until - loop.time())
            except TimeoutError:
                return

    async def _answer(self, taken: Sequence[_Asked]) -> None:
        if not taken:
            return
        for asked in taken:
            asked.turn.begun = True
        pairs = [(asked.planner, asked.observation) for asked in taken]
        try:
            call = asyncio.get_running_loop().run_in_executor(self._threads, lambda: _asked(pairs))
            found: Sequence[object] = await call
        # A planner is a plugin: whatever it raises goes to those who asked it, and the next are asked about.
        except Exception as error:  # noqa: BLE001
            found = [error] * len(taken)
        self._told(len(taken))
        for asked, result in zip(taken, found, strict=True):
            if asked.answer.done():
                continue
            if isinstance(result, Exception):
                asked.answer.set_exception(result)
            else:
                asked.answer.set_result(result)


def _asked(pairs: Sequence[tuple[Any, Observation]]) -> Sequence[object]:
    found: Sequence[object] = pairs[0][0].step_many(pairs)
    if len(found) != len(pairs):
        raise PlannerError(f"the planner's step_many returned {len(found)} answers to {len(pairs)} robots")
    return found
