"""How an instruction can name a thing so that only one is meant: by colour, room, or what stands beside it."""

from __future__ import annotations

import math

import attrs

from navila_sdk.scenes.scene import Scene, SceneObject

BESIDE_M = 1.6


@attrs.frozen(slots=True)
class Naming:
    """What tells a thing from all others.

    Attributes:
        thing: The thing.
        alone: Whether colour and noun name only it in the whole apartment.
        noun_alone: Whether the noun does by itself.
        beside: Things with unmistakable names right beside it.
    """

    thing: SceneObject
    alone: bool
    noun_alone: bool
    beside: tuple[SceneObject, ...]


def naming(scene: Scene, thing: SceneObject) -> Naming | None:
    """Return how to name a thing; None where its room has another of the same colour and noun."""
    same = [other for other in scene.objects if other.name == thing.name]
    if any(other is not thing and other.room == thing.room for other in same):
        return None
    x, y = thing.position_m
    beside = tuple(
        other
        for other in scene.objects
        if other is not thing
        and other.room == thing.room
        and other.name != thing.name
        and math.hypot(other.position_m[0] - x, other.position_m[1] - y) <= BESIDE_M
        and sum(o.name == other.name and o.room == other.room for o in scene.objects) == 1
    )
    nouns = sum(other.noun == thing.noun for other in scene.objects)
    return Naming(thing, len(same) == 1, nouns == 1, beside)
