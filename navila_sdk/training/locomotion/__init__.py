"""Locomotion policies by reinforcement learning: recipe, symmetric network, PPO, and a policy card at the end."""
