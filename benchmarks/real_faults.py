"""How soon each fault ends in zero, over DDS: one row a fault.

python benchmarks/real.py --part faults --embodiment h1
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

from real_twin import NAVILA, Twin, said

COMMON = ("silent@1", "frozen@1", "late=0.6@1", "odometry-nan@1", "odometry-jump@1", "fall@1", "wrong-mode@1")
LIDAR = ("lidar-nan@1", "lidar-gone@1")
REFUSING = {"go2": "code=4201@1", "h1": "code=7301@1", "t1": "code=501@1"}
AT_JOINTS = ("silent@1", "frozen@1", "odometry-nan@1", "odometry-jump@1", "fall@1")
DEATHS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
CLIENT_S = 180.0
ENDINGS = ("error", "stale", "blocked", "stuck", "e-stop")


def faults_of(robot: str, joints: bool) -> list[str | signal.Signals]:
    """What can go wrong with a robot, and the ends of the program that drives it."""
    lidar = () if robot == "t1" else LIDAR
    if joints:
        return [*AT_JOINTS, *lidar, *DEATHS]
    return [*COMMON, *lidar, "service-gone@1", REFUSING[robot], *DEATHS]


def fault_table(robot: str, domain: int, folder: Path, options: dict, only: str | None) -> None:
    """Print the table; each row has a twin and a domain of its own."""
    joints = options.get("level") == "joint"
    print(f"\n{robot}, {options.get('level', 'velocity')} level: from the fault to {'damped' if joints else 'zero'}\n")
    print("| fault | ms | exit | it says |\n|---|---|---|---|")
    named = {fault.name if isinstance(fault, signal.Signals) else fault: fault for fault in faults_of(robot, joints)}
    wanted = {name: fault for name, fault in named.items() if not only or only in name}
    for i, (name, fault) in enumerate(wanted.items()):
        took, code, says = time_to_zero(robot, fault, domain + i, folder, options)
        print(f"| {name} | {took} | {code} | {said(says)} |", flush=True)


def time_to_zero(
    robot: str, fault: str | signal.Signals, domain: int, folder: Path, options: dict
) -> tuple[str, int | None, str]:
    """Let a fault happen to a walking robot: how soon its command was zero, and how the run ended.

    At joint level it's how soon the joints were damped; a robot that stands by its policy first is damped at the end.
    """
    death = fault if isinstance(fault, signal.Signals) else None
    joints = options.get("level") == "joint"
    legs = ("--fidelity", "physics") if joints else ()
    wrong = () if death else ("--fault", str(fault))
    twin = Twin(robot, domain, folder, "--scene", "empty", "--set", "driver.low_hz=100", *legs, *wrong)
    client = _client(robot, domain, folder, options)
    try:
        began_s = _die(twin, client, death, joints) if death else None
        _, err = client.communicate(timeout=CLIENT_S)
    except subprocess.TimeoutExpired:
        client.kill()
        client.communicate()
        twin.end()
        return "-", None, f"it didn't end within {CLIENT_S:g} s"
    time.sleep(1.5)
    lines = err.strip().splitlines()
    says = ([line for line in lines if line.startswith(ENDINGS)] or lines or [""])[-1]
    if not death:
        began_s = next((event["time_s"] for event in twin.events() if event["event"] == "fault"), None)
    ticks = twin.ticks()
    twin.end()
    if began_s is None:
        return "it never walked", client.returncode, says
    moving = [tick["time_s"] for tick in ticks if (tick["stiffness"] if joints else any(tick["command"]))]
    if moving and moving[-1] > ticks[-1]["time_s"] - 0.5:
        return "never", client.returncode, says
    return f"{max(max(moving, default=began_s) - began_s, 0.0) * 1e3:.0f}", client.returncode, says


def _client(robot: str, domain: int, folder: Path, options: dict) -> subprocess.Popen:
    # A busy machine may be slow to begin and to simulate pictures; neither has to do with stopping.
    settings = {
        "driver.interface": "lo",
        "driver.domain": domain,
        "driver.timeout_s": 30,
        "driver.camera_stale_s": 15,
        "safety.sensor_stale_s": 0.2,
        "executor.patience_s": 1,
        **{f"driver.{name}": value for name, value in options.items()},
    }
    words = [*NAVILA, "run", "walk forward 6 m and stop", "-e", robot, "-w", "real", "--no-film", "--json"]
    words += [part for name, value in settings.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    words += ["--out", str(folder / f"out-{domain}")]
    return subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _die(twin: Twin, client: subprocess.Popen, death: signal.Signals, joints: bool) -> float | None:
    """End the program that drives a robot a second after it set out, and return when that was; None if it never did."""

    def walks() -> bool:
        if joints:
            return any(tick["stiffness"] and abs(tick["twist"][0]) > 0.3 for tick in twin.ticks()[-5:])
        return any(event["event"] == "moves" for event in twin.events())

    end_s = time.monotonic() + CLIENT_S
    while not walks():
        if time.monotonic() > end_s or client.poll() is not None:
            return None
        time.sleep(0.1)
    time.sleep(1.0)
    began_s = twin.events()[-1]["time_s"]
    client.send_signal(death)
    return began_s
