"""What a broken sensor said is in the recording as it was, and the recording stays readable."""

import io
import math
import time

import attrs
import numpy as np
import pytest
from PIL import Image

import navila_sdk as navila
from navila_sdk.events import Commanded
from navila_sdk.hardware.camera import Camera
from navila_sdk.hardware.sight import encoded
from navila_sdk.recording import EpisodeRecorder, read_log
from navila_sdk.testing import FakeDriver, FakePlanner, fake_embodiment


class Broken(FakeDriver):
    """Odometry becomes NaN, velocity and tilt infinite, after a second."""

    def state(self):
        state = super().state()
        if self.time_s < 1.0:
            return state
        nowhere, racing = navila.Pose2(math.nan, math.inf, 0.0), navila.Twist(-math.inf, 0.0, math.nan)
        return attrs.evolve(state, pose=nowhere, twist=racing, tilt_rad=math.nan)


def test_not_a_number_is_recorded_as_it_was(tmp_path):
    with navila.Robot(fake_embodiment(), Broken()) as robot, EpisodeRecorder(tmp_path) as recorder:
        robot.listen(recorder)
        episode = navila.Navigator(FakePlanner([navila.MoveForward(3)]), robot).navigate("go")
        robot.unlisten(recorder)
    assert episode.outcome is navila.EpisodeOutcome.STALE
    assert episode.final_pose.is_finite
    log = read_log(tmp_path)
    assert log.outcome == "stale"
    last = [event for event in log.events if isinstance(event, Commanded)][-1].state
    assert math.isnan(last.pose.x_m)
    assert last.pose.y_m == math.inf
    assert last.twist.vx_mps == -math.inf
    assert math.isnan(last.tilt_rad)


@pytest.mark.parametrize("fresh", [True, False])
def test_a_camera_that_repeats_one_picture_has_stopped(fresh):
    rgb, taken = np.full((8, 8, 3), 90, np.uint8), []

    def source():
        taken.append(1)
        return encoded(rgb, len(taken) if fresh else 0)

    camera = Camera(
        source, rate_hz=50, stale_s=0.3, straighten=lambda rgb: rgb, pose=navila.Pose2, clock_s=time.monotonic
    )
    try:
        assert camera.observe(10.0).rgb.shape == (8, 8, 3)
        seen = len(taken)
        while len(taken) < seen + 40:
            time.sleep(0.01)
        if fresh:
            assert camera.observe(10.0) is not None
        else:
            with pytest.raises(navila.RobotUnreachableError, match="repeats the same picture"):
                camera.observe()
    finally:
        camera.close()


def test_a_picture_s_number_changes_no_pixel():
    rgb = np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8)
    one, two = encoded(rgb, 1), encoded(rgb, 2)
    assert one != two
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(one))), np.asarray(Image.open(io.BytesIO(two))))
