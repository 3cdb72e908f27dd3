"""Benchmarks: episodes with a goal, metrics as the field defines them, a runner that loses and repeats nothing."""
