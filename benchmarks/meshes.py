"""What a mesh scene costs: export, first and later loads, camera frames, memory; beside the solid scene.

    python benchmarks/meshes.py [SCENE] [--triangles N]

Seconds are of processor time, which other programs don't change much. With --triangles the mesh is cut into about that
many triangles, jittered by 5 mm and coloured by vertex, as scans are.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import attrs
import numpy as np
from navila_mujoco.camera import RayCamera
from navila_mujoco.sight import Sight

from navila_sdk.plugins import Plugins
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.scenes.mesh import mesh_survey, write_glb
from navila_sdk.scenes.mesh.blocks import plan_blocks, solid_blocks

FRAMES = {(64, 48): 60, (640, 480): 6}


def scanned(glb: Path, triangles: int) -> Path:
    """Write a mesh anew as a scanner would have it: many small triangles, rough, coloured by vertex."""
    import trimesh

    mesh = trimesh.load(glb, force="mesh", process=False)
    colors = np.asarray(mesh.visual.to_color().vertex_colors)
    edge = float(np.sqrt(mesh.area / triangles * 4 / np.sqrt(3))) * 1.2
    vertices, faces, index = trimesh.remesh.subdivide_to_size(mesh.vertices, mesh.faces, edge, return_index=True)
    vertices = vertices + np.random.default_rng(1).normal(0, 0.005, vertices.shape)
    rgb = np.zeros((len(vertices), 4), np.uint8)
    rgb[faces.ravel()] = np.repeat(colors[mesh.faces[index, 0]], 3, axis=0)
    path = glb.with_name("scan.ply")
    trimesh.Trimesh(
        np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=1), faces, vertex_colors=rgb, process=False
    ).export(path)
    return path


def load_seconds(path: Path) -> tuple[float, float]:
    """Return processor seconds and peak MiB of a fresh process that loads the scene."""
    code = (
        "import sys, time; from navila_sdk.scenes import load_scene; from navila_sdk.scenes.mesh import mesh_survey; "
        "start = time.process_time(); scene = load_scene(sys.argv[1]); mesh_survey(scene.mesh); "
        "spent = time.process_time() - start; lines = open('/proc/self/status').read().splitlines(); "
        "print(spent, int(next(line for line in lines if line.startswith('VmHWM')).split()[1]) / 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout
    seconds, mebibytes = (float(part) for part in out.split())
    return seconds, mebibytes


def frames(scene: Scene) -> dict[tuple[int, int], float]:
    """Return pictures a second of processor time, by picture size."""
    camera, sight = Plugins().embodiment("go2").camera, Sight(scene, ceiling=True)
    found: dict[tuple[int, int], float] = {}
    for size, count in FRAMES.items():
        eye = RayCamera(camera, sight, size)
        eye.capture(scene.start)
        start = time.process_time()
        for _ in range(count):
            eye.capture(scene.start)
        found[size] = count / (time.process_time() - start)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scene", nargs="?", default="apartment:7")
    parser.add_argument("--triangles", type=int, default=0)
    asked = parser.parse_args()
    solid = load_scene(asked.scene)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        start = time.process_time()
        path = write_glb(solid, Path(folder) / "scene.glb")
        print(f"export {time.process_time() - start:.2f} s, {path.stat().st_size / 1024:.0f} KiB")
        if asked.triangles:
            path = scanned(path, asked.triangles)
        for name in ("first load", "from the cache"):
            seconds, mebibytes = load_seconds(path)
            print(f"{name} {seconds:.2f} s, {mebibytes:.0f} MiB at most")
        kept = sum(file.stat().st_size for file in Path(folder, "cache").rglob("*.np*"))
        mesh = load_scene(path)
        columns = mesh_survey(mesh.mesh).columns if mesh.mesh else None
        assert columns is not None
        print(f"{len(mesh_survey(mesh.mesh).faces)} triangles, {kept / 2**20:.1f} MiB kept")
        gliding, legs = len(plan_blocks(columns, 0.1, 0.86)), len(solid_blocks(columns, 2.0))
        print(f"{gliding} boxes for a gliding body, {legs} for legs")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        Sight(mesh, ceiling=True)
        built = time.process_time() - start
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"to be seen: built in {built:.2f} s, {more:.0f} MiB more")
        for name, scene in (("solids", solid), ("mesh", attrs.evolve(mesh, start=solid.start))):
            for (wide, high), rate in frames(scene).items():
                print(f"{name}: {rate:.1f} pictures/s of {wide} x {high}")


if __name__ == "__main__":
    main()
