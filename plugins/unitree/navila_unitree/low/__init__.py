"""Joint level: LowCmd and LowState, the motors' order, the motion switcher, the robot's own height map."""
