"""Numbers of the motion service's requests (booster_robotics_sdk, b1_loco_api.hpp: LocoApiId)."""

CHANGE_MODE = 2000
MOVE = 2001
GET_MODE = 2017
GET_STATUS = 2018
ROBOT_INFO = 2022
