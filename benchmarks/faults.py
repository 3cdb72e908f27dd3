"""What breaks while a robot walks: how soon its command is zero, whether it stands, resumes, and what is recorded.

Two worlds. ``mujoco``: a simulated body in real time, in this process; faults of senses, planner, loop and disk, and
the e-stop in every state. ``twin``: a robot over its vendor's SDK on loopback, every program in a process of its own;
faults of the robot, of the link, and the death of each process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from navila_sdk.errors import NavilaError
from navila_sdk.recording import read_log
from navila_sdk.testing.trace import TwinTrace

NAVILA = [sys.executable, "-m", "navila_sdk.cli.main"]
LIMIT_S = 90.0
WALK = "walk forward 6 m and stop"
# A planner that is asked again and again, and how it breaks.
WALKER = '''"""Walks ahead; after a few plans it does what WALKER says."""
import os, time
import navila_sdk as navila

class Walker:
    def __init__(self, request):
        self.asked = 0
    def reset(self, instruction):
        self.asked = 0
    def step(self, observation):
        self.asked += 1
        how = os.environ.get("WALKER", "")
        if self.asked == 4 and how:
            open("broke", "w").write(str(time.monotonic()))
        text = "move forward 50 cm"
        if self.asked > 3 and how == "garbage":
            text = "I am a teapot"
        if self.asked > 3 and how == "late":
            time.sleep(2.0)
        if self.asked > 3 and how == "raises":
            raise RuntimeError("a bug in the planner")
        action = navila.parse_action(text)
        if isinstance(action, navila.Unparsed):
            return navila.Plan((), observation.pose, observation.time_s, raw=text, unparsed=action)
        return navila.Plan((action,), observation.pose, observation.time_s, raw=text)

record = navila.PlannerRecord(name="walker", make=Walker, summary="walks ahead", navila_api="1")
'''
CLOCK_STEP = """
import time
real, at = time.time, time.monotonic() + {after}
time.time = lambda: real() + (3600.0 if time.monotonic() > at else 0.0)
from navila_sdk.cli.main import main
main()
"""


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table."""

    id: str
    what: str
    zero_ms: float | None
    stood: bool
    resumed: bool
    ended: str
    says: str
    recorded: str

    def line(self) -> str:
        """As a line of Markdown."""
        zero = "goes on" if self.zero_ms is None else f"{self.zero_ms:.0f}"
        state = "stands" if self.stood and not self.resumed else "MOVES"
        cells = (self.id, self.what, zero, state, self.ended, self.says[:80].replace("|", "/"), self.recorded)
        return f"| {' | '.join(cells)} |"


HEAD = "| fault | what | to zero, ms | then | ends | says | recording |\n|---|---|---|---|---|---|---|"


# -- simulated, in this process -------------------------------------------------------------------


def simulated(robot: str, only: set[str]) -> Iterator[Row]:
    """Every fault of the SDK's own list, on a simulated robot in real time."""
    from navila_sdk.api import world_from
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.testing.faults import FAULTS, undergo

    loaded = load_config(None, ["scene=empty"], {"embodiment": robot, "world": "mujoco"})
    plugins = Plugins.from_config(loaded.config, loaded.path)
    body = plugins.embodiment(robot)
    for fault in FAULTS:
        if only and fault.id not in only:
            continue
        with tempfile.TemporaryDirectory() as name:
            found = undergo(fault, body, lambda: world_from(plugins, loaded.config, body), Path(name), live=True)
        zero_s = None if found.outcome == "stopped" else found.to_zero_s
        yield Row(
            id=fault.id,
            what=fault.what,
            zero_ms=None if zero_s is None else zero_s * 1e3,
            stood=found.stood,
            resumed=found.resumed,
            ended=found.outcome if found.outcome in fault.ends else f"{found.outcome} (WRONG)",
            says=found.cause,
            recorded=f"{found.commands} ticks",
        )


# -- over the vendor's SDK ------------------------------------------------------------------------


class Scene:
    """A twin, and whatever drives it, each in a process of its own."""

    def __init__(self, robot: str, domain: int, folder: Path) -> None:
        self.robot, self.domain, self.folder = robot, domain, folder
        self.out = folder / "out"
        self.trace_path = folder / "trace.jsonl"
        self.trace = TwinTrace(self.trace_path)
        self.env = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
        self.twin = self.client = self.helper = None
        self.processes: list[subprocess.Popen] = []
        (folder / "navila_plugin.py").write_text(WALKER)

    def start(self, command: list[str], **more: object) -> subprocess.Popen:
        """Start a process that ends with the scene."""
        out = self.folder / f"said-{len(self.processes)}"
        with out.open("w") as said:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.env, stdout=said, stderr=subprocess.STDOUT, **more
            )
        process.said = out
        self.processes.append(process)
        return process

    def said(self, process: subprocess.Popen, words: str, limit_s: float = LIMIT_S) -> re.Match[str]:
        """Wait until a process says something."""
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s:
            if found := re.search(words, process.said.read_text()):
                return found
            if process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{words!r} was never said: {process.said.read_text()[-400:]}")

    def events(self) -> list[dict]:
        """What the twin told so far."""
        return self.trace.events()

    def wait_for(self, name: str) -> dict:
        """The twin's first event of that name."""
        return self.trace.wait_for(name, LIMIT_S)

    def link(self) -> list[str]:
        """How a driver finds the twin; a busy machine takes its time for pictures, and none of this is about that."""
        patience = ["driver.timeout_s=20", "driver.camera_stale_s=20", "driver.camera_hz=2"]
        own = [f"driver.domain={self.domain}", "driver.interface=lo", "safety.sensor_stale_s=0.2"]
        return [word for value in (*own, *patience) for word in ("--set", value)]

    def begin_twin(self, *faults: str) -> None:
        """Play the robot's side."""
        wrong = [word for fault in faults for word in ("--fault", fault)]
        words = ["twin", self.robot, "--domain", str(self.domain), "--json", "--trace", str(self.trace_path)]
        self.twin = self.start([*NAVILA, *words, "--scene", "empty", "--set", "driver.low_hz=50", *wrong])
        self.wait_for("ready")

    def begin_client(self, instruction: str = WALK, *more: str, before: list[str] = NAVILA) -> None:
        """Drive it."""
        words = ["run", instruction, "-e", self.robot, "-w", "real", "--no-film", "--json", *self.link(), *more]
        self.client = self.start(
            [*before, *words, "--set", "executor.patience_s=1", "--out", str(self.out)], start_new_session=True
        )

    def begin_server(self, how: str = "") -> list[str]:
        """Put a planner behind a socket, and return the options of who asks it."""
        self.env["WALKER"] = how
        self.helper = self.start([*NAVILA, "serve", "-p", "walker", "--port", "0"])
        url = self.said(self.helper, r"ws://[0-9.]+:\d+")[0]
        return ["-p", "remote", "--set", f"planners.remote.url={url}", "--set", "planners.remote.deadline_s=3"]

    def begin_agent(self) -> None:
        """An agent beside the robot, and an operator who tells it to walk."""
        words = ["agent", "-e", self.robot, "-w", "real", "-p", "auto", "--port", "0", "--no-film", *self.link()]
        self.env["NAVILA_OUT"] = str(self.out)
        self.helper = self.start([*NAVILA, *words])
        url = self.said(self.helper, r"ws://[0-9.]+:\d+")[0]
        self.client = self.start([*NAVILA, "tell", url, WALK], start_new_session=True)

    def walking(self, seconds: float = 2.5) -> None:
        """Wait until it has walked for a while."""
        self.wait_for("moves")
        time.sleep(seconds)

    def now_s(self) -> float:
        """The time on the trace's clock."""
        return next(event["time_s"] for event in reversed(self.events()) if event["event"] == "tick")

    def end(self) -> None:
        """End every process."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


Act = Callable[[Scene], None]


@attrs.frozen(kw_only=True)
class Case:
    """A fault over the vendor's SDK.

    Attributes:
        id: Short name.
        what: What happens.
        fault: What the twin is told to do, one second after the first motion.
        before: Begins whatever drives the twin.
        act: What happens to it after 2.5 s of walking.
        harmless: Whether it must reach its goal.
    """

    id: str
    what: str
    fault: str = ""
    before: Act = lambda scene: scene.begin_client()
    act: Act | None = None
    harmless: bool = False


def _kill(which: str, number: signal.Signals) -> Act:
    return lambda scene: getattr(scene, which).send_signal(number)


def _asked(how: str = "") -> Act:
    return lambda scene: scene.begin_client("go on", *scene.begin_server(how))


def _agent(scene: Scene) -> None:
    scene.begin_agent()


def _full_disk(scene: Scene) -> None:
    # 512-byte blocks for POSIX shells, 1024 for bash: some 30 to 60 kB, a few seconds of walking.
    scene.begin_client(before=["bash", "-c", 'ulimit -f 60; exec "$@"', "navila", *NAVILA])


def _stepped_clock(scene: Scene) -> None:
    scene.begin_client("walk forward 2 m and stop", before=[sys.executable, "-c", CLOCK_STEP.format(after=8)])


def _overload(scene: Scene) -> None:
    for _ in range(2 * (os.cpu_count() or 2)):
        scene.start([sys.executable, "-c", "import os\nos.nice(5)\nwhile True: pass"])


CASES = (
    Case(id="silent", what="the robot says nothing more", fault="silent@1"),
    Case(id="frozen", what="it repeats one message", fault="frozen@1"),
    Case(id="late", what="its messages come 0.6 s late", fault="late=0.6@1"),
    Case(id="odometry-nan", what="odometry is NaN", fault="odometry-nan@1"),
    Case(id="odometry-jump", what="odometry jumps by 2 m", fault="odometry-jump@1"),
    Case(id="fall", what="it falls over", fault="fall@1"),
    Case(id="wrong-mode", what="damped by the remote", fault="wrong-mode@1"),
    Case(id="lidar-nan", what="the LiDAR gives NaN", fault="lidar-nan@1"),
    Case(id="lidar-gone", what="the LiDAR is silent", fault="lidar-gone@1"),
    Case(id="service-gone", what="the motion service is deaf", fault="service-gone@1"),
    Case(id="service-error", what="the motion service answers 4201", fault="code=4201@1"),
    Case(id="robot-killed", what="the robot's process is killed", act=_kill("twin", signal.SIGKILL)),
    Case(id="robot-hangs", what="the robot's process hangs", act=_kill("twin", signal.SIGSTOP)),
    Case(
        id="planner-killed", what="the planner's server: SIGKILL", before=_asked(), act=_kill("helper", signal.SIGKILL)
    ),
    Case(
        id="planner-ended", what="the planner's server: SIGTERM", before=_asked(), act=_kill("helper", signal.SIGTERM)
    ),
    Case(id="planner-int", what="the planner's server: SIGINT", before=_asked(), act=_kill("helper", signal.SIGINT)),
    Case(
        id="planner-hangs", what="the planner's server: SIGSTOP", before=_asked(), act=_kill("helper", signal.SIGSTOP)
    ),
    Case(id="planner-garbage", what="the server writes no action", before=_asked("garbage")),
    Case(id="planner-raises", what="the planner behind it raises", before=_asked("raises")),
    Case(id="run-int", what="navigator: SIGINT", act=_kill("client", signal.SIGINT)),
    Case(id="run-term", what="navigator: SIGTERM", act=_kill("client", signal.SIGTERM)),
    Case(id="run-hup", what="navigator: its terminal goes away", act=_kill("client", signal.SIGHUP)),
    Case(id="run-usr1", what="navigator: e-stop by SIGUSR1", act=_kill("client", signal.SIGUSR1)),
    Case(id="run-killed", what="navigator: SIGKILL", act=_kill("client", signal.SIGKILL)),
    Case(id="run-hangs", what="navigator: SIGSTOP", act=_kill("client", signal.SIGSTOP)),
    Case(id="agent-int", what="agent: SIGINT", before=_agent, act=_kill("helper", signal.SIGINT)),
    Case(id="agent-term", what="agent: SIGTERM", before=_agent, act=_kill("helper", signal.SIGTERM)),
    Case(id="agent-usr1", what="agent: e-stop by SIGUSR1", before=_agent, act=_kill("helper", signal.SIGUSR1)),
    Case(id="agent-killed", what="agent: SIGKILL", before=_agent, act=_kill("helper", signal.SIGKILL)),
    Case(id="operator-killed", what="operator: SIGKILL", before=_agent, act=_kill("client", signal.SIGKILL)),
    Case(id="operator-hangs", what="operator: SIGSTOP", before=_agent, act=_kill("client", signal.SIGSTOP)),
    Case(id="disk-full", what="the disk is full", before=_full_disk, harmless=True),
    Case(id="wall-clock", what="the wall clock steps by an hour", before=_stepped_clock, harmless=True),
    Case(id="overload", what="busy loops, two for each core", act=_overload, harmless=True),
)


def over_sdk(robot: str, only: set[str], domain: int) -> Iterator[Row]:
    """Every case, on a twin of its own."""
    for number, case in enumerate(case for case in CASES if not only or case.id in only):
        with tempfile.TemporaryDirectory() as name:
            scene = Scene(robot, domain + number % 30, Path(name))
            try:
                yield _measured(case, scene)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                says = " ".join(str(error).split())
                yield Row(id=case.id, what=case.what, zero_ms=None, stood=False, resumed=False, ended="NOT MEASURED",
                          says=says, recorded="")  # fmt: skip
            finally:
                scene.end()


def _measured(case: Case, scene: Scene) -> Row:
    scene.begin_twin(*([case.fault] if case.fault else []))
    case.before(scene)
    began_s: float | None = None
    if case.act is not None:
        scene.walking()
        began_s = scene.now_s()
        case.act(scene)
    else:
        scene.wait_for("moves")
    # The trace has a clock of its own; the freshest of some lines shows how far it is from ours.
    ahead_s = min(_pause_and(lambda: time.monotonic() - scene.now_s()) for _ in range(10))
    ended = _ending(case, scene)
    time.sleep(2.5)
    broke = scene.folder / "broke"
    if broke.exists():
        began_s = float(broke.read_text()) - ahead_s
    if case.fault:
        began_s = scene.wait_for("fault")["time_s"]
    ticks = [event for event in scene.events() if event["event"] == "tick"]
    moving = [tick["time_s"] for tick in ticks if any(tick["command"])]
    last_s = max(moving, default=0.0)
    # The body has stood for a second; it must not stir any more, whatever is left running.
    still = [tick for tick in ticks if tick["time_s"] > ticks[-1]["time_s"] - 0.5]
    stood = max(abs(a - b) for a, b in zip(still[0]["pose"], still[-1]["pose"], strict=True)) < 0.01
    gone = case.id in ("robot-killed", "robot-hangs")
    zero_s = None if case.harmless or began_s is None else max(last_s - began_s, 0.0)
    return Row(
        id=case.id,
        what=case.what,
        zero_ms=_after_the_last_sign(scene) if gone else None if zero_s is None else zero_s * 1e3,
        stood=stood or gone,
        resumed=last_s > ticks[-1]["time_s"] - 0.5 and not gone,
        ended=ended[0],
        says=ended[1],
        recorded=_recorded(scene),
    )


def _pause_and(read: Callable[[], float]) -> float:
    time.sleep(0.01)
    return read()


def _after_the_last_sign(scene: Scene) -> float:
    """Return for how many ms a driver still told a robot to move that had fallen silent; by its recording."""
    commands = read_log(next(iter(scene.folder.rglob("episode.mcap")))).commands
    heard_s = max(command.state.time_s for command in commands)
    return 1e3 * (max(command.time_s for command in commands if not command.sent.is_zero) - heard_s)


def _ending(case: Case, scene: Scene) -> tuple[str, str]:
    """How the driving program ended, and its last words."""
    process = scene.client
    if case.id in ("run-hangs", "operator-hangs"):
        time.sleep(4.0)
        return "hangs", ""
    code = process.wait(LIMIT_S)
    lines = [line for line in process.said.read_text().splitlines() if line.strip() and not line.startswith("{")]
    return f"exit {code}", lines[-1] if lines else ""


def _recorded(scene: Scene) -> str:
    logs = sorted(scene.folder.rglob("episode.mcap"))
    if not logs:
        return "none"
    try:
        log = read_log(logs[-1])
    except NavilaError as error:
        return f"UNREADABLE: {error}"
    return f"{len(log.commands)} ticks{', cut' if log.truncated else ''}"


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="ID")
    parser.add_argument("--world", choices=("mujoco", "twin"), default="mujoco")
    parser.add_argument("--embodiment", default="go2")
    parser.add_argument("--domain", type=int, default=40)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here as well")
    given = parser.parse_args()
    only = set(given.only)
    found = simulated(given.embodiment, only) if given.world == "mujoco" else over_sdk(
        given.embodiment, only, given.domain
    )  # fmt: skip
    print(HEAD, flush=True)
    rows = []
    for row in found:
        rows.append(attrs.asdict(row))
        print(row.line(), flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
