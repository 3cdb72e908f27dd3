"""Places for robots, as plain values: description, JSON, generator, occupancy, distances."""

from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.scene import (
    SCENE_FORMAT,
    Doorway,
    Errand,
    Room,
    Scene,
    SceneMesh,
    SceneObject,
    Shape,
    Solid,
)
from navila_sdk.scenes.text import save_scene, scene_from_json, scene_to_json

__all__ = [
    "SCENE_FORMAT",
    "Doorway",
    "Errand",
    "Room",
    "Scene",
    "SceneMesh",
    "SceneObject",
    "Shape",
    "Solid",
    "load_scene",
    "save_scene",
    "scene_from_json",
    "scene_to_json",
]
