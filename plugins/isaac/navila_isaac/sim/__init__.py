"""Isaac's side of the seam. Nothing in here may be imported before Isaac runs (``navila_isaac.app``).

These modules only turn plans into Isaac Lab's configurations and its tensors into arrays. No machine of ours could run
them; a test holds every name, argument and field in them against Isaac Lab's own source.
"""
