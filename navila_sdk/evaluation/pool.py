"""Worker processes that run episodes side by side; one that dies costs its episode, and another takes its place."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from navila_sdk.errors import NavilaError, OutputError
from navila_sdk.evaluation.jobs import DIED, LATE, Job
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.evaluation.station import setup_text
from navila_sdk.recording.folders import unwritable

LOGS = "logs"
_GRACE_S = 5.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Pool:
    """Runs jobs on processes; ``results`` yields their rows as they come.

    Args:
        settings: What the episodes run with.
        folder: Folder of the results; the workers' own words go to ``logs`` in there.
        jobs: What to run.
    """

    def __init__(self, settings: EvalSettings, folder: Path, jobs: Sequence[Job]) -> None:
        self._setup = setup_text(settings, folder)
        self._scale, self._compat = settings.scale, str(settings.compat)
        self._folder = folder
        self._waiting = deque(jobs)
        self._expected = len(jobs)
        self._done: queue.SimpleQueue[EpisodeRow | NavilaError] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._running: dict[int, subprocess.Popen[str]] = {}
        self._logged: dict[int, int] = {}  # where each worker's own words begin in its log
        self._closed = False
        self._count = min(settings.workers, len(jobs))
        single = dict.fromkeys(_THREADS, "1") if self._count > 1 else {}
        self._environment = {**single, **os.environ}

    def results(self) -> Iterator[EpisodeRow]:
        """Yield every job's row; however the caller leaves, no worker is left running.

        Raises:
            NavilaError: No episode can be run like this, or a worker can't start.
        """
        tenders = [threading.Thread(target=self._tend, args=(n,), daemon=True) for n in range(self._count)]
        try:
            for tender in tenders:
                tender.start()
            for _ in range(self._expected):
                found = self._done.get()
                if isinstance(found, NavilaError):
                    raise found
                yield found
        finally:
            self._close()

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.clear()
            running = list(self._running.values())
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    # -- one thread per worker ------------------------------------------------------------------

    def _tend(self, number: int) -> None:
        """Keep one worker at work until nothing is left to do."""
        try:
            while self._waiting and not self._closed:
                self._tend_one(number)
        except NavilaError as error:
            self._done.put(error)
        # A thread that ended without a word would leave the evaluation waiting for ever.
        except Exception as error:  # noqa: BLE001
            self._done.put(NavilaError(f"worker {number} can't be kept at work: {type(error).__name__}: {error}"))

    def _tend_one(self, number: int) -> None:
        process = self._start(number)
        if process is None:
            return
        try:
            if self._ask(process, self._setup) is None:
                raise NavilaError(f"a worker can't start: {self._ending(process, number)}")
            while (job := self._next()) is not None:
                late = threading.Event()
                answer = self._ask(process, job.task(), late)
                if self._closed:
                    return
                if answer is None:
                    self._failed(job, process, number, late.is_set())
                    return
                self._done.put(job.answered(answer))
        finally:
            self._end(process, number)

    def _failed(self, job: Job, process: subprocess.Popen[str], number: int, late: bool) -> None:
        error, cause = DIED, f"the worker process died: {self._ending(process, number)}"
        if late:
            error, cause = LATE, f"the episode took longer than {self._scale.timeout_s:g} s (--timeout)"
        found = job.failed(error, cause, self._scale.retries, self._compat)
        if isinstance(found, Job):
            with self._lock:
                self._waiting.append(found)
        else:
            self._done.put(found)

    def _next(self) -> Job | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _start(self, number: int) -> subprocess.Popen[str] | None:
        folder = self._folder / LOGS
        try:
            folder.mkdir(exist_ok=True)
            log = (folder / f"worker-{number}.log").open("a", encoding="utf-8")
        except OSError as error:
            raise unwritable(folder, error) from error
        with log, self._lock:
            if self._closed:
                return None
            try:
                process = subprocess.Popen(
                    [sys.executable, "-m", "navila_sdk.evaluation.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    encoding="utf-8",
                    env=self._environment_of(number),
                    start_new_session=True,  # Ctrl-C is for the parent, who then ends its workers in order
                )
            except OSError as error:
                raise OutputError(f"can't start a worker process: {error.strerror or error}") from error
            self._running[number] = process
            self._logged[number] = log.tell()
            return process

    def _environment_of(self, number: int) -> dict[str, str]:
        devices = self._scale.devices
        return (
            {**self._environment, "CUDA_VISIBLE_DEVICES": devices[number % len(devices)]}
            if devices
            else (self._environment)
        )

    def _ask(
        self, process: subprocess.Popen[str], line: str, late: threading.Event | None = None
    ) -> dict[str, Any] | None:
        """Return a worker's answer to a line; None if it died over it, or was killed because it took too long.

        Args:
            process: The worker.
            line: What it's told.
            late: Set where it took too long; without it, it may take as long as it likes.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(self._scale.timeout_s, _kill, (process, late)) if late else None
        try:
            if timer:
                timer.start()
            process.stdin.write(line)
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):
            return None
        finally:
            if timer:
                timer.cancel()
        return cast("dict[str, Any]", json.loads(answer)) if answer.endswith("\n") else None

    def _end(self, process: subprocess.Popen[str], number: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):  # it's dead already, with a line of ours unread
            process.stdin.close()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        with self._lock:
            self._running.pop(number, None)

    def _ending(self, process: subprocess.Popen[str], number: int) -> str:
        """Return how a worker died, and its last words."""
        try:
            code = process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        told = f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
        if code == -signal.SIGKILL:
            told += " (out of memory?)"
        log = (self._folder / LOGS / f"worker-{number}.log").read_bytes()[self._logged[number] :]
        words = log.decode("utf-8", "replace").strip().splitlines()
        return f"{told}; its last words: {words[-1][:300]}" if words else told


def _kill(process: subprocess.Popen[str], late: threading.Event) -> None:
    """Kill a worker and whatever it started, such as a simulator."""
    late.set()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # it has just ended, or the system knows no process groups
        process.kill()
