"""What a planner sees, for tests of planners that don't look."""

import numpy as np

import navila_sdk as navila


def observation(number=0):
    pose = navila.Pose2(number, -number, 0.1 * number)
    return navila.Observation(np.zeros((2, 3, 3), np.uint8), pose=pose, time_s=float(number))


def plans_of(planner, instruction, count):
    """The first plans of an episode."""
    planner.reset(instruction)
    return [planner.step(observation(number)) for number in range(count)]
