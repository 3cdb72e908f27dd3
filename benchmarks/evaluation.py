"""What an evaluation costs: episodes an hour, where the time goes, workers side by side, memory, and being killed.

    python benchmarks/evaluation.py throughput [--episodes 20]
    python benchmarks/evaluation.py parallel   [--episodes 40] [--backend process|ray] [--workers 2]
    python benchmarks/evaluation.py memory     [--episodes 500] [--fidelity kinematic|physics]
    python benchmarks/evaluation.py kill       [--episodes 60] [--kills 20]

Everything is ``navila eval apartments`` in processes of its own, read back from its rows. Run it on a machine that does
nothing else, or say so beside the figures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAVILA = [sys.executable, "-m", "navila_sdk.cli.main", "eval", "apartments"]
KINDS = tuple(itertools.product(("kinematic", "physics"), ("oracle", "nano")))
Row = dict[str, Any]


def rows_in(folder: Path) -> list[Row]:
    """Return the rows of a folder of results, as they lie there."""
    path = folder / "rows.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def started(folder: Path, *words: str, stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Start an evaluation."""
    command = [*NAVILA, "--out", str(folder), "--json", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr)


def evaluated(folder: Path, *words: str) -> tuple[list[Row], float]:
    """Run an evaluation; return its rows and the wall time it took."""
    began_s = time.perf_counter()
    if started(folder, *words).wait():
        raise SystemExit(f"the evaluation with {' '.join(words)} failed")
    return rows_in(folder), time.perf_counter() - began_s


def seconds(rows: Sequence[Row], name: str) -> float:
    """Return the sum of one of the times of rows."""
    return sum(row["timings"][name] for row in rows)


def processor_s() -> float:
    """Return the processor time of all processes that this one has waited for, and theirs."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def throughput(args: argparse.Namespace) -> None:
    """Print episodes an hour of one core, and the share of time by stage, for each fidelity and planner."""
    print("| fidelity, planner | episodes/h, one worker | SR | building | planning | judging | world and loop |")
    print("|---|---|---|---|---|---|---|")
    for fidelity, planner in KINDS:
        with tempfile.TemporaryDirectory() as name:
            words = ["--fidelity", fidelity, "--planner", planner, "--workers", "1", "--episodes", str(args.episodes)]
            rows, _ = evaluated(Path(name) / "out", *words)
        warm = rows[1:] or rows  # the first one pays for the imports
        wall_s = seconds(warm, "wall_s")
        shares = [seconds(warm, stage) / wall_s for stage in ("build_s", "plan_s", "judge_s")]
        cells = [f"{share:.0%}" for share in (*shares, max(1 - sum(shares), 0.0))]
        success = statistics.fmean(row["metrics"]["sr"] for row in rows)
        print(f"| {fidelity}, {planner} | {3600 * len(warm) / wall_s:.0f} | {success:.0%} | {' | '.join(cells)} |")


def parallel(args: argparse.Namespace) -> None:
    """Print the efficiency of several workers: the rate of their episodes over that of as many single ones.

    Whole runs are compared, starting up included. What of the loss is the machine's is told by as many evaluations that
    know nothing of each other: each one's episodes in one process, all at once.
    """
    with tempfile.TemporaryDirectory() as name:
        words = ["--planner", "oracle", "--episodes", str(args.episodes)]
        idle_s = processor_s()
        single, single_s = evaluated(Path(name) / "one", *words, "--workers", "1")
        single_busy_s = processor_s() - idle_s
        many_words = ["--workers", str(args.workers), "--backend", args.backend]
        many, many_s = evaluated(Path(name) / "many", *words, *many_words)
        many_busy_s = processor_s() - idle_s - single_busy_s
        began_s = time.perf_counter()
        apart = [started(Path(name) / f"apart{i}", *words, "--workers", "1") for i in range(args.workers)]
        failed = [running.wait() for running in apart]
        apart_s = time.perf_counter() - began_s
    if any(failed):
        raise SystemExit("one of the evaluations beside each other failed")
    alike = {row["episode_id"]: row["path_m"] for row in single} == {row["episode_id"]: row["path_m"] for row in many}
    print(f"{args.episodes} episodes, oracle, kinematic; same rows: {'yes' if alike else 'NO'}")
    print(f"one process {single_s:.1f} s, {args.workers} by {args.backend} {many_s:.1f} s")
    print(f"efficiency of the whole run: {single_s / (args.workers * many_s):.2f}")
    print(f"the same of {args.workers} evaluations that know nothing of each other: {single_s / apart_s:.2f}")
    if args.backend == "process":  # Ray's processes are nobody's children
        print(f"processor seconds: {single_busy_s:.1f} of one process, {many_busy_s:.1f} of {args.workers}")
    busy = seconds(single, "wall_s") / seconds(many, "wall_s")
    print(f"time of an episode alone over time of an episode among {args.workers}: {busy:.2f}")


def memory(args: argparse.Namespace) -> None:
    """Print what a worker holds after its first, middle and last episodes."""
    with tempfile.TemporaryDirectory() as name:
        words = ["--planner", args.planner, "--fidelity", args.fidelity, "--episodes", str(args.episodes)]
        rows, _ = evaluated(Path(name) / "out", *words, "--workers", "1")
    held = [row["timings"]["memory_mib"] for row in rows]
    tenth = max(len(held) // 10, 1)
    parts = [statistics.fmean(held[start : start + tenth]) for start in range(0, len(held) - tenth + 1, tenth)]
    print(f"{len(held)} episodes, {args.planner}, {args.fidelity}: MiB held by a worker, mean of each tenth of them")
    print(", ".join(f"{part:.0f}" for part in parts))


def kill(args: argparse.Namespace) -> None:
    """Kill -9 an evaluation at random moments, go on, and print rows lost, repeated and unlike a calm run's."""
    draws = random.Random(args.seed)
    words = ["--planner", "oracle", "--episodes", str(args.episodes), "--workers", str(args.workers)]
    with tempfile.TemporaryDirectory() as name:
        calm, calm_s = evaluated(Path(name) / "calm", *words)
        folder, kills, lost = Path(name) / "killed", 0, 0
        while kills < args.kills and len(rows_in(folder)) < args.episodes:
            running = started(folder, *words, stderr=subprocess.DEVNULL)
            time.sleep(draws.uniform(0.2, max(2 * calm_s / args.kills, 1.0)) + (3.0 if kills % 2 else 0.0))
            before = {row["episode_id"] for row in rows_in(folder)}
            if running.poll() is None:
                running.send_signal(signal.SIGKILL)
                kills += 1
            running.wait()
            lost += len(before - {row["episode_id"] for row in rows_in(folder)})
        found, _ = evaluated(folder, *words)
    wanted = {row["episode_id"]: row for row in calm}
    ids = [row["episode_id"] for row in found]
    for row in (*calm, *found):
        del row["timings"]
    unlike = sum(wanted[row["episode_id"]] != row for row in found)
    print(
        f"{args.episodes} episodes, killed {kills} times: rows lost {lost}, missing at the end {len(calm) - len(ids)},"
    )
    print(f"repeated {len(ids) - len(set(ids))}, unlike the undisturbed run's {unlike}")


def main() -> None:
    """Measure one thing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("throughput", "parallel", "memory", "kill"))
    parser.add_argument("--episodes", type=int)
    parser.add_argument("--backend", default="process")
    parser.add_argument("--planner", default="oracle")
    parser.add_argument("--fidelity", default="kinematic", help="of memory")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    usual = {"throughput": 20, "parallel": 40, "memory": 500, "kill": 60}
    args.episodes = args.episodes or usual[args.what]
    {"throughput": throughput, "parallel": parallel, "memory": memory, "kill": kill}[args.what](args)


if __name__ == "__main__":
    main()
