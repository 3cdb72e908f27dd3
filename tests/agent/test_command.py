"""Two terminals: an agent and who tells it; the agent outlives its operator's death, the robot stands."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("navila_mujoco", reason="the world mujoco isn't installed: pip install navila-mujoco")

NAVILA = [sys.executable, "-c", "from navila_sdk.cli.main import main; main()"]
WORDS = ["agent", "-e", "go2", "-w", "mujoco", "--scene", "empty", "-p", "auto", "--port", "0", "--no-film"]
LONG = "move forward 75 cm, " * 8 + "turn left 15 degrees"


@pytest.fixture
def agent(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*NAVILA, *WORDS], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        line = process.stdout.readline()
        yield re.search(r"ws://[0-9.]+:\d+", line)[0], process, environment
    finally:
        process.kill()
        process.communicate(timeout=10)


def tell(url, *words, **given):
    return subprocess.run([*NAVILA, "tell", url, *words], capture_output=True, text=True, timeout=120, **given)


def test_telling_an_agent(agent, tmp_path):
    url, process, environment = agent
    found = tell(url, "turn right 30 degrees", "--json")
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["ok"]
    assert (tmp_path / told["folder"] / "episode.mcap").is_file()
    refused = subprocess.run(
        [*NAVILA, *WORDS], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode != 0
    assert "another agent drives go2" in refused.stderr
    assert "Traceback" not in refused.stderr
    # Told to end in the middle of an errand, it ends the errand, its recording and itself.
    with subprocess.Popen([*NAVILA, "tell", url, LONG], stdout=subprocess.PIPE, text=True) as operator:
        operator.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert "cancelled" in operator.stdout.read()
        assert operator.wait(10) == 1


def test_an_address_that_is_none_is_told_at_once():
    for url in ("robot:8766", "ws://[::", "ws://robot:99999"):
        found = tell(url, "walk forward 1 m")
        assert found.returncode == 2
        assert "expected ws://HOST:PORT or wss://HOST:PORT" in found.stderr


def test_a_dead_operator(agent):
    url, process, _ = agent
    with subprocess.Popen([*NAVILA, "tell", url, LONG], stdout=subprocess.PIPE, text=True) as operator:
        operator.stdout.readline()
        time.sleep(0.5)
        operator.kill()
    end_s = time.monotonic() + 20
    while time.monotonic() < end_s:
        found = tell(url, "turn left 15 degrees", "--json")
        if found.returncode == 0:
            break
    assert found.returncode == 0, found.stderr
    assert process.poll() is None


def test_no_agent_and_no_wish():
    found = tell("ws://127.0.0.1:9", "turn left 15 degrees")
    assert found.returncode != 0
    assert "no agent at" in found.stderr
    assert "Traceback" not in found.stderr
    found = tell("ws://127.0.0.1:9")
    assert "what shall the robot do" in found.stderr
