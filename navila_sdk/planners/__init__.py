"""The shipped planners; each registers through the same entry points as anyone else's."""
