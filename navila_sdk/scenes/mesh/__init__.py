"""Scenes as meshes: what other simulators draw of ours, and scans that robots of ours can live in.

``write_glb`` writes any scene as a GLB; ``load_scene("scan.glb")`` reads one. Both need the extra ``mesh``.
"""

from navila_sdk.scenes.mesh.export import write_glb
from navila_sdk.scenes.mesh.place import mesh_facts, mesh_survey

__all__ = ["mesh_facts", "mesh_survey", "write_glb"]
