"""The live view and its map draw what happens."""

import io

from rich.console import Console

import navila_sdk as navila
from navila_sdk.cli.live import LiveView
from navila_sdk.cli.minimap import MiniMap
from navila_sdk.scenes import Scene, SceneObject, Shape, Solid
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment


def small_scene():
    box = Solid(Shape.BOX, (2.0, 1.0, 0.2), (0.6, 0.6, 0.4), 0.0, (220, 30, 30))
    return Scene("small", (4.0, 2.0), navila.Pose2(0.5, 1.0, 0.0), objects=(SceneObject("box", "red", "", (box,)),))


def test_the_map_shows_things_in_their_colour_and_the_robot_where_it_is():
    minimap = MiniMap(small_scene(), columns=40)
    text = minimap.draw(navila.Pose2(0.5, 1.0, 0.0))
    styles = {str(span.style) for span in text.spans}
    assert any("rgb(220,30,30)" in style for style in styles)
    rows = text.plain.rstrip("\n").split("\n")
    assert len(rows) == 10
    assert {len(row) for row in rows} == {40}
    moved = minimap.draw(navila.Pose2(3.5, 1.0, 0.0))
    assert text.spans != moved.spans


def test_the_view_names_instruction_action_and_ending():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    with navila.Robot(fake_embodiment(), FakeDriver()) as robot, LiveView(robot, console, "fake") as view:
        robot.listen(view)
        planner = FakePlanner([navila.MoveForward(0.5)])
        navila.Navigator(planner, robot).navigate("go to the [red] box")
    shown = screen.getvalue()
    assert "go to the [red] box" in shown
    assert "move forward 50 cm" in shown
    assert "stopped" in shown
