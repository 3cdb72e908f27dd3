"""A stand-in for habitat_sim, for tests alone: its names, over a mesh, a grid and rays of our own.

It is NOT Habitat. Scenes are really loaded from GLB files, the floor is really found from their triangles, moves,
slides and shortest ways are really computed on it, and pictures are really cast, all in Habitat's frame. What it can't
tell is whether the real one behaves likewise; its tests run on the real one too, wherever that can be imported.
"""

from tests.habitat.standin.modules import installed

__all__ = ["installed"]
