"""A robot over DDS: how even the control loop runs, what is lost, what it costs, and how soon each fault ends in zero.

The robot is its twin, in a process of its own on loopback; the program under test speaks through the vendor's SDK.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import navila_sdk as navila

NAVILA = (sys.executable, "-m", "navila_sdk.cli.main")
FAULTS = (
    *("silent@1", "frozen@1", "late=0.6@1", "odometry-nan@1", "odometry-jump@1", "fall@1", "wrong-mode@1"),
    *("lidar-nan@1", "lidar-gone@1", "service-gone@1", "code=4201@1"),
)
DEATHS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Twin:
    """A twin in a process of its own."""

    def __init__(self, robot: str, domain: int, folder: Path, *arguments: str) -> None:
        self.trace = folder / f"{robot}-{domain}.jsonl"
        command = [*NAVILA, "twin", robot, "--domain", str(domain), "--json", "--trace", str(self.trace), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder)
        self.wait_for("ready")

    def events(self) -> list[dict]:
        """Everything that happened so far."""
        if not self.trace.exists():
            return []
        return [json.loads(line) for line in self.trace.read_text().splitlines() if line.endswith("}")]

    def wait_for(self, name: str) -> dict:
        """The first event of that name, once it happened."""
        while True:
            for event in self.events():
                if event["event"] == name:
                    return event
            assert self.process.poll() is None, "the twin left"
            time.sleep(0.05)

    def cpu_s(self) -> float:
        """Processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> dict:
        """Stop it and return its last words."""
        self.process.terminate()
        self.process.wait(20)
        return next(event for event in reversed(self.events()) if event["event"] == "leaves")


def control_loop(robot: str, seconds: float, domain: int, folder: Path) -> None:
    """Drive a circle at the body's own control rate, and print how evenly that went."""
    twin = Twin(robot, domain, folder, "--scene", "empty")
    link = {"interface": "lo", "domain": domain}
    with navila.connect(robot, world="real", options=link) as live:
        period_s = live.period_s
        begun, cpu, ages, pictures, late = [], [], [], [], 0
        cpu0, twin0, wall0 = _cpu_s(), twin.cpu_s(), time.monotonic()
        next_s = live.clock.now_s()
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
        wall_s = time.monotonic() - wall0
        shares = (_cpu_s() - cpu0) / wall_s, (twin.cpu_s() - twin0) / wall_s
        sent = live._driver.sent
    words = twin.end()
    off_ms = (np.diff(begun) - period_s) * 1e3
    print(f"{robot}: {len(begun)} ticks of {period_s * 1e3:.0f} ms in {wall_s:.1f} s")
    _row("period off by, ms", np.abs(off_ms))
    _row("work in a tick, ms", np.array(cpu) * 1e3)
    _row("age of the state, ms", np.array(ages) * 1e3)
    _row("age of the picture, ms", np.array(pictures) * 1e3)
    print(f"  ticks that ran over: {late}")
    print(f"  commands given {len(begun)}, overtaken {sent.overtaken}, written {sent.written}, refused {sent.refused}, "
          f"expired {sent.expired}; heard by the twin {words['commands heard']}")  # fmt: skip
    print(f"  processor: driver {shares[0]:.0%}, twin {shares[1]:.0%} of a core; late steps {words['steps behind']}")


def _row(name: str, values: np.ndarray) -> None:
    p50, p99 = np.percentile(values, [50, 99])
    print(f"  {name}: p50 {p50:.2f}, p99 {p99:.2f}, max {values.max():.2f}")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def time_to_zero(robot: str, fault: str | signal.Signals, domain: int, folder: Path) -> None:
    """Let a fault happen to a walking robot and print how soon its command was zero, and how the run ended."""
    death = fault if isinstance(fault, signal.Signals) else None
    twin = Twin(robot, domain, folder, "--scene", "empty", *(() if death else ("--fault", str(fault))))
    link = ("--set", "driver.interface=lo", "--set", f"driver.domain={domain}", "--set", "safety.sensor_stale_s=0.2")
    command = [*NAVILA, "run", "walk forward 6 m and stop", "-e", robot, "-w", "real", "--no-film", "--json", *link]
    client = subprocess.Popen(
        [*command, "--set", "executor.patience_s=1", "--out", str(folder / f"out-{domain}")],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if death:
        twin.wait_for("moves")
        time.sleep(1.0)
        began_s = twin.events()[-1]["time_s"]
        client.send_signal(death)
    _, err = client.communicate(timeout=60)
    time.sleep(1.5)
    if not death:
        began_s = twin.wait_for("fault")["time_s"]
    moving = [event["time_s"] for event in twin.events() if event["event"] == "tick" and any(event["command"])]
    twin.end()
    took_s = max(max(moving) - began_s, 0.0)
    says = err.strip().splitlines()[-1][:110] if err.strip() else ""
    print(f"| {death.name if death else fault} | {took_s * 1e3:.0f} | {client.returncode} | {says} |", flush=True)


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--part", choices=("loop", "faults", "all"), default="all")
    parser.add_argument("--domain", type=int, default=90)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.part != "faults":
            control_loop(given.embodiment, given.seconds, given.domain, folder)
        if given.part != "loop":
            print("| fault | to zero, ms | exit | it says |\n|---|---|---|---|")
            for i, fault in enumerate((*FAULTS, *DEATHS)):
                time_to_zero(given.embodiment, fault, given.domain + 1 + i, folder)


if __name__ == "__main__":
    main()
