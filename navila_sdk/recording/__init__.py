"""Episode log, run.json, replay and report."""
