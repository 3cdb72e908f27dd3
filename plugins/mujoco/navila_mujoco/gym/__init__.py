"""Many copies of one legged body at once, for reinforcement learning: MuJoCo's threaded batch behind arrays."""
