"""From an action to motion: anchored goals, tracking, outcomes, and the safety chain after them."""
