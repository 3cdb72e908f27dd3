"""The controller: the observation it builds, the targets it gives, and when it refuses or stands."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest

import navila_sdk as navila
from navila_sdk.errors import ObservationError, PolicyError
from navila_sdk.geometry import Twist
from navila_sdk.locomotion.card import History, Term
from navila_sdk.locomotion.controller import LocomotionController, check_map
from navila_sdk.locomotion.observe import ObservationBuilder
from navila_sdk.perception import HeightMap
from navila_sdk.testing import fake_embodiment
from tests.locomotion.samples import GRID, JOINTS, answer, card, policy, senses

ORDER = np.array([1, 0])  # the card's "right", "left" in the body's order


def _build(made, feeling, command=None, action=None, ground=None, builder=None):
    builder = builder or ObservationBuilder(made, ORDER)
    return builder.build(feeling, command or Twist(), np.zeros(2) if action is None else action, ground)


def test_each_term_in_order_scaled_and_clipped():
    roll = np.array([math.cos(0.1), math.sin(0.1), 0.0, 0.0])
    feeling = senses(
        wxyz=roll,
        angular_radps=np.array([1.0, 2.0, 3.0]),
        position_rad=np.array([0.5, 0.6, 0.7]),
        velocity_radps=np.array([100.0, 2.0, 3.0]),
    )
    seen = _build(card(), feeling, Twist(0.1, 0.2, 0.3), np.array([7.0, 8.0]))
    wanted = [0.25, 0.5, 0.75, 0, -math.sin(0.2), -math.cos(0.2), 0.2, 0.4, 0.3, 0.4, 0.6, 0.1, 0.5, 7, 8]
    np.testing.assert_allclose(seen, wanted, atol=1e-6)


def test_the_clock_stands_while_nothing_is_asked_and_runs_on_meanwhile():
    made = card(terms=(Term(name="gait_clock"),), gait_hz=2.0)
    builder = ObservationBuilder(made, ORDER)
    assert not _build(made, senses(), builder=builder).any()
    seen = _build(made, senses(), Twist(0.5), builder=builder)
    np.testing.assert_allclose(seen, [math.sin(math.tau * 2 / 50), math.cos(math.tau * 2 / 50)], atol=1e-6)


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        (History(terms=("joint_position",), frames=3), [0, 0, 1, 1, 2, 2]),
        (History(terms=("joint_position",), frames=3, start="repeat"), [1, 1, 1, 1, 2, 2]),
        (History(terms=("joint_position",), frames=2, order="newest-first"), [2, 2, 1, 1]),
        (History(terms=("joint_position", "command"), frames=2, stacking="term"), [1, 1, 2, 2, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_the_past_is_stacked_as_the_card_says(history, wanted):
    made = card(terms=(Term(name="base_rpy"),), history=history)
    builder = ObservationBuilder(made, ORDER)
    for angle in (1.0, 2.0):
        seen = _build(made, senses(position_rad=np.array([angle - 0.1, angle + 0.2, 0.0])), builder=builder)
    np.testing.assert_allclose(seen[3:], wanted, atol=1e-6)


def test_targets_go_to_the_right_joints(tmp_path):
    loaded, network = policy(tmp_path)
    controller = LocomotionController(loaded, JOINTS, np.zeros(3))
    targets = controller.step(senses(), Twist(0.5)).position_rad
    seen = _build(card(), senses(), Twist(0.5))
    action = answer(network, seen)
    np.testing.assert_allclose(targets, [-0.1 + 0.5 * action[1], 0.2 + 0.5 * action[0], 1.0], atol=1e-5)
    kp, kd = controller.gains(np.zeros(3), np.zeros(3))
    assert (kp.tolist(), kd.tolist()) == ([10.0, 20.0, 5.0], [0.4, 0.5, 0.1])


def test_a_command_beyond_the_training_is_held_inside(tmp_path):
    loaded, _ = policy(tmp_path)
    wild = LocomotionController(loaded, JOINTS, np.zeros(3)).step(senses(), Twist(50.0, -9.0, 7.0))
    most = LocomotionController(loaded, JOINTS, np.zeros(3)).step(senses(), Twist(1.0, -0.3, 1.0))
    np.testing.assert_array_equal(wild.position_rad, most.position_rad)


def test_a_body_without_the_cards_joints(tmp_path):
    loaded, _ = policy(tmp_path)
    with pytest.raises(PolicyError, match="doesn't have: right, tail; it has: left, other"):
        LocomotionController(loaded, ("left", "other"), np.zeros(2))


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(type(senses())) if field.name != "time_s"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_senses_that_are_no_numbers(tmp_path, field, value):
    loaded, _ = policy(tmp_path)
    bad = np.array(getattr(senses(), field))
    bad[0] = value
    with pytest.raises(ObservationError, match=field):
        LocomotionController(loaded, JOINTS, np.zeros(3)).step(senses(**{field: bad}), Twist())


def test_an_orientation_that_is_none_and_a_command_that_is_none(tmp_path):
    controller = LocomotionController(policy(tmp_path)[0], JOINTS, np.zeros(3))
    with pytest.raises(ObservationError, match="unit quaternion"):
        controller.step(senses(wxyz=np.zeros(4)), Twist())
    with pytest.raises(ObservationError, match="finite"):
        controller.step(senses(), Twist(math.nan))


def _seeing(tmp_path):
    terms = (*card().terms, Term(name="height_map"))
    return policy(tmp_path, terms=terms, height_map=GRID, kind="vision")[0]


def _map(share=1.0, time_s=0.0, spec=GRID):
    heights = np.full(spec.shape, -0.3, np.float32)
    heights.ravel()[round(share * heights.size) :] = np.nan
    return HeightMap(heights, spec, time_s)


@pytest.mark.parametrize(
    ("ground", "why"),
    [(None, "no height map"), (_map(time_s=-0.6), "0.60 s old"), (_map(share=0.1), "is known"), (_map(), "")],
)
def test_a_policy_that_sees_stands_on_ground_it_does_not_know(tmp_path, ground, why):
    loaded = _seeing(tmp_path)
    moving = LocomotionController(loaded, JOINTS, np.zeros(3)).step(senses(), Twist(0.5), ground)
    standing = LocomotionController(loaded, JOINTS, np.zeros(3)).step(senses(), Twist(), ground)
    assert why in moving.held_back
    assert bool(moving.held_back) == bool(why)
    assert np.array_equal(moving.position_rad, standing.position_rad) == bool(why)


def test_a_map_of_another_grid(tmp_path):
    other = attrs.evolve(GRID, resolution_m=0.2)
    controller = LocomotionController(_seeing(tmp_path), JOINTS, np.zeros(3))
    with pytest.raises(ObservationError, match=r"resolution_m: 0\.2, 0\.1"):
        controller.step(senses(), Twist(), _map(spec=other))


def test_a_policy_and_a_body_with_another_grid_are_both_named(tmp_path):
    loaded = _seeing(tmp_path)
    body = fake_embodiment()
    with pytest.raises(PolicyError, match=f"{body.name} makes none"):
        check_map(loaded, attrs.evolve(body, height_map=None))
    other = attrs.evolve(GRID, offset_m=0.0)
    with pytest.raises(PolicyError, match=r"offset_m: 0\.3, 0\.0"):
        check_map(loaded, attrs.evolve(body, height_map=other))
    check_map(loaded, attrs.evolve(body, height_map=other, more_height_maps=(GRID,)))


def test_how_a_map_is_written():
    from navila_sdk.perception.encode import encode_map

    heights = np.arange(15, dtype=np.float32).reshape(5, 3) / 100
    heights[0, 0] = np.nan
    up = encode_map(HeightMap(heights, GRID), GRID)
    np.testing.assert_allclose(up, [0.0, *(0.3 + np.arange(1, 15) / 100)], atol=1e-6)
    spec = attrs.evolve(GRID, positive="down", order="y-major", offset_m=-0.5, fill_m=9.0, clip_m=(-0.55, 1.0))
    down = encode_map(HeightMap(heights, spec), spec)
    assert down[0] == 1.0
    np.testing.assert_allclose(down[1:3], [-0.53, -0.55], atol=1e-6)
    infinite = heights.copy()
    infinite[1, 1] = np.inf
    with pytest.raises(navila.ObservationError, match="infinity"):
        encode_map(HeightMap(infinite, GRID), GRID)
