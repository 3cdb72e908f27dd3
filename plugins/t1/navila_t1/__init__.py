"""Booster T1 for navila_sdk."""
