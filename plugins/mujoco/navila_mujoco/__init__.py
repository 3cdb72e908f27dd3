"""The default world of navila_sdk: apartments, ray-cast camera and LiDAR, kinematic bodies, in MuJoCo without GL."""
