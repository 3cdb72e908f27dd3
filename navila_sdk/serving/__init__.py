"""A planner behind a socket: sessions, limits, deadlines; the light client is the distribution navila-client."""
