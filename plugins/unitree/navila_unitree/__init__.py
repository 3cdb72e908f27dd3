"""What Unitree's robots share; nothing of the vendor's is imported before a robot or twin is made."""
