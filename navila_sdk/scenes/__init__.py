"""Places for robots, as plain values: description, JSON, generator, occupancy, distances."""

from navila_sdk.scenes.scene import (
    SCENE_FORMAT,
    Doorway,
    Errand,
    Room,
    Scene,
    SceneObject,
    Shape,
    Solid,
)

__all__ = ["SCENE_FORMAT", "Doorway", "Errand", "Room", "Scene", "SceneObject", "Shape", "Solid"]
