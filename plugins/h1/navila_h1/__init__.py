"""Unitree H1 for navila_sdk."""
