"""The robot's own computer: one robot, one operator at a time, instructions from afar, the safety chain at home."""
