"""The Unitree Go2 as NaVILA uses it: with a camera half a metre above the base and the LiDAR under the head.

The robot's own front camera is a fisheye 0.36 m over the floor and looks at table legs. NaVILA's model was
trained at eye level and is tested on this body with the raised pinhole camera, so that one is the default.
"""

import math

from navila_sdk.actions import Verb
from navila_sdk.embodiment import (
    Camera,
    Embodiment,
    Footprint,
    HeightMapSpec,
    Lidar,
    MotionLimits,
    VelocityMapping,
)

_BASE_HEIGHT_M = 0.32
_HEAD_X_M = 0.293
_HEAD_BELOW_BASE_M = 0.06

embodiment = Embodiment(
    name="go2",
    title="Unitree Go2",
    navila_api="1",
    limits=MotionLimits(
        vx_max_mps=1.0,
        vx_min_mps=-0.5,
        vy_max_mps=0.4,
        wz_max_radps=1.0,
        ax_max_mps2=1.5,
        ay_max_mps2=1.0,
        awz_max_radps2=3.0,
    ),
    footprint=Footprint(length_m=0.70, width_m=0.32, height_m=0.86, clearance_m=0.10),
    base_height_m=_BASE_HEIGHT_M,
    camera=Camera(
        x_m=0.1,
        z_m=_BASE_HEIGHT_M + 0.5,
        hfov_rad=2 * math.atan(54 / (2 * 24)),
        width_px=64,
        height_px=48,
        rate_hz=5.0,
    ),
    lidar=Lidar(
        x_m=_HEAD_X_M,
        z_m=_BASE_HEIGHT_M - _HEAD_BELOW_BASE_M,
        pitch_rad=math.pi - 2 * math.atan(0.131 / 0.991),
        elevations_rad=tuple(math.radians(90 * channel / 31) for channel in range(32)),
        azimuths=89,
        range_m=20.0,
        rate_hz=10.0,
    ),
    height_map=HeightMapSpec(
        x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1, offset_m=0.31, fill="nearest"
    ),
    # The map of NaVILA's own Go2 policy, in its LiDAR's frame: legged-loco mdp/observations.py, height_map_lidar.
    more_height_maps=(
        HeightMapSpec(
            x_min_m=-0.8,
            x_max_m=0.16,
            y_min_m=-0.8,
            y_max_m=0.76,
            resolution_m=0.06,
            frame="navila-lidar",
            positive="down",
            clip_m=(-10.0, 10.0),
        ),
    ),
    mapping=VelocityMapping(forward_mps=0.5, lateral_mps=0.3, turn_radps=math.pi / 6),
    verbs=frozenset(Verb),
    control_hz=50.0,
    model="navila_go2:go2.xml",
    recipe="navila_go2:locomotion.toml",
    policies={"blind": "navila_go2:policies/blind.onnx", "vision": "navila_go2:policies/vision.onnx"},
    driver="navila_go2.real:connect",
    twin="navila_go2.twin:Go2Twin",
    sources={
        "limits.vx_max_mps": "chosen: NaVILA's Go2 policy is trained to 1.0 m/s; sport mode takes -2.5 to "
        "3.8 m/s (Unitree 'Motion Services Interface V2.0', 2025-05-12, Move)",
        "limits.vx_min_mps": "chosen: half of NaVILA's training range (-1.0 m/s), as nothing looks "
        "backwards; sport mode takes -2.5 m/s (same page)",
        "limits.vy_max_mps": "unitree_rl_lab Go2 command limit, 0.4 m/s; sport mode takes 1.0 m/s (same page)",
        "limits.wz_max_radps": "NaVILA legged-loco Go2 command range, 1.0 rad/s; sport mode takes 4 rad/s (same page)",
        "limits.ax_max_mps2": "chosen: from rest to 0.5 m/s in a third of a second; the vendor publishes none",
        "limits.ay_max_mps2": "chosen: gentler sideways than ahead; the vendor publishes none",
        "limits.awz_max_radps2": "chosen: to pi/6 rad/s in about 0.2 s; the vendor publishes none",
        "footprint.length_m": "body 0.686 m long (dimos robot constants), rounded up",
        "footprint.width_m": "body 0.318 m wide (dimos robot constants), rounded up",
        "footprint.height_m": "chosen: the raised camera (0.82 m) and its housing; the body alone is 0.45 m high",
        "footprint.clearance_m": "chosen: well below the step height of about 16 cm in the Go2 manual",
        "base_height_m": "NaVILA legged-loco Go2 reward, base height target 0.32 m",
        "camera": "NaVILA-Bench go2 rgbd_camera: 0.1 m ahead of and 0.5 m above the base, looking along +x",
        "camera.hfov_rad": "NaVILA-Bench go2 rgbd_camera: aperture 54, focal length 24, so 96.7 degrees",
        "camera.y_m": "NaVILA-Bench go2 rgbd_camera: on the middle line",
        "camera.width_px": "chosen: small and quick; worlds may render any size",
        "camera.height_px": "chosen: 4:3 of the width",
        "camera.rate_hz": "chosen: more than a planner of 1 to 2 Hz can use",
        "lidar": "NaVILA-Bench go2 lidar_sensor: at Head_lower (0.293, 0, -0.06 m from the base, "
        "unitree_ros go2_description), quaternion (0, -0.991, 0, -0.131): z axis down and 15 degrees ahead",
        "lidar.elevations_rad": "NaVILA-Bench go2 lidar_sensor: 32 channels, 0 to 90 degrees",
        "lidar.azimuths": "NaVILA-Bench go2 lidar_sensor: -180 to 180 degrees in steps of 4, end point dropped",
        "lidar.range_m": "Unitree L1 LiDAR data: 20 m and more",
        "lidar.rate_hz": "chosen: twice the camera's rate; the bench refreshes at 50 Hz",
        "height_map": "NaVILA-Bench's height scan: 1.6 x 1.0 m in steps of 0.1 m, aligned with the heading",
        "more_height_maps": "NaVILA legged-loco mdp/observations.py, the grid its published policies see",
        "height_map.offset_m": "the base's walking height in this robot's locomotion.toml",
        "mapping.forward_mps": "NaVILA paper and NaVILA-Bench: 0.5 m/s",
        "mapping.turn_radps": "NaVILA paper and NaVILA-Bench: pi/6 rad/s",
        "mapping.lateral_mps": "chosen: below the lateral limit; NaVILA never steps sideways",
        "mapping.min_forward_mps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "mapping.response_s": "measured on the shipped policies: after 0.5 m/s it coasts as far as 0.05 s take it",
        "mapping.min_lateral_mps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "mapping.min_turn_radps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "verbs": "Unitree sport mode Move takes forward, lateral and turning velocities of both signs",
        "control_hz": "NaVILA-Bench control rate, 50 Hz",
    },
)
