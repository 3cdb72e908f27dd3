"""Worlds that need no simulator; simulators are plugins."""
