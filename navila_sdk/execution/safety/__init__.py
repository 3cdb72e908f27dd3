"""The chain every command passes before it reaches a driver; no plugin can go round it."""
