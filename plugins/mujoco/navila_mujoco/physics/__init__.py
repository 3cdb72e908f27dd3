"""Legged bodies in physics: joints, servos and contacts, walked by a locomotion policy."""
