"""What drivers and twins of real robots are made of, whoever makes the robot: each part has one job and no vendor."""
