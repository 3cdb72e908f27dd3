"""What a body sees with: Isaac Lab's ray casters and RTX cameras, on the base link."""

from __future__ import annotations

import numpy as np
import torch
from isaaclab.sensors import Camera, CameraCfg, MultiMeshRayCaster, MultiMeshRayCasterCfg
from isaaclab.sensors.ray_caster.patterns import PatternBaseCfg
from isaaclab.sim import PinholeCameraCfg
from numpy.typing import NDArray

from navila_isaac.cameras import FAR_M, NEAR_M, CameraPlan
from navila_isaac.frames import CAMERA_CONVENTION, Xyz
from navila_isaac.rays import RayBundle
from navila_isaac.sim.bodies import numbers

OVERVIEW_APERTURE = 40.0
"""At Isaac Lab's focal length of 24: 80 degrees wide."""


class Caster:
    """Casts a bundle of rays from the base link at everything in the place; the robot isn't in it.

    Args:
        base_path: Prim of the base link.
        offset_m: Where the base origin lies in that prim's frame.
        place_path: Prim of the place; all its meshes and primitives together.
        bundle: The rays.
    """

    def __init__(self, base_path: str, offset_m: Xyz, place_path: str, bundle: RayBundle) -> None:
        target = MultiMeshRayCasterCfg.RaycastTargetCfg(
            prim_expr=place_path, merge_prim_meshes=True, track_mesh_transforms=False
        )
        cfg = MultiMeshRayCasterCfg(
            prim_path=base_path,
            mesh_prim_paths=[target],
            pattern_cfg=PatternBaseCfg(func=_pattern(bundle, offset_m)),
            max_distance=bundle.reach_m,
            ray_alignment=bundle.aligned,
        )
        self._sensor = MultiMeshRayCaster(cfg)

    def cast(self) -> NDArray[np.float64]:
        """Return where the rays end now (N, 3), infinite where they hit nothing."""
        self._sensor.update(0.0, force_recompute=True)
        return numbers(self._sensor.data.ray_hits_w)


def _pattern(bundle: RayBundle, offset_m: Xyz):  # noqa: ANN202 - Isaac Lab's own kind of function
    def rays(cfg: PatternBaseCfg, device: str) -> tuple[torch.Tensor, torch.Tensor]:
        del cfg
        starts = torch.tensor(bundle.starts_m + np.array(offset_m), dtype=torch.float32, device=device)
        return starts, torch.tensor(bundle.directions, dtype=torch.float32, device=device)

    return rays


class Eye:
    """The robot's camera: colour, and depth along the axis.

    Args:
        base_path: Prim of the base link.
        offset_m: Where the base origin lies in that prim's frame.
        plan: The camera.
    """

    def __init__(self, base_path: str, offset_m: Xyz, plan: CameraPlan) -> None:
        x, y, z = (part + shift for part, shift in zip(plan.position_m, offset_m, strict=True))
        cfg = CameraCfg(
            prim_path=f"{base_path}/navila_eye",
            width=plan.width_px,
            height=plan.height_px,
            data_types=["rgb", "distance_to_image_plane"],
            spawn=PinholeCameraCfg(
                focal_length=plan.focal_length, horizontal_aperture=plan.aperture, clipping_range=(NEAR_M, FAR_M)
            ),
            offset=CameraCfg.OffsetCfg(pos=(x, y, z), rot=plan.wxyz, convention=CAMERA_CONVENTION),
        )
        self._camera = Camera(cfg)

    def look(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the last rendered picture, uint8 (H, W, 3), and its depth in metres, float32 (H, W)."""
        self._camera.update(0.0, force_recompute=True)
        output = self._camera.data.output
        depth = output["distance_to_image_plane"][0, :, :, 0].cpu().numpy().astype(np.float32)
        return _rgb(output["rgb"]), depth


class Onlooker:
    """A camera that stands in the world, for films."""

    def __init__(self, path: str, size_px: tuple[int, int], device: str) -> None:
        self._device = device
        cfg = CameraCfg(
            prim_path=path,
            width=size_px[0],
            height=size_px[1],
            data_types=["rgb"],
            spawn=PinholeCameraCfg(horizontal_aperture=OVERVIEW_APERTURE, clipping_range=(NEAR_M, FAR_M)),
        )
        self._camera = Camera(cfg)

    def aim(self, eye_m: Xyz, target_m: Xyz) -> None:
        """Look from a point at another; seen with the next rendering."""
        self._camera.set_world_poses_from_view(self._row(eye_m), self._row(target_m))

    def look(self) -> NDArray[np.uint8]:
        """Return the last rendered picture, uint8 (H, W, 3)."""
        self._camera.update(0.0, force_recompute=True)
        return _rgb(self._camera.data.output["rgb"])

    def _row(self, point_m: Xyz) -> torch.Tensor:
        return torch.tensor([list(point_m)], dtype=torch.float32, device=self._device)


def _rgb(pictures: torch.Tensor) -> NDArray[np.uint8]:
    return np.ascontiguousarray(pictures[0, :, :, :3].cpu().numpy().astype(np.uint8))
