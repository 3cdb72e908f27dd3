"""Runs a planner in a thread of its own, so that one that is slow, hung or broken never holds the fast clock.

On a simulated clock a thought becomes usable when the latency it's charged has passed in simulated time,
which makes an episode repeatable and still shows what a real robot would have waited for.
"""

from __future__ import annotations

import queue
import threading
import time
import weakref
from collections.abc import Callable, Mapping

import attrs

from navila_sdk.clock import Clock
from navila_sdk.errors import NavilaError, PlannerError, PlannerTimeoutError
from navila_sdk.navigator_settings import LatencyCharge, NavigatorSettings
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, Planner, watch_of

_turns: weakref.WeakValueDictionary[int, threading.Lock] = weakref.WeakValueDictionary()
_finding_turn = threading.Lock()


def _turn_of(planner: Planner) -> threading.Lock:
    """Return what a planner's calls take turns by: one lock for as long as any worker of that planner lives."""
    with _finding_turn:
        return _turns.setdefault(id(planner), threading.Lock())


@attrs.frozen(slots=True)
class Thought:
    """One call of a planner, over.

    Attributes:
        index: Index of the observation it was made from.
        plan: What the planner returned, stamped with the observation's pose and time; None if it failed.
        error: Why there is no plan.
        latency_s: What the call costs on the robot's clock.
    """

    index: int
    plan: Plan | None
    error: NavilaError | None
    latency_s: float


class _Job:
    """A function called once in the worker; its result or error is there when ``done`` is set."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.begun = False
        self.done = threading.Event()
        self.result: object = None
        self.error: BaseException | None = None
        self.started_s = time.monotonic()
        self.wall_s = 0.0

    def run(self) -> None:
        self.begun = True
        try:
            self.result = self.call()
        # A planner is a plugin: whatever it raises, SystemExit included, must end its call and nothing else.
        except BaseException as error:  # noqa: BLE001
            self.error = error
        self.wall_s = time.monotonic() - self.started_s
        self.done.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the call is over or has lasted ``timeout_s`` since it was asked for."""
        return self.done.wait(max(self.started_s + timeout_s - time.monotonic(), 0.0))


def _failure(error: BaseException) -> NavilaError:
    if isinstance(error, NavilaError):
        return error
    failure = PlannerError(f"the planner raised {type(error).__name__}: {str(error)[:300]}")
    failure.__cause__ = error
    return failure


def _work(jobs: queue.SimpleQueue[_Job | None], turn: threading.Lock, over: threading.Event) -> None:
    """Call jobs one after another; knows nothing else, so that a planner that hangs doesn't hold the robot's world.

    The episode before may have left a call under way. The next one's reset comes after it, and what it hadn't begun
    is let be: it would be taken for the next episode's.
    """
    while (job := jobs.get()) is not None:
        with turn:
            if not over.is_set():
                job.run()
        del job  # or it would be held, with the planner in it, until the next one comes


class Thinker:
    """A planner on the slow clock.

    Args:
        planner: What thinks.
        clock: The robot's clock.
        settings: Deadline and latency charge.
        usable_at: For replay: when each observation's thought became usable; overrides the charge.
    """

    def __init__(
        self,
        planner: Planner,
        clock: Clock,
        settings: NavigatorSettings,
        usable_at: Mapping[int, float] | None = None,
    ) -> None:
        self._usable_at = usable_at
        self._planner = planner
        self._clock = clock
        self._settings = settings
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._job: _Job | None = None
        self._watched: list[_Job] = []
        self._observation: Observation | None = None
        self._index = 0
        self._asked_s = 0.0
        self.expected_latency_s = 0.0
        self._over = threading.Event()
        work = (self._jobs, _turn_of(planner), self._over)
        threading.Thread(target=_work, args=work, name="navila-planner", daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether a thought is under way."""
        return self._job is not None

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            NavilaError: What the planner raised, or a PlannerTimeoutError.
        """
        planner = self._planner
        job = self._start(lambda: planner.reset(instruction))
        if not job.wait(self._settings.planner_timeout_s):
            raise self._hung("reset", job)
        if job.error is not None:
            raise _failure(job.error)

    @property
    def watches(self) -> bool:
        """Whether the planner takes frames without deciding on them."""
        return watch_of(self._planner) is not None

    def watch(self, observation: Observation) -> None:
        """Let the planner take in a frame, after what it does now; if it can't, the next thought says so."""
        watch = watch_of(self._planner)
        if watch is not None:
            self._watched.append(self._start(lambda: watch(observation)))

    def submit(self, observation: Observation, index: int) -> None:
        """Begin to think about an observation; ``poll`` gives the result."""
        self._observation, self._index, self._asked_s = observation, index, self._clock.now_s()
        watched, self._watched = self._watched, []
        planner = self._planner

        def step() -> Plan:
            for job in watched:
                if job.error is not None:
                    raise job.error
            return planner.step(observation)

        self._job = self._start(step)

    def poll(self) -> Thought | None:
        """Return the thought once it's usable on the robot's clock, else None."""
        job = self._job
        if job is None:
            return None
        if self._clock.simulated:
            if not self._passed(self._declared_s()):
                return None
            # Simulated time stands still until the thought is there: what it costs is charged, not raced.
            job.wait(self._settings.planner_timeout_s)
            measured = self._settings.latency is LatencyCharge.MEASURED and self._usable_at is None
            if measured and not self._passed(job.wall_s):
                return None
        if not job.done.is_set():
            if time.monotonic() - job.started_s < self._settings.planner_timeout_s:
                return None
            self._job = None
            return Thought(self._index, None, self._hung("step", job), self._clock.now_s() - self._asked_s)
        self._job = None
        return self._thought(job)

    def close(self, *, at_once: bool = False) -> None:
        """Let the worker end after what it's doing now; what it hasn't begun is let be.

        Args:
            at_once: Don't wait. Otherwise simulated time stands still until all that was asked is done: how much of it
                a planner saw is not to be a race.
        """
        if self._over.is_set():
            return
        self._jobs.put(None)
        asked = [self._job, *self._watched] if self._job else self._watched
        if self._clock.simulated and asked and not at_once:
            asked[-1].wait(self._settings.planner_timeout_s)
        self._over.set()

    def _declared_s(self) -> float:
        """Return the latency known before the thought is there."""
        if self._usable_at is not None:
            return self._usable_at.get(self._index, self._asked_s) - self._asked_s
        return self._settings.declared_latency_s if self._settings.latency is LatencyCharge.DECLARED else 0.0

    def _passed(self, latency_s: float) -> bool:
        """Whether the thought under way has cost that much on the robot's clock."""
        return self._clock.now_s() >= self._asked_s + latency_s - 1e-9

    def _thought(self, job: _Job) -> Thought:
        latency_s = self._clock.now_s() - self._asked_s
        self.expected_latency_s = latency_s
        if job.error is not None:
            return Thought(self._index, None, _failure(job.error), latency_s)
        if not isinstance(job.result, Plan):
            kind = type(job.result).__name__
            error = PlannerError(f"the planner's step returned {kind}; it must return a navila_sdk.Plan")
            return Thought(self._index, None, error, latency_s)
        assert self._observation is not None
        plan = attrs.evolve(
            job.result,
            pose=self._observation.pose,
            time_s=self._observation.time_s,
            latency_s=job.wall_s,
        )
        return Thought(self._index, plan, None, latency_s)

    def _hung(self, verb: str, job: _Job) -> PlannerTimeoutError:
        within = f"within {self._settings.planner_timeout_s:g} s (navigator.planner_timeout_s)"
        if job.begun:
            return PlannerTimeoutError(f"the planner's {verb} gave no answer {within}")
        return PlannerTimeoutError(f"the planner didn't get to its {verb} {within}: an earlier call of it isn't over")

    def _start(self, call: Callable[[], object]) -> _Job:
        job = _Job(call)
        self._jobs.put(job)
        return job
