"""A worker process: reads episodes from standard input, writes a row for each to standard output, a line each.

Lines of JSON instead of multiprocessing's own pickles: a worker that breaks can't break its parent. It ends when
its input ends, so a parent killed on the spot leaves none behind.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from typing import Any, NoReturn

_GRACE_S = 5.0


def serve(output: int) -> None:
    """Run episodes until there are no more.

    Args:
        output: File descriptor of the answers.
    """
    from navila_sdk.evaluation.station import Station

    asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(asked, busy), daemon=True).start()
    first = asked.get()
    if first is None:
        return
    station = Station(first)
    _say(output, {"ready": True})
    while (line := asked.get()) is not None:
        busy.set()
        _say(output, station.run(line))
        busy.clear()


def _listen(asked: queue.SimpleQueue[str | None], busy: threading.Event) -> None:
    """Pass on the input's lines; when it ends in the middle of an episode, so does the episode."""
    for line in sys.stdin:
        asked.put(line)
    asked.put(None)
    if busy.is_set():
        os.kill(os.getpid(), signal.SIGTERM)  # the way out that stops the robot first
        time.sleep(_GRACE_S)
        os._exit(1)


def _say(output: int, answer: dict[str, Any]) -> None:
    data = (json.dumps(answer, allow_nan=False) + "\n").encode()
    while data:
        data = data[os.write(output, data) :]


def _leave(*_: object) -> NoReturn:
    raise SystemExit(1)


def main() -> None:
    """Be a worker: what libraries print goes to standard error, the answers where the output was."""
    output = os.dup(1)
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, _leave)
    serve(output)


if __name__ == "__main__":
    main()
