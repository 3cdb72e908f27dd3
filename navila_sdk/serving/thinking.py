"""Lets planners think, in threads: robots together where their planners can be asked so, else each alone.

A session's calls never overlap, and one given up before it began is never made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from navila_sdk.observation import Observation
from navila_sdk.planner import BatchPlanner
from navila_sdk.serving.batcher import Batcher, Turn
from navila_sdk.serving.sessions import Session
from navila_sdk.serving.settings import ServeSettings


class Thinking:
    """What planners are doing now.

    Args:
        settings: How many at once, and how they are gathered.
        robots: How many robots there are now.
        told: Told how many were answered together.
    """

    def __init__(self, settings: ServeSettings, robots: Callable[[], int], told: Callable[[int], None]) -> None:
        self._threads = ThreadPoolExecutor(settings.workers, thread_name_prefix="navila-serve")
        self._batcher = Batcher(self._threads, settings.batch_window_s, settings.max_batch, robots, told)
        self._thoughts: set[asyncio.Task[Any]] = set()

    def waiting(self, key: object) -> int:
        """Return how many steps wait to be answered together with others of a ``batch_key``."""
        return self._batcher.waiting(key)

    async def step(self, session: Session, observation: Observation, deadline_s: float) -> object:
        """Return what a session's planner plans now.

        Raises:
            TimeoutError: It takes longer than ``deadline_s``.
        """
        planner = session.planner
        if isinstance(planner, BatchPlanner) and planner.batch_key is not None:
            asked = planner

            async def together(turn: Turn) -> object:
                turn.begun = False
                return await self._batcher.step(asked, observation, turn)

            return await self._within(session, together, deadline_s)
        return await self.call(session, lambda: planner.step(observation), deadline_s)

    async def call(self, session: Session, function: Callable[[], Any], deadline_s: float) -> Any:  # noqa: ANN401
        """Return what a method of a session's planner returns.

        Raises:
            TimeoutError: It takes longer than ``deadline_s``.
        """

        async def alone(_: Turn) -> Any:  # noqa: ANN401
            return await asyncio.get_running_loop().run_in_executor(self._threads, function)

        return await self._within(session, alone, deadline_s)

    async def close(self) -> None:
        """Give up what is under way; a thread that is stuck ends by itself, or never."""
        await self._batcher.close()
        for thought in self._thoughts:
            thought.cancel()
        await asyncio.gather(*self._thoughts, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _within(self, session: Session, call: Callable[[Turn], Awaitable[Any]], deadline_s: float) -> Any:  # noqa: ANN401
        turn = Turn()

        async def guarded() -> Any:  # noqa: ANN401
            async with session.lock:
                turn.begun = True
                return await call(turn)

        thought = asyncio.ensure_future(guarded())
        self._thoughts.add(thought)
        thought.add_done_callback(self._over)
        try:
            return await asyncio.wait_for(asyncio.shield(thought), deadline_s)
        except TimeoutError:
            if not turn.begun:
                thought.cancel()
            raise

    def _over(self, thought: asyncio.Task[Any]) -> None:
        self._thoughts.discard(thought)
        # Asked for, so that an error nobody waits for any more isn't reported as lost.
        if not thought.cancelled():
            thought.exception()
