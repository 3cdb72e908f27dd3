"""Reinforcement fine-tuning, VLN-R1's second stage: rewards over predicted action sequences."""
