"""What stands in the world: blocks, scans and lights, spawned by Isaac Lab."""

from __future__ import annotations

import isaaclab.sim as sim_utils

from navila_isaac.blocks import Block, Lamp
from navila_isaac.frames import RAISED, UNTURNED, Xyz
from navila_isaac.places import Scan, Solids
from navila_sdk.scenes.scene import Shape

FRICTION = 1.0
"""legged-loco's material: static and dynamic friction 1.0, multiplied."""


def material() -> sim_utils.RigidBodyMaterialCfg:
    """Return the physics material of everything."""
    return sim_utils.RigidBodyMaterialCfg(
        static_friction=FRICTION, dynamic_friction=FRICTION, friction_combine_mode="multiply"
    )


def spawn_place(path: str, holds: Solids | Scan) -> None:
    """Spawn what a place holds below a prim of its own.

    Args:
        path: The prim. Isaac Lab remembers meshes by their prims' paths, so no two worlds of a process may share it.
        holds: What stands there.
    """
    sim_utils.create_prim(path, "Xform")
    for number, block in enumerate(holds.blocks):
        _spawn_block(f"{path}/block_{number:05d}", block)
    if isinstance(holds, Scan):
        _spawn_scan(f"{path}/scan", holds)


def _spawn_block(path: str, block: Block) -> None:
    paint = sim_utils.PreviewSurfaceCfg(diffuse_color=block.rgb, roughness=0.9)
    touch = sim_utils.CollisionPropertiesCfg(collision_enabled=True) if block.collides else None
    width, depth, height = block.size_m
    if block.shape is Shape.BOX:
        box = sim_utils.CuboidCfg(
            size=(width, depth, height), visual_material=paint, collision_props=touch, physics_material=material()
        )
        sim_utils.spawn_cuboid(path, box, translation=block.center_m, orientation=block.wxyz)
    elif block.shape is Shape.CYLINDER:
        tube = sim_utils.CylinderCfg(
            radius=width / 2,
            height=height,
            axis="Z",
            visual_material=paint,
            collision_props=touch,
            physics_material=material(),
        )
        sim_utils.spawn_cylinder(path, tube, translation=block.center_m, orientation=block.wxyz)
    else:
        ball = sim_utils.SphereCfg(
            radius=width / 2, visual_material=paint, collision_props=touch, physics_material=material()
        )
        sim_utils.spawn_sphere(path, ball, translation=block.center_m, orientation=block.wxyz)


def _spawn_scan(path: str, scan: Scan) -> None:
    usd_path = str(scan.path.resolve())
    if scan.kind == "model":
        # Isaac Lab writes USD files with z up around a mesh whose own axes stay: a y-up one must be raised.
        converter = sim_utils.MeshConverterCfg(
            asset_path=usd_path,
            make_instanceable=False,
            scale=(scan.scale, scan.scale, scan.scale),
            rotation=RAISED if scan.up == "y" else UNTURNED,
        )
        usd_path = sim_utils.MeshConverter(converter).usd_path
    lowered: Xyz = (0.0, 0.0, -scan.floor_m)
    sim_utils.spawn_from_usd(path, sim_utils.UsdFileCfg(usd_path=usd_path), translation=lowered)
    for prim in sim_utils.get_all_matching_child_prims(path, lambda prim: prim.GetTypeName() == "Mesh"):
        mesh = prim.GetPath().pathString
        sim_utils.define_collision_properties(mesh, sim_utils.CollisionPropertiesCfg(collision_enabled=True))
        sim_utils.define_mesh_collision_properties(mesh, sim_utils.TriangleMeshPropertiesCfg())


def spawn_lamp(path: str, lamp: Lamp, offset_m: Xyz) -> None:
    """Spawn a light.

    Args:
        path: Where; one that's carried belongs below the prim of the base link.
        lamp: The light.
        offset_m: Where the base origin lies in that link's frame.
    """
    if lamp.kind == "sky":
        sim_utils.spawn_light(path, sim_utils.DomeLightCfg(intensity=lamp.intensity))
    elif lamp.kind == "disk":
        disk = sim_utils.DiskLightCfg(intensity=lamp.intensity, radius=0.3)
        sim_utils.spawn_light(path, disk, translation=lamp.position_m)
    else:
        bulb = sim_utils.SphereLightCfg(intensity=lamp.intensity, radius=0.05)
        x, y, z = (part + shift for part, shift in zip(lamp.position_m, offset_m, strict=True))
        sim_utils.spawn_light(path, bulb, translation=(x, y, z))
