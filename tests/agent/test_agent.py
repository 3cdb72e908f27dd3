"""A robot behind its agent: it does as its operator says, and stands when nobody does any more."""

import asyncio
import contextlib
import threading
import time

import pytest
from navila_client import ClientError, LostServerError, Operator, RefusedError, WireError, pack, unpack
from websockets.sync.client import connect as websocket

import navila_sdk as navila
from navila_sdk.agent.errands import Errands
from navila_sdk.agent.lease import lease
from navila_sdk.agent.server import AgentServer
from navila_sdk.agent.settings import AgentSettings
from navila_sdk.errors import RobotBusyError
from navila_sdk.geometry import ZERO_TWIST
from navila_sdk.navigator import Navigator
from navila_sdk.session import episode_result

pytest.importorskip("navila_mujoco", reason="the world mujoco isn't installed: pip install navila-mujoco")

LONG = "move forward 75 cm, move forward 75 cm, move forward 75 cm, move forward 75 cm, move forward 75 cm"


@contextlib.contextmanager
def agent(**given):
    """A go2 in an empty hall, in real time, behind a real socket; gives the address, the errands and the robot."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    with navila.connect("go2", world="mujoco", scene="empty", pace=1.0) as robot:
        server = AgentServer({"embodiment": "go2"}, AgentSettings(port=0, state_s=0.1, **given))

        def carry(instruction):
            planner = navila.load_planner("human", robot=robot)
            episode = Navigator(planner, robot).navigate(instruction)
            return {**episode_result(episode), "ok": episode.outcome.ok}

        errands = Errands(robot, carry, server.say)
        found = {}

        def work():
            asyncio.set_event_loop(loop)
            found["port"] = loop.run_until_complete(server.start(errands))
            ready.set()
            loop.run_forever()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        assert ready.wait(10)
        try:
            yield f"ws://127.0.0.1:{found['port']}", errands, robot
        finally:
            errands.close()
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


def driven(robot):
    """Collects the twists that are really sent."""
    sent = []
    robot.listen(lambda event: sent.append(event) if isinstance(event, navila.events.Commanded) else None)
    return sent


def until(condition, within_s=10.0):
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        if condition():
            return True
        time.sleep(0.01)
    return False


def moving(sent):
    return bool(sent) and abs(sent[-1].sent.vx_mps) > 0.1


def test_an_instruction_its_news_and_its_outcome():
    with agent() as (url, _, _), Operator(url) as line:
        assert line.about == {"embodiment": "go2"}
        told = list(line.instruct("turn left 30 degrees, then move forward 50 cm"))
        kinds = [message.get("kind") for message in told[:-1]]
        assert kinds[0] == "started"
        assert {"plan", "action", "done"} <= set(kinds)
        assert told[-1]["type"] == "outcome"
        assert told[-1]["ok"]
        x_m, y_m, yaw_rad = told[-1]["final_pose"]
        assert (x_m, y_m, yaw_rad) == pytest.approx((0.433, 0.25, 0.524), abs=0.06)
        assert until(lambda: line.state["doing"] == "idle")
        # And another one.
        assert list(line.instruct("move forward 25 cm"))[-1]["ok"]


def test_cancelling():
    with agent() as (url, _, robot), Operator(url) as line:
        sent, told = driven(robot), []
        thread = threading.Thread(target=lambda: told.extend(line.instruct(LONG)))
        thread.start()
        assert until(lambda: moving(sent))
        assert line.cancel()
        thread.join(5)
        assert told[-1]["outcome"] == "cancelled"
        assert "operator" in told[-1]["cause"]
        assert not line.cancel()


@pytest.mark.parametrize("how", ["goes", "falls silent"])
def test_without_its_operator_the_robot_stops(how):
    with agent(operator_s=0.4) as (url, errands, robot), Operator(url, watch=True) as watcher:
        sent = driven(robot)
        line = websocket(url).__enter__()
        line.send(pack({"type": "hello", "protocol": 1, "role": "operate"}))
        assert unpack(line.recv(timeout=5))["type"] == "hello"
        line.send(pack({"type": "instruct", "instruction": LONG}))
        end_s = time.monotonic() + 5
        while not moving(sent) and time.monotonic() < end_s:
            line.send(pack({"type": "alive"}))
            time.sleep(0.05)
        assert moving(sent)
        began_s = time.monotonic()
        if how == "goes":
            line.socket.close()
        assert until(lambda: errands.doing == "idle", 5)
        assert time.monotonic() - began_s < 2.0
        assert sent[-1].sent == ZERO_TWIST
        outcome = None
        while outcome is None or outcome["type"] != "outcome":
            outcome = watcher.news(5)
        assert outcome["outcome"] == "cancelled"
        assert "operator" in outcome["cause"]
        if how != "goes":
            line.close()


def test_one_operator_and_many_who_watch_all_of_whom_may_stop_it():
    with agent() as (url, _, robot), Operator(url) as line, Operator(url, watch=True) as watcher:
        with pytest.raises(RefusedError, match="another operator"):
            Operator(url)
        with pytest.raises(RefusedError, match="only watch"):
            next(watcher.instruct("move forward 25 cm"))
        sent, told = driven(robot), []
        thread = threading.Thread(target=lambda: told.extend(line.instruct(LONG)))
        thread.start()
        assert until(lambda: moving(sent))
        watcher.estop("a child ran in")
        thread.join(5)
        assert told[-1]["outcome"] == "e-stopped"
        assert until(lambda: "a child ran in" in line.state["estop"])
        # It stays latched until the operator lets go of it.
        assert not list(line.instruct("move forward 25 cm"))[-1]["ok"]
        with pytest.raises(RefusedError, match="only watch"):
            watcher.reset_estop()
        line.reset_estop()
        last = list(line.instruct("move forward 25 cm"))[-1]
        assert last["ok"], last
    # Once it's closed, another may come.


def test_what_is_no_instruction():
    with agent() as (url, errands, _), Operator(url) as line:
        with pytest.raises(RefusedError, match="empty"):
            next(line.instruct("   "))
        found = list(line.instruct("sing a song"))
        assert found[-1]["outcome"] == "refused"
        assert not found[-1]["ok"]
        errands.begin("move forward 75 cm")
        with pytest.raises(RefusedError, match="carrying out another"):
            next(line.instruct("move forward 25 cm"))


def test_strangers_and_nonsense():
    with agent(token="secret", hello_s=0.3) as (url, _, _):
        with pytest.raises(RefusedError, match="token"):
            Operator(url)
        with pytest.raises(RefusedError, match="token"):
            Operator(url, token="wrong")
        with Operator(url, token="secret") as line:
            for nonsense in (b"\xc1", pack({"type": "fly"}), pack({"type": "instruct", "instruction": 7}), "text"):
                line._line.send(nonsense)
            time.sleep(0.2)
            assert line.state["doing"] == "idle"
            assert list(line.instruct("turn left 15 degrees"))[-1]["ok"]
        silent = websocket(url, additional_headers={"Authorization": "Bearer secret"}).__enter__()
        with pytest.raises(Exception, match="hello"):
            silent.recv(timeout=5)
    with pytest.raises(LostServerError, match="no agent"):
        Operator(url, token="secret")


def test_an_agent_that_ends_tells_its_operator():
    with agent() as (url, errands, robot):
        sent = driven(robot)
        line = Operator(url)
        told = []
        thread = threading.Thread(target=lambda: told.extend(line.instruct(LONG)))
        thread.start()
        assert until(lambda: moving(sent))
        errands.close()
        thread.join(5)
        assert told[-1]["outcome"] == "cancelled"
        assert "stopping" in told[-1]["cause"]
        with pytest.raises(RefusedError, match="stopping"):
            next(line.instruct("move forward 25 cm"))
    with pytest.raises(LostServerError):
        next(line.instruct("move forward 25 cm"))
    line.close()


def test_a_planner_server_is_no_agent(tmp_path):
    from navila_sdk.serving.server import PlannerServer
    from navila_sdk.serving.settings import ServeSettings

    async def asked():
        server = PlannerServer(lambda: None, {"planner": "none"}, ServeSettings(port=0))
        port = await server.start()
        try:
            with pytest.raises(WireError, match="no agent"):
                await asyncio.to_thread(Operator, f"ws://127.0.0.1:{port}")
        finally:
            await server.stop()

    asyncio.run(asked())


def test_certificates_that_cannot_be_read(tmp_path):
    with pytest.raises(ClientError, match="no certificates"):
        Operator("wss://127.0.0.1:9", cafile=tmp_path / "absent.pem")


def test_one_agent_a_robot(tmp_path):
    with lease("go2 real eth0", tmp_path) as path:
        assert path.read_text().isdigit()
        with pytest.raises(RobotBusyError, match="process"), lease("go2 real eth0", tmp_path):
            pass
        with lease("go2 real eth1", tmp_path):
            pass
    with lease("go2 real eth0", tmp_path):
        pass
