"""Doubles and checks for people who test robots, planners and worlds."""
