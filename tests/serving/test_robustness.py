"""A thousand idle lines, servers killed in mid-step, clients killed in mid-reply, half a message: nobody else minds."""

from __future__ import annotations

import asyncio
import http.client
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest
from navila_client import LostServerError, PlannerClient, pack, unpack
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect

import navila_sdk as navila
from navila_sdk.actions import MoveForward
from navila_sdk.planner import Plan
from navila_sdk.testing import FakeDriver, fake_embodiment
from tests.serving.conftest import Counting, frame

HERE = {"pose": (0.0, 0.0, 0.0), "time_s": 0.0}
HELLO = {"type": "hello", "protocol": 1, "session": None, "robot": {}}
IDLE = 1000


@pytest.fixture
def many_files():
    """Let this process open both ends of a thousand connections."""
    wanted = 2 * IDLE + 300
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"{wanted} open files are needed, and this system allows {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def undisturbed(server):
    with PlannerClient(server.url, deadline_s=5.0) as client:
        client.reset("walk")
        for number in range(1, 4):
            assert client.step(frame(), **HERE).text == f"walk {number} 0"


def until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.01)


def test_a_thousand_lines_that_say_nothing(serving, many_files):
    server = serving(hello_s=60.0)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(IDLE)]
    undisturbed(server)
    for line in idle:
        line.close()


def test_a_thousand_robots_that_stand_idle(serving, many_files):
    server = serving(max_sessions=IDLE + 1, max_connections=IDLE + 1, hello_s=60.0)

    async def idle(lines):
        for _ in range(IDLE):
            line = await connect_async(server.url, compression=None)
            await line.send(pack(HELLO))
            await line.recv()
            lines.append(line)
        await asyncio.to_thread(undisturbed, server)
        assert server.server.metrics.connections >= IDLE
        await asyncio.gather(*(line.close() for line in lines))

    asyncio.run(idle([]))
    until(lambda: server.server.metrics.connections == 0)


def get(port, path):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("GET", path)
    response = line.getresponse()
    found = response.status, response.read().decode()
    line.close()
    return found


_SERVERS = """
import asyncio, os, signal, sys, time
from navila_sdk.planner import Plan
from navila_sdk.actions import MoveForward
from navila_sdk.serving.server import PlannerServer
from navila_sdk.serving.settings import ServeSettings
class Slow:
    def reset(self, instruction): self.steps = 0
    def step(self, observation):
        self.steps += 1
        if self.steps > 2:
            print("thinking", flush=True)
            time.sleep(60)
        return Plan((MoveForward(0.5),))
async def main():
    server = PlannerServer(Slow, {}, ServeSettings(port=0))
    print(os.getpid(), await server.start(), flush=True)
    await asyncio.sleep(60)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        asyncio.run(main())
"""


def test_a_server_killed_in_the_middle_of_a_step_leaves_the_robot_standing_within_its_deadline():
    command = [sys.executable, "-c", _SERVERS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
        for number in range(20):
            servers.stdin.write("one more\n")
            servers.stdin.flush()
            child, port = map(int, servers.stdout.readline().split())
            killed = []

            def kill(child=child, killed=killed):
                assert servers.stdout.readline() == "thinking\n"
                os.kill(child, signal.SIGKILL)
                killed.append(time.monotonic())

            killer = threading.Thread(target=kill)
            killer.start()
            planner = navila.load_planner("remote", url=f"ws://127.0.0.1:{port}", deadline_s=0.6)
            driver = FakeDriver()
            mode = (navila.NavigatorMode.SYNC, navila.NavigatorMode.PIPELINED)[number % 2]
            with navila.Robot(fake_embodiment(), driver) as robot:
                settings = navila.NavigatorSettings(mode=mode)
                episode = navila.Navigator(planner, robot, settings).navigate("walk")
                ended = time.monotonic()
            killer.join()
            assert episode.outcome is navila.EpisodeOutcome.PLANNER_FAILED
            assert "no planner server" in episode.cause
            assert driver.sent[-1].is_zero
            # Its deadline counts from the request, which was before the kill.
            assert ended - killed[0] < 0.6 + 1.0
        servers.stdin.close()


class Verbose(Counting):
    """Answers at length: more than a socket's buffers hold."""

    def step(self, observation):
        self.steps += 1
        return Plan((MoveForward(0.25),), raw="x" * 20_000_000)


def test_clients_killed_in_the_middle_of_a_reply(serving):
    server = serving(planner=Verbose)
    with PlannerClient(server.url, deadline_s=20.0) as other:
        other.reset("walk")
        for _ in range(5):
            with connect(server.url, compression=None, max_size=None) as line:
                line.send(pack(HELLO))
                key = unpack(line.recv(timeout=5))["session"]
                line.send(pack({"type": "reset", "id": 1, "instruction": "walk"}))
                line.recv(timeout=5)
                step = {"type": "step", "id": 2, "rgb": frame(), "pose": [0, 0, 0], "time_s": 0}
                line.send(pack(step))
                planner = server.planners[-1]
                until(lambda planner=planner: planner.steps == 1)
                # A reset instead of a goodbye, while the reply is on its way.
                line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.socket.close()
            assert len(other.step(frame(), **HERE).text) == 20_000_000
        # The one that was killed last comes back, asks again, and gets the answer that was made then.
        with connect(server.url, compression=None, max_size=None) as line:
            line.send(pack({**HELLO, "session": key}))
            assert unpack(line.recv(timeout=5))["resumed"] is True
            line.send(pack(step))
            assert len(unpack(line.recv(timeout=10))["text"]) == 20_000_000
        assert planner.steps == 1


def half_a_message(port):
    """Return a socket that has said hello properly and then sent half a frame."""
    line = socket.create_connection(("127.0.0.1", port))
    head = "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    line.sendall(f"{head}Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    assert b"101" in line.recv(4096)
    hello = pack(HELLO)
    # A client's frames are masked; with zeros, so that they stay as they are.
    line.sendall(struct.pack(">BBI", 0x82, 0x80 | len(hello), 0) + hello)
    assert line.recv(4096)
    line.sendall(struct.pack(">BBHI", 0x82, 0x80 | 126, 50_000, 0) + b"half of it")
    return line


def test_half_a_message_and_then_silence(serving):
    server = serving(ping_s=0.3)
    lines = [half_a_message(server.port) for _ in range(20)]
    assert server.server.metrics.connections == 20
    undisturbed(server)
    # Who doesn't answer pings is shown out, and makes room.
    until(lambda: server.server.metrics.connections == 0)
    for line in lines:
        line.close()


def test_while_it_drains_a_server_takes_nothing_new(serving):
    server = serving(drain_s=10.0)
    with PlannerClient(server.url, deadline_s=8.0) as client:
        client.reset("walk")
        server.planners[0].sleep_s = 1.0
        found = []
        stepping = threading.Thread(target=lambda: found.append(client.step(frame(), **HERE).text))
        stepping.start()
        until(lambda: server.planners[0].steps == 1)
        stopping = threading.Thread(target=lambda: server.run(server.server.stop()))
        stopping.start()
        until(lambda: server.server._stopping)
        assert get(server.port, "/healthz") == (503, "stopping\n")
        with pytest.raises(LostServerError):
            PlannerClient(server.url, deadline_s=0.3).reset("walk")
        assert not found
        stepping.join()
        stopping.join()
        assert found == ["walk 1 0"]
