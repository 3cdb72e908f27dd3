"""Unitree Go2 for navila_sdk."""
