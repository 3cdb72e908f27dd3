"""The Booster T1: a small humanoid with a camera in its head, one at its waist for the ground, and no LiDAR.

Without a LiDAR its safety scan covers only what the camera sees; it is blind to the sides and behind.
"""

import math

from navila_sdk.actions import Verb
from navila_sdk.embodiment import Camera, Embodiment, Footprint, HeightMapSpec, MotionLimits, VelocityMapping

embodiment = Embodiment(
    name="t1",
    title="Booster T1",
    navila_api="1",
    limits=MotionLimits(
        vx_max_mps=0.6,
        vx_min_mps=-0.3,
        vy_max_mps=0.3,
        wz_max_radps=1.0,
        ax_max_mps2=1.0,
        ay_max_mps2=0.6,
        awz_max_radps2=2.0,
    ),
    footprint=Footprint(length_m=0.36, width_m=0.50, height_m=1.18, clearance_m=0.05),
    base_height_m=0.68,
    camera=Camera(
        x_m=0.14,
        z_m=1.09,
        hfov_rad=math.radians(90),
        width_px=64,
        height_px=48,
        rate_hz=5.0,
    ),
    lidar=None,
    depth_camera=Camera(
        x_m=0.10,
        z_m=0.70,
        pitch_rad=math.radians(45),
        hfov_rad=math.radians(87),
        width_px=48,
        height_px=32,
        rate_hz=10.0,
    ),
    height_map=HeightMapSpec(
        x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1, offset_m=0.66, fill="nearest"
    ),
    mapping=VelocityMapping(
        forward_mps=0.5, lateral_mps=0.2, turn_radps=math.pi / 6, min_forward_mps=0.05, response_s=0.4
    ),
    verbs=frozenset(Verb),
    control_hz=50.0,
    model="navila_t1:t1.xml",
    recipe="navila_t1:locomotion.toml",
    policies={"blind": "navila_t1:policies/blind.onnx", "vision": "navila_t1:policies/vision.onnx"},
    driver="navila_t1.real:connect",
    twin="navila_booster.twin.t1:T1Twin",
    sources={
        "limits.vx_max_mps": "chosen: within the 1 m/s that booster_gym and booster_deploy train for; "
        "Booster publishes no limit, its SDK's examples drive at 0.2 m/s",
        "limits.vx_min_mps": "chosen: half of the forward limit, as the camera doesn't look backwards",
        "limits.vy_max_mps": "chosen: within the 0.8 m/s that MuJoCo Playground's T1 policy trains for",
        "limits.wz_max_radps": "booster_gym T1 command range, 1.0 rad/s; dimos clamps the real robot there too",
        "limits.ax_max_mps2": "booster_gym deployment: the command changes by 0.02 m/s per 20 ms tick",
        "limits.ay_max_mps2": "chosen: gentler sideways than ahead",
        "limits.awz_max_radps2": "chosen: to pi/6 rad/s in about a quarter of a second",
        "footprint.length_m": "chosen: feet of 0.223 m and a trunk 0.17 m deep (booster_assets "
        "T1_23dof.xml), with room for a stride",
        "footprint.width_m": "chosen: shoulders at 0.106 m from the middle (booster_assets T1_23dof.xml), arms beside",
        "footprint.height_m": "Booster's data for the T1: 1.18 m tall",
        "footprint.clearance_m": "chosen: its policies are trained on nearly flat floors",
        "base_height_m": "trunk over the sole in the standing pose, from booster_assets T1_23dof.xml: 0.679 m",
        "camera.x_m": "head at 0.0625 m, camera at the front of its 0.08 m sphere (booster_assets T1_23dof.xml)",
        "camera.y_m": "chosen: on the middle line",
        "camera.z_m": "trunk 0.68 m, neck 0.305 m and head centre 0.11 m above it (booster_assets T1_23dof.xml)",
        "camera.pitch_rad": "chosen: the head held level",
        "camera.hfov_rad": "Intel RealSense D455 data sheet: colour camera 90 degrees wide; one of the "
        "cameras the Booster SDK lists",
        "camera.width_px": "chosen: small and quick; worlds may render any size",
        "camera.height_px": "chosen: 4:3 of the width",
        "camera.rate_hz": "chosen: more than a planner of 1 to 2 Hz can use",
        "depth_camera": "chosen: the Booster SDK lists cameras at head and waist (CameraClient.GetCameras); one at the "
        "waist's height, half way to straight down, sees the ground from the feet to 5 m",
        "depth_camera.hfov_rad": "Intel RealSense D455 data sheet: depth 87 x 58 degrees",
        "height_map": "NaVILA-Bench H1 height_scan: 1.6 x 1.0 m in steps of 0.1 m, aligned with the heading",
        "height_map.offset_m": "the base's walking height in this robot's locomotion.toml",
        "mapping.forward_mps": "NaVILA paper and NaVILA-Bench: 0.5 m/s",
        "mapping.turn_radps": "NaVILA paper and NaVILA-Bench: pi/6 rad/s",
        "mapping.lateral_mps": "chosen: the speed of the Booster SDK's examples",
        "mapping.min_forward_mps": "measured on the shipped blind policy: 0.02 m/s doesn't move it, 0.05 m/s "
        "does, at 55 % (benchmarks/locomotion.py --part bands)",
        "mapping.response_s": "measured on the blind policies until 2026-11-29: from 0.5 m/s they coast for "
        "0.4 s; today's steps 2 cm back in stopping, whatever stands here",
        "mapping.min_lateral_mps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "mapping.min_turn_radps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "verbs": "Booster SDK B1LocoClient.Move takes forward, lateral and turning velocities of both signs",
        "control_hz": "Booster SDK MoveController sends commands at 50 Hz",
    },
)
