"""The twin: a simulated body behind Booster's topics and requests, on Fast DDS."""
