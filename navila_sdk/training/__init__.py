"""Training: policies and planners made from recipes that ship with what they made."""
