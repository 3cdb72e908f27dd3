"""A robot over DDS: its control loop, what that costs, how soon each fault ends in zero, how it follows velocities.

By its own controller, or at joint level by a policy of ours. The robot is its twin, in a process of its own on
loopback; the program under test speaks through the vendor's SDK.
"""

from __future__ import annotations

import argparse
import atexit
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
    *("lidar-nan@1", "lidar-gone@1", "service-gone@1"),
)
REFUSING = {"go2": "code=4201@1", "h1": "code=7301@1"}
JOINT_FAULTS = ("silent@1", "frozen@1", "odometry-nan@1", "odometry-jump@1", "fall@1", "lidar-nan@1", "lidar-gone@1")
ASKED = ((0.3, 0.0, 0.0), (0.6, 0.0, 0.0), (-0.2, 0.0, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.5), (0.4, 0.0, -0.4))
SETTLE_S, HOLD_S = 1.5, 3.0
JOINT = {"level": "joint", "stand_up": True}
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


def control_loop(robot: str, seconds: float, domain: int, folder: Path, options: dict, legs: tuple) -> None:
    """Drive a circle at the body's own control rate, and print how evenly that went."""
    twin = Twin(robot, domain, folder, "--scene", "empty", *legs)
    atexit.register(twin.process.kill)
    link = {"interface": "lo", "domain": domain, "timeout_s": 30.0, **options}
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
        inner = getattr(live._driver._parts.legs, "link", None)
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
    if inner is not None:
        _row("the pilot's period off by, ms", np.abs(np.diff(inner.begun_s) - 1 / inner.pilot.card.rate_hz) * 1e3)
        print(f"  joints told {inner.told} times; pilot: {inner.pilot.trouble or inner.pilot.stage.value}")
    print(f"  processor: driver {shares[0]:.0%}, twin {shares[1]:.0%} of a core; late steps {words['steps behind']}")


def _row(name: str, values: np.ndarray) -> None:
    p50, p99 = np.percentile(values, [50, 99])
    print(f"  {name}: p50 {p50:.2f}, p99 {p99:.2f}, max {values.max():.2f}")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def tracking(robot: str, domain: int, folder: Path, options: dict) -> None:
    """Ask a robot with legs for velocities, and print what it made of them: means of the twin's own truth."""
    twin = Twin(robot, domain, folder, "--scene", "empty", "--fidelity", "physics")
    atexit.register(twin.process.kill)
    link = {"interface": "lo", "domain": domain, "timeout_s": 30.0, **options}
    print("| asked vx, vy (m/s), wz (rad/s) | did | off by |\n|---|---|---|")
    with navila.connect(robot, world="real", options=link) as live:
        for asked in ASKED:
            spans = []
            for span_s in (SETTLE_S, HOLD_S):
                end_s = live.clock.now_s() + span_s
                while live.clock.now_s() < end_s:
                    live.drive(navila.Twist(*asked))
                    live.clock.sleep_until(live.clock.now_s() + live.period_s)
                spans.append(len(twin.events()))
            did = np.mean([e["twist"] for e in twin.events()[spans[0] : spans[1]] if e["event"] == "tick"], axis=0)
            off = did - np.array(asked)
            cells = [" ".join(f"{value:+.2f}" for value in row) for row in (asked, did, off)]
            print(f"| {' | '.join(cells)} |", flush=True)
            live.stop()
            time.sleep(1.0)
    twin.end()


def time_to_zero(robot: str, fault: str | signal.Signals, domain: int, folder: Path, options: dict) -> None:
    """Let a fault happen to a walking robot and print how soon its command was zero, and how the run ended.

    At joint level it's how soon the joints were damped; a robot that stands by its policy first is damped at the end.
    """
    death = fault if isinstance(fault, signal.Signals) else None
    joints = options.get("level") == "joint"
    legs = ("--fidelity", "physics") if joints else ()
    wrong = () if death else ("--fault", str(fault))
    twin = Twin(robot, domain, folder, "--scene", "empty", "--set", "driver.low_hz=100", *legs, *wrong)
    link = ("--set", "driver.interface=lo", "--set", f"driver.domain={domain}", "--set", "safety.sensor_stale_s=0.2")
    # A busy machine may be slow to begin and to simulate pictures; neither has to do with stopping.
    link += ("--set", "driver.timeout_s=30", "--set", "driver.camera_stale_s=15")
    more = [part for name, value in options.items() for part in ("--set", f"driver.{name}={json.dumps(value)}")]
    command = [
        *NAVILA,
        "run",
        "walk forward 6 m and stop",
        "-e",
        robot,
        "-w",
        "real",
        "--no-film",
        "--json",
        *link,
    ]
    client = subprocess.Popen(
        [*command, *more, "--set", "executor.patience_s=1", "--out", str(folder / f"out-{domain}")],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if death:
        if joints:
            start = twin.wait_for("joints stiff")
            while np.abs(twin.events()[-1].get("twist", [0])[0]) < 0.3:
                assert twin.events()[-1]["time_s"] < start["time_s"] + 60, "it never walked"
                time.sleep(0.1)
        else:
            twin.wait_for("moves")
        time.sleep(1.0)
        began_s = twin.events()[-1]["time_s"]
        client.send_signal(death)
    _, err = client.communicate(timeout=120)
    time.sleep(1.5)
    said = [
        line for line in err.strip().splitlines() if line.startswith(("error", "stale", "blocked", "stuck", "e-stop"))
    ]
    says = (said or err.strip().splitlines() or [""])[-1][:110]
    if not death:
        began = [event["time_s"] for event in twin.events() if event["event"] == "fault"]
        if not began:
            twin.end()
            print(f"| {fault} | it never walked | {client.returncode} | {says} |", flush=True)
            return
        began_s = began[0]
    ticks = [event for event in twin.events() if event["event"] == "tick"]
    if joints and ticks[-1]["stiffness"]:
        took = "never"
    else:
        moving = [tick["time_s"] for tick in ticks if (tick["stiffness"] if joints else any(tick["command"]))]
        took = f"{max(max(moving) - began_s, 0.0) * 1e3:.0f}"
    twin.end()
    print(f"| {death.name if death else fault} | {took} | {client.returncode} | {says} |", flush=True)


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--part", choices=("loop", "faults", "tracking", "all"), default="all")
    parser.add_argument("--level", choices=("velocity", "joint"), default="velocity")
    parser.add_argument("--policy", default="", help="Which policy walks at joint level.")
    parser.add_argument("--stale", type=float, default=0.1, help="driver.joint_stale_s; more where others compute.")
    parser.add_argument("--only", help="Only the faults whose name holds this.")
    parser.add_argument("--domain", type=int, default=90)
    given = parser.parse_args()
    joints = given.level == "joint"
    options = {**JOINT, "policy": given.policy, "joint_stale_s": given.stale} if joints else {}
    legs = ("--fidelity", "physics") if joints else ()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.part in ("loop", "all"):
            control_loop(given.embodiment, given.seconds, given.domain, folder, options, legs)
        if given.part in ("tracking", "all"):
            tracking(given.embodiment, given.domain, folder, options)
        if given.part in ("faults", "all"):
            print(f"| fault | to {'damped' if joints else 'zero'}, ms | exit | it says |\n|---|---|---|---|")
            faults = JOINT_FAULTS if joints else (*FAULTS, REFUSING[given.embodiment])
            wanted = [f for f in (*faults, *DEATHS) if not given.only or given.only in str(f)]
            for i, fault in enumerate(wanted):
                time_to_zero(given.embodiment, fault, given.domain + 1 + i, folder, options)


if __name__ == "__main__":
    main()
