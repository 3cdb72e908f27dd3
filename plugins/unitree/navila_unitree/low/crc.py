"""The vendor's checksum: CRC-32 with polynomial 0x04C11DB7 from 0xFFFFFFFF, over 32-bit words, high bits first.

zlib knows the same polynomial the other way round; on mirrored words it gives the mirrored sum, and is a thousand
times quicker than a loop.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

LOW_COMMAND = struct.Struct("<4B4IH2x" + "B3x5f3I" * 20 + "4B" + "55Bx2I")
"""A LowCmd as the firmware's C compiler lays it out: 812 bytes, the checksum last."""
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def checksum(data: bytes) -> int:
    """Return the checksum of little-endian 32-bit words."""
    mirrored = np.frombuffer(data, "<u4").byteswap().tobytes().translate(_MIRRORED)
    return int(f"{zlib.crc32(mirrored) ^ 0xFFFFFFFF:032b}"[::-1], 2)


def command_checksum(message: Any) -> int:  # noqa: ANN401 - the SDK publishes no types
    """Return the checksum a LowCmd_ must carry.

    Raises:
        struct.error: A number doesn't fit its field.
    """
    head = (*message.head, message.level_flag, message.frame_reserve, *message.sn, *message.version, message.bandwidth)
    motors = [
        part
        for motor in message.motor_cmd
        for part in (motor.mode, motor.q, motor.dq, motor.tau, motor.kp, motor.kd, *motor.reserve)
    ]
    battery = (message.bms_cmd.off, *message.bms_cmd.reserve)
    tail = (*message.wireless_remote, *message.led, *message.fan, message.gpio, message.reserve, 0)
    return checksum(LOW_COMMAND.pack(*head, *motors, *battery, *tail)[:-4])
