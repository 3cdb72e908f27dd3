"""The Unitree H1 as NaVILA-Bench sets it up: a camera half a metre above the pelvis, a LiDAR in the head."""

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

_PELVIS_HEIGHT_M = 0.98

embodiment = Embodiment(
    name="h1",
    title="Unitree H1",
    navila_api="1",
    limits=MotionLimits(
        vx_max_mps=0.8,
        vx_min_mps=-0.3,
        vy_max_mps=0.3,
        wz_max_radps=1.0,
        ax_max_mps2=0.8,
        ay_max_mps2=0.6,
        awz_max_radps2=2.0,
    ),
    footprint=Footprint(length_m=0.60, width_m=0.52, height_m=1.80, clearance_m=0.08),
    base_height_m=_PELVIS_HEIGHT_M,
    camera=Camera(
        x_m=0.1,
        z_m=_PELVIS_HEIGHT_M + 0.5,
        hfov_rad=2 * math.atan(54 / (2 * 24)),
        width_px=64,
        height_px=48,
        rate_hz=5.0,
    ),
    lidar=Lidar(
        x_m=0.0473,
        z_m=_PELVIS_HEIGHT_M + 0.67493,
        pitch_rad=0.243,
        elevations_rad=tuple(math.radians(-7 + 59 * channel / 19) for channel in range(20)),
        azimuths=180,
        range_m=40.0,
        rate_hz=10.0,
    ),
    depth_camera=Camera(
        x_m=0.10848,
        y_m=0.0325,
        z_m=_PELVIS_HEIGHT_M + 0.69317,
        pitch_rad=2.457 - math.pi / 2,
        hfov_rad=math.radians(87),
        width_px=48,
        height_px=30,
        rate_hz=10.0,
    ),
    height_map=HeightMapSpec(
        x_min_m=-0.8, x_max_m=0.8, y_min_m=-0.5, y_max_m=0.5, resolution_m=0.1, offset_m=0.98, fill="nearest"
    ),
    # The scan of NaVILA's own H1 policies (legged-loco's height_scan): x fastest, pelvis over ground less 0.5 m.
    more_height_maps=(
        HeightMapSpec(
            x_min_m=-0.8,
            x_max_m=0.8,
            y_min_m=-0.5,
            y_max_m=0.5,
            resolution_m=0.1,
            order="y-major",
            positive="down",
            offset_m=-0.5,
        ),
    ),
    mapping=VelocityMapping(
        forward_mps=0.5, lateral_mps=0.2, turn_radps=math.pi / 6, min_forward_mps=0.05, response_s=0.3
    ),
    verbs=frozenset(Verb),
    control_hz=50.0,
    model="navila_h1:h1.xml",
    recipe="navila_h1:locomotion.toml",
    policies={"blind": "navila_h1:policies/blind.onnx", "vision": "navila_h1:policies/vision.onnx"},
    driver="navila_h1.real:connect",
    twin="navila_h1.twin:H1Twin",
    sources={
        "limits.vx_max_mps": "unitree_rl_gym H1 deployment, max_cmd 0.8 m/s; Unitree publishes no limit",
        "limits.vx_min_mps": "unitree_rl_lab H1 command limit, -0.3 m/s",
        "limits.vy_max_mps": "unitree_rl_lab H1 command limit, 0.3 m/s",
        "limits.wz_max_radps": "NaVILA legged-loco H1 command range, 1.0 rad/s; unitree_rl_gym deploys with "
        "up to 1.57 rad/s",
        "limits.ax_max_mps2": "chosen: gentler than booster_gym's command slew of 1 m/s2 for a smaller biped",
        "limits.ay_max_mps2": "chosen: gentler sideways than ahead",
        "limits.awz_max_radps2": "chosen: to pi/6 rad/s in about a quarter of a second",
        "footprint.length_m": "the forearms reach 0.31 m ahead as policies hold them (unitree_mujoco h1.xml), rounded",
        "footprint.width_m": "the arms' outer sides lie 0.254 m from the middle (unitree_mujoco h1.xml), rounded up",
        "footprint.height_m": "head at 1.71 to 1.78 m (unitree_ros h1.urdf sensor mounts), rounded up",
        "footprint.clearance_m": "chosen: within the 0.05 to 0.23 m stairs of NaVILA legged-loco's H1 training",
        "base_height_m": "pelvis over the sole with bent knees, from the link lengths in unitree_mujoco h1.xml",
        "camera": "NaVILA-Bench h1 rgbd_camera: 0.1 m ahead of and 0.5 m above the pelvis, looking along +x",
        "camera.hfov_rad": "NaVILA-Bench h1 rgbd_camera: aperture 54, focal length 24, so 96.7 degrees",
        "camera.y_m": "NaVILA-Bench h1 rgbd_camera: on the middle line",
        "camera.width_px": "chosen: small and quick; worlds may render any size",
        "camera.height_px": "chosen: 4:3 of the width",
        "camera.rate_hz": "chosen: more than a planner of 1 to 2 Hz can use",
        "lidar": "unitree_ros h1.urdf, mid360 joint on the torso: 0.0473 m ahead, 0.67493 m up, pitch 0.243 rad",
        "lidar.elevations_rad": "Livox Mid-360 data sheet: -7 to 52 degrees; chosen: 20 channels",
        "lidar.azimuths": "chosen: every 2 degrees; the sensor's own pattern doesn't repeat",
        "lidar.range_m": "Livox Mid-360 data sheet: 40 m at 10 % reflectivity",
        "lidar.rate_hz": "Livox Mid-360 data sheet: 10 Hz",
        "depth_camera": "unitree_ros h1.urdf, d435 joint on the torso: 0.10848 m ahead, 0.0325 m left, 0.69317 m up, "
        "rpy -2.457 0 -pi/2, so looking 51 degrees down; Intel RealSense D435 data sheet: depth 87 x 58 degrees",
        "depth_camera.width_px": "chosen: enough for cells of 5 cm",
        "depth_camera.height_px": "chosen: the sensor's aspect",
        "depth_camera.rate_hz": "chosen: a third of what the sensor can do",
        "height_map": "NaVILA-Bench H1 height_scan: 1.6 x 1.0 m in steps of 0.1 m, aligned with the heading",
        "more_height_maps": "NaVILA legged-loco mdp/observations.py, the grid its published policies see",
        "height_map.offset_m": "the base's walking height in this robot's locomotion.toml",
        "mapping.forward_mps": "NaVILA paper and NaVILA-Bench: 0.5 m/s",
        "mapping.turn_radps": "NaVILA paper and NaVILA-Bench: pi/6 rad/s",
        "mapping.lateral_mps": "chosen: below the lateral limit; NaVILA never steps sideways",
        "mapping.min_forward_mps": "measured on the shipped blind policy: 0.02 m/s doesn't move it, 0.05 m/s "
        "does, at 65 to 85 % (benchmarks/locomotion.py --part bands)",
        "mapping.response_s": "measured on the shipped blind policy: after 0.5 m/s it coasts as far as 0.3 s take it",
        "mapping.min_lateral_mps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "mapping.min_turn_radps": "measured on the shipped policies: no dead band down to 0.02 "
        "(benchmarks/locomotion.py --part bands)",
        "verbs": "Unitree's H1 loco service, SetVelocity: forward, lateral and turning velocities of both signs",
        "control_hz": "NaVILA-Bench control rate, 50 Hz",
    },
)
