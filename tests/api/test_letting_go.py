"""What is closed and forgotten is freed at once: a world holds tens of MiB, and the collector may not come for long."""

import gc
import threading
import weakref

import pytest

import navila_sdk as navila
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment


@pytest.fixture
def uncollected():
    """No garbage collection: what refers to itself would stay."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"fidelity": "physics"},
        {"fidelity": "physics", "locomotion": "vision"},  # a policy that sees looks through its world's sensors
    ],
    ids=["kinematic", "physics", "physics that sees"],
)
@pytest.mark.usefixtures("uncollected")
def test_a_closed_robot_goes_with_its_world(how):
    robot = navila.connect("go2", world="mujoco", scene="apartment:3", **how)
    robot.execute(navila.TurnLeft.degrees(15))
    held = weakref.ref(robot), weakref.ref(robot.scene)
    robot.close()
    del robot
    assert [ref() for ref in held] == [None, None]


@pytest.mark.parametrize("record", [False, True], ids=["silent", "recorded"])
@pytest.mark.usefixtures("uncollected")
def test_an_errand_leaves_nothing_behind(record, tmp_path):
    with navila.connect("go2", world="mujoco", scene="apartment:3") as robot:
        planner = navila.load_planner("oracle", robot=robot)
        words, settings = robot.scene.errands[0].instruction, navila.NavigatorSettings(max_plans=2)
        navila.navigate(planner, robot, words, settings=settings, record=record, out=tmp_path)
        held = weakref.ref(robot), weakref.ref(robot.scene), weakref.ref(planner.planner)
    del robot, planner
    assert held[0]() is None
    for thread in threading.enumerate():
        if thread.name == "navila-planner":  # it was told to end, and holds the planner until it does
            thread.join(20)
    assert [ref() for ref in held] == [None, None, None]


@pytest.mark.usefixtures("uncollected")
def test_a_planner_that_hangs_holds_no_world():
    hang = threading.Event()

    class Hung(FakePlanner):
        def step(self, observation):
            hang.wait(20)

    driver = FakeDriver()
    held = weakref.ref(driver)
    with navila.Robot(fake_embodiment(), driver) as robot:
        navigator = navila.Navigator(Hung(), robot, navila.NavigatorSettings(planner_timeout_s=0.1))
        assert navigator.navigate("go").outcome is navila.EpisodeOutcome.PLANNER_TIMED_OUT
    del driver, robot, navigator
    try:
        assert held() is None
    finally:
        hang.set()
