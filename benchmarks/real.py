"""A robot over DDS: its control loop, what that costs, how it follows velocities, how soon each fault ends in zero.

    python benchmarks/real.py --embodiment go2 --part loop --seconds 600
    python benchmarks/real.py --embodiment h1 --part tracking --level joint
    python benchmarks/real.py --embodiment t1 --part faults --only SIG

By its own controller, or at joint level by a policy of ours. The robot is its twin, in a process of its own on
loopback; the program under test speaks through the vendor's SDK.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from real_faults import fault_table
from real_twin import Twin, percentiles, said

import navila_sdk as navila

ASKED = ((0.3, 0.0, 0.0), (0.6, 0.0, 0.0), (-0.2, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.5), (0.4, 0.0, -0.4))
SETTLE_S, HOLD_S = 1.5, 3.0
JOINT = {"level": "joint", "stand_up": True}


def control_loop(robot: str, seconds: float, domain: int, folder: Path, options: dict, legs: tuple) -> None:
    """Drive a circle at the body's own control rate, and print how evenly that went."""
    link = {"interface": "lo", "domain": domain, "timeout_s": 30.0, **options}
    trouble = ""
    with (
        Twin(robot, domain, folder, "--scene", "empty", *legs) as twin,
        navila.connect(robot, world="real", options=link) as live,
    ):
        period_s = live.period_s
        begun, cpu, ages, pictures, late = [], [], [], [], 0
        cpu0, twin0, wall0 = _cpu_s(), twin.cpu_s(), time.monotonic()
        next_s = live.clock.now_s()
        try:
            while time.monotonic() - wall0 < seconds:
                now_s = live.clock.now_s()
                begun.append(now_s)
                state = live.state()
                live.drive(navila.Twist(0.3, 0.0, 0.4), state=state)
                ages.append(now_s - state.time_s)
                if len(begun) % 10 == 0:
                    pictures.append(live.clock.now_s() - live.observe().time_s)
                cpu.append(live.clock.now_s() - now_s)
                next_s += period_s
                late += live.clock.now_s() > next_s
                live.clock.sleep_until(next_s)
        except navila.NavilaError as error:
            trouble = said(str(error))
        wall_s = time.monotonic() - wall0
        shares = (_cpu_s() - cpu0) / wall_s, (twin.cpu_s() - twin0) / wall_s
        sent = live._driver.sent
        inner = getattr(live._driver._parts.legs, "link", None)
    words = twin.end()
    print(f"\n{robot}, {options.get('level', 'velocity')} level: {len(begun)} ticks of {period_s * 1e3:.0f} ms "
          f"in {wall_s:.1f} s\n")  # fmt: skip
    print("| | p50 | p99 | max |\n|---|---|---|---|")
    print(percentiles("period off by, ms", np.abs(np.diff(begun) - period_s) * 1e3))
    print(percentiles("work in a tick (state, safety chain, command), ms", np.array(cpu) * 1e3))
    print(percentiles("age of the state, ms", np.array(ages) * 1e3))
    print(percentiles("age of the picture, ms", np.array(pictures) * 1e3))
    if inner is not None:
        off_s = np.abs(np.diff(inner.begun_s) - 1 / inner.pilot.card.rate_hz)
        print(percentiles("the pilot's period off by, ms", off_s * 1e3))
        print(f"\njoints told {inner.told} times; pilot: {inner.pilot.trouble or inner.pilot.stage.value}")
    print(f"\nticks that ran over: {late}; commands given {len(begun)}, overtaken {sent.overtaken}, "
          f"written {sent.written}, refused {sent.refused}, expired {sent.expired}; "
          f"heard by the twin {words['commands heard']}")  # fmt: skip
    print(f"processor: driver {shares[0]:.0%}, twin {shares[1]:.0%} of a core; late steps {words['steps behind']}")
    if trouble:
        print(f"it ended early: {trouble}")


def tracking(robot: str, domain: int, folder: Path, options: dict) -> None:
    """Ask a robot with legs for velocities, and print what it made of them: means of the twin's own truth."""
    link = {"interface": "lo", "domain": domain, "timeout_s": 30.0, **options}
    print(f"\n{robot}, {options.get('level', 'velocity')} level: vx, vy in m/s, wz in rad/s\n")
    print("| asked | did | off by |\n|---|---|---|")
    with (
        Twin(robot, domain, folder, "--scene", "empty", "--fidelity", "physics") as twin,
        navila.connect(robot, world="real", options=link) as live,
    ):
        for asked in ASKED:
            try:
                _ask(live, asked, SETTLE_S)
                begun = len(twin.events())
                _ask(live, asked, HOLD_S)
            except navila.NavilaError as error:
                print(f"| {_cells(asked)} | {said(str(error))} | - |", flush=True)
                break
            did = np.mean([tick["twist"] for tick in twin.ticks(begun)], axis=0)
            print(f"| {_cells(asked)} | {_cells(did)} | {_cells(did - np.array(asked))} |", flush=True)
            live.stop()
            time.sleep(1.0)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say why a part couldn't be measured, and let the next one begin."""
    try:
        yield
    except navila.NavilaError as error:
        print(f"\nnot measured: {said(str(error))}", flush=True)


def _ask(live: navila.Robot, asked: tuple[float, float, float], seconds: float) -> None:
    end_s = live.clock.now_s() + seconds
    while live.clock.now_s() < end_s:
        live.drive(navila.Twist(*asked))
        live.clock.sleep_until(live.clock.now_s() + live.period_s)


def _cells(row: np.ndarray | tuple[float, ...]) -> str:
    return " ".join(f"{value:+.2f}" for value in row)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embodiment", choices=("go2", "h1", "t1"), default="go2")
    parser.add_argument("--seconds", type=float, default=600.0, help="How long the control loop is driven.")
    parser.add_argument("--part", choices=("loop", "faults", "tracking", "all"), default="all")
    parser.add_argument("--level", choices=("velocity", "joint"), default="velocity")
    parser.add_argument("--policy", default="", help="Which policy walks at joint level.")
    parser.add_argument("--stale", type=float, default=0.1, help="driver.joint_stale_s; more where others compute.")
    parser.add_argument("--only", help="Only the faults whose name holds this.")
    parser.add_argument("--domain", type=int, default=90, help="The first DDS domain; each fault takes one more.")
    given = parser.parse_args()
    joints = given.level == "joint"
    if joints and given.embodiment == "t1":
        parser.error("a t1 walks at velocity level only")
    options = {**JOINT, "policy": given.policy, "joint_stale_s": given.stale} if joints else {}
    legs = ("--fidelity", "physics") if joints else ()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.part in ("loop", "all"):
            with _told():
                control_loop(given.embodiment, given.seconds, given.domain, folder, options, legs)
        if given.part in ("tracking", "all"):
            with _told():
                tracking(given.embodiment, given.domain, folder, options)
        if given.part in ("faults", "all"):
            fault_table(given.embodiment, given.domain + 1, folder, options, given.only)


if __name__ == "__main__":
    main()
