"""From what a robot senses of the ground to the grid its locomotion policy expects.

Unknown cells are NaN, never a silent zero; only NaVILA's own map, which its published policy was trained on,
fills them as its code does.
"""

from navila_sdk.perception.depth import depth_points
from navila_sdk.perception.elevation import ElevationMemory
from navila_sdk.perception.height_map import HeightMap, height_map_of
from navila_sdk.perception.navila_map import NAVILA_CELLS, navila_height_map
from navila_sdk.perception.robot_grid import RobotGrid

__all__ = [
    "NAVILA_CELLS",
    "ElevationMemory",
    "HeightMap",
    "RobotGrid",
    "depth_points",
    "height_map_of",
    "navila_height_map",
]
