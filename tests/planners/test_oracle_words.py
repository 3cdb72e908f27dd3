"""What an instruction means in a scene: errands, things, rooms; never a guess where it could mean two."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navila_sdk.errors import InstructionError
from navila_sdk.geometry import Pose2
from navila_sdk.planner import PlannerRequest
from navila_sdk.planners.oracle import record
from navila_sdk.planners.oracle_words import destination, errand_for
from navila_sdk.scenes import Room, Scene, SceneObject, Shape, Solid, load_scene
from navila_sdk.scenes.approach import surface_distance_m
from navila_sdk.testing.fake import fake_embodiment


def thing(noun: str, color: str, room: str, x: float, y: float) -> SceneObject:
    return SceneObject(noun, color, room, (Solid(Shape.BOX, (x, y, 0.25), (0.4, 0.4, 0.5)),))


HOME = Scene(
    "home",
    (12.0, 6.0),
    Pose2(6.0, 3.0),
    rooms=(Room("kitchen", 0, 0, 6, 6), Room("living room", 6, 0, 12, 6)),
    objects=(
        thing("box", "red", "kitchen", 1.0, 1.0),
        thing("ball", "blue", "kitchen", 1.0, 5.0),
        thing("sofa", "grey", "living room", 11.0, 1.0),
        thing("lamp", "white", "kitchen", 3.0, 1.0),
        thing("lamp", "white", "living room", 9.0, 1.0),
        thing("lamp", "black", "living room", 11.0, 5.0),
        thing("chair", "brown", "living room", 8.0, 5.0),
        thing("chair", "brown", "living room", 9.0, 5.0),
        thing("coffee table", "brown", "living room", 9.5, 3.0),
    ),
)


@pytest.mark.parametrize(
    ("instruction", "meant"),
    [
        ("Go to the red box", "red box"),
        ("go to the BOX!", "red box"),
        ("Go past the red box and stop at the blue ball.", "blue ball"),
        ("Stop at the sofa after leaving the kitchen.", "grey sofa"),
        ("Walk past the sofa", "grey sofa"),
        ("walk to the white lamp in the kitchen", "white lamp"),
        ("find the lamp in the kitchen", "white lamp"),
        ("the black lamp", "black lamp"),
        ("Stop at the brown chair.", "brown chair"),
        ("Go to the coffee table, please", "brown coffee table"),
        ("Go to the kitchen", "kitchen"),
        ("Leave the kitchen, go past the sofa and wait in the living   room.", "living room"),
        ("Walk past the red box into the kitchen", "kitchen"),
        ("Go to the big box in the kitchen.", "red box"),
    ],
)
def test_the_destination_is_what_is_named_last_and_not_only_passed(instruction, meant):
    found = destination(HOME, instruction)
    assert (found.name if isinstance(found, Room) else found[0].name) == meant


def test_the_room_after_a_thing_says_which():
    for room in ("kitchen", "living room"):
        (lamp,) = destination(HOME, f"Stop at the white lamp in the {room}.")
        assert lamp.room == room


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ("Go to the lamp", "white lamp in the kitchen; the white lamp in the living room; the black lamp"),
        ("Go to the white lamp", "white lamp in the kitchen; the white lamp in the living room"),
        ("Go to the lamp in the living room", "the white lamp in the living room; the black lamp"),
        ("Go to the green box", "no green box"),
        ("Go to the sofa in the kitchen", "no sofa in the kitchen"),
        ("Do a handstand", "You could name"),
        ("Go to the boxes", "You could name: red box"),
        ("Go to the kitchn", "You could name: kitchen"),
    ],
)
def test_what_cannot_be_told_apart_or_found_is_asked_back(instruction, words):
    with pytest.raises(InstructionError, match=words):
        destination(HOME, instruction)


def test_at_most_twelve_names_are_listed():
    with pytest.raises(InstructionError) as caught:
        destination(load_scene("apartment:0"), "Find my keys")
    assert str(caught.value).partition("You could name:")[2].count(",") == 11


def test_a_scene_without_names_says_what_to_do():
    with pytest.raises(InstructionError, match=r"goal = \[x, y\]"):
        destination(load_scene("empty"), "Go to the kitchen")


def test_an_errand_is_known_by_its_words_whatever_case_and_spaces():
    scene = load_scene("apartment:1")
    errand = scene.errands[1]
    assert errand_for(scene, "  " + errand.instruction.upper().replace(" ", "  ").rstrip(".")) == errand
    assert errand_for(scene, errand.instruction + " Then sing.") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_understood_or_refused(text):
    try:
        found = destination(HOME, text)
    except InstructionError:
        return
    assert isinstance(found, Room) or found


@pytest.mark.parametrize("seed", range(5))
def test_everything_that_can_be_named_uniquely_can_be_reached(seed):
    scene = load_scene(f"apartment:{seed}")
    planner = record.make(PlannerRequest(scene=scene, embodiment=fake_embodiment()))
    for room in scene.rooms:
        planner.reset(f"go to the {room.name}")
        assert scene.room_at(*planner.goal_m) == room
    for item in scene.objects:
        planner.reset(f"go to the {item.name} in the {item.room}")
        alike = [other for other in scene.objects if (other.name, other.room) == (item.name, item.room)]
        assert min(surface_distance_m(other, *planner.goal_m) for other in alike) <= 1.5
        assert math.isfinite(sum(planner.goal_m))
