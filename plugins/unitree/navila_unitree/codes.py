"""The vendor's error codes in words, with what helps."""

from __future__ import annotations

from navila_sdk.hardware.codes import Codes

_WORDS = {
    3001: ("unknown error", ""),
    3102: ("the request couldn't be sent: nobody serves it", "see that the robot is on and its motion service runs"),
    3103: ("the request isn't known to the SDK", "install the SDK version this driver is written for"),
    3104: ("no answer in time", "see that the robot is on, near, and its motion service runs"),
    3105: ("the answer was to something else", "try again"),
    3106: ("the request's data are broken", "report it"),
    3107: ("the lease isn't valid", "end the other program that drives the robot"),
    3201: ("the robot couldn't send", "try again"),
    3202: ("the robot failed inside", "restart its motion service"),
    3203: ("the robot's firmware doesn't know this request", "update its firmware, or use the SDK that fits it"),
    3204: ("the robot refused the parameters", "update its firmware, or use the SDK that fits it"),
    3205: ("another program holds the robot's lease", "end the other program that drives the robot"),
    3206: ("there is no such lease", "try again"),
    3207: ("the lease is taken", "end the other program that drives the robot"),
    4101: ("the trajectory has the wrong number of points", "report it"),
    4201: ("the motion didn't finish in time", "see that nothing holds the robot"),
    4202: ("the motion state machine isn't initialised", "wait until the robot stands, or restart its motion service"),
    4205: ("the motion state machine isn't initialised", "wait until the robot stands, or restart its motion service"),
    4206: ("the robot's posture doesn't allow it", "put it on its feet on level ground"),
    7002: ("the mode is being switched", "wait ten seconds and try again"),
    7301: ("the robot's state machine refused", "bring the robot into a state that walks"),
}
UNREACHABLE = frozenset({3102, 3104})
_CODES = Codes(words=_WORDS, unreachable=UNREACHABLE)
check, explained = _CODES.check, _CODES.explained
