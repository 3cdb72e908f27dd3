"""``navila serve``: a server from the command line, and a run that asks it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest

NAVILA = [sys.executable, "-m", "navila_sdk.cli.main"]


def serving(*words, **env):
    environment = {**os.environ, **env}
    return subprocess.Popen(
        [*NAVILA, "serve", *words, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def run(*words, **env):
    return subprocess.run(
        [*NAVILA, *words], capture_output=True, text=True, env={**os.environ, **env}, timeout=120, check=False
    )


def test_a_run_asks_a_server_and_the_server_stops_when_told(tmp_path):
    with serving("--planner", "random", "--set", "planners.random.steps=3") as server:
        line = server.stdout.readline()
        url = re.search(r"ws://[\d.]+:\d+", line)
        assert url, line
        ran = run(
            "run",
            "go to the red box",
            "--planner",
            "remote",
            "--set",
            f"planners.remote.url={url[0]}",
            "--json",
            "--no-film",
            "--out",
            str(tmp_path / "run"),
        )
        assert ran.returncode == 0, ran.stderr
        assert len(json.loads(ran.stdout)["actions"]) == 4
        server.send_signal(signal.SIGTERM)
        assert server.stdout.readline() == "stopped\n"
        assert server.wait(10) == 0
        assert not server.stderr.read()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--planner", "nobody"], "no planner named 'nobody'"),
        (["--planner", "navila"], "checkpoint"),
        (["--planner", "random", "--tls-cert", "x.pem"], "both --tls-cert and --tls-key"),
        (["--planner", "random", "--tls-cert", "x.pem", "--tls-key", "y.pem"], "can't be used"),
        (["--planner", "random", "--host", "203.0.113.1"], "can't listen on"),
    ],
)
def test_servers_that_cannot_be(words, told):
    ran = run("serve", *words, "--port", "0")
    assert ran.returncode == 2
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
