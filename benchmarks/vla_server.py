"""What a planner server gives many robots: steps a second in all, and how long each robot waits.

    python benchmarks/vla_server.py --size tiny|small|8b [--robots 1 4 16] [--steps 20] [--rounds 1] [--threads 1]

The server is a process of its own with random weights in NaVILA's shapes (see vla.py). Robots are threads here, each
with a history of 8 frames, a line and an instruction of its own, and ask again as soon as they are answered; once they
are answered together, once one after another. Needs the extras vla and serve.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import subprocess
import sys
import threading
import time

import numpy as np
from navila_client import PlannerClient

FRAME_PX = (240, 320, 3)
BEFORE = 8
DEADLINE_S = 10.0
PATIENCE_S = 900.0


def serve(args: argparse.Namespace) -> None:
    """Serve until killed; prints the port first."""
    import torch
    from vla import model_of

    from navila_sdk.planners.navila import NavilaPlanner
    from navila_sdk.serving.server import PlannerServer
    from navila_sdk.serving.settings import ServeSettings

    torch.set_num_threads(args.threads)
    model = model_of(args.size, args.device, args.dtype)

    async def run() -> None:
        settings = ServeSettings(port=0, max_batch=args.max_batch, deadline_s=PATIENCE_S, workers=1)
        server = PlannerServer(lambda: NavilaPlanner(model), {"planner": "navila"}, settings)
        print(await server.start(), flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def drive(port: int, number: int, steps: int, start: threading.Barrier, waits: list[float]) -> None:
    """Be a robot."""
    random = np.random.default_rng(number)
    here = {"pose": (0.0, 0.0, 0.0), "time_s": 0.0}
    with PlannerClient(f"ws://127.0.0.1:{port}", deadline_s=PATIENCE_S) as client:
        client.reset(f"Walk past {number + 1} doors, {'then turn left, ' * (number % 3)}and wait by the window.")
        for _ in range(BEFORE):
            client.watch(random.integers(0, 256, FRAME_PX, np.uint8), **here)
        # The first answer fills the whole prompt; what is measured is the steps after it.
        client.step(random.integers(0, 256, FRAME_PX, np.uint8), **here)
        start.wait()
        for _ in range(steps):
            frame = random.integers(0, 256, FRAME_PX, np.uint8)
            began = time.perf_counter()
            client.step(frame, **here)
            waits.append(time.perf_counter() - began)


def measure(args: argparse.Namespace, robots: int, most: int) -> tuple[float, list[float], float]:
    """Return steps a second, every wait and the mean number of robots answered together."""
    command = [sys.executable, __file__, "--serve", "--max-batch", str(most), "--size", args.size]
    command += ["--device", args.device, "--dtype", args.dtype, "--threads", str(args.threads)]
    waits: list[float] = []
    start = threading.Barrier(robots + 1)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            told = [(port, number, args.steps, start, waits) for number in range(robots)]
            threads = [threading.Thread(target=drive, args=one) for one in told]
            for thread in threads:
                thread.start()
            start.wait()
            before = counts(port)
            began = time.perf_counter()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - began
            passes, steps = (a - b for a, b in zip(counts(port), before, strict=True))
        finally:
            server.kill()
    return len(waits) / seconds, waits, steps / passes


def counts(port: int) -> tuple[float, float]:
    """Return passes and steps that were answered in them."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/metrics")
    found = dict(row.rsplit(" ", 1) for row in line.getresponse().read().decode().splitlines() if row[0] != "#")
    passes, steps = (f'navila_events_total{{event="{name}"}}' for name in ("passes", "steps_in_passes"))
    return float(found[passes]), float(found[steps])


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("tiny", "small", "8b"), default="tiny")
    parser.add_argument("--robots", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--max-batch", type=int, default=16)
    parser.add_argument("--serve", action="store_true")
    args = parser.parse_args()
    if args.serve:
        serve(args)
        return
    print("| robots | answered | together | steps/s | over one robot | p50 | p95 | within 10 s |")
    print("|---|---|---|---|---|---|---|---|")
    alone = 0.0
    for robots in args.robots:
        ways = ((1, "one by one"), (args.max_batch, "together"))
        # Taken in turns, so that what else the machine does weighs on both.
        found = [[measure(args, robots, most) for most, _ in ways] for _ in range(args.rounds)]
        for way, (_, name) in enumerate(ways):
            rate, together = (float(np.median([row[way][part] for row in found])) for part in (0, 2))
            waits = [wait for row in found for wait in row[way][1]]
            alone = alone or rate
            p50, p95 = (1e3 * float(np.quantile(waits, share)) for share in (0.5, 0.95))
            held = 100 * sum(wait <= DEADLINE_S for wait in waits) / len(waits)
            print(
                f"| {robots} | {name} | {together:.1f} | {rate:.2f} | {rate / alone:.2f} | {p50:.0f} ms | {p95:.0f} ms "
                f"| {held:.0f} % |",
                flush=True,
            )


if __name__ == "__main__":
    main()
