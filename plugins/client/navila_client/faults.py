"""What can go wrong between a robot and its planner server.

ClientError
├── WireError           a message that can't be read
├── LostServerError     no connection within the deadline
├── LostEpisodeError    the server came back without the episode
├── DeadlineError       no answer within the deadline
└── RefusedError        the server said no, and why
"""

from __future__ import annotations


class ClientError(Exception):
    """Base of all errors of this package."""


class WireError(ClientError):
    """A message is no msgpack, too large, or not of the form both sides agreed on."""


class LostServerError(ClientError):
    """There is no connection, and none could be made within the deadline."""


class LostEpisodeError(ClientError):
    """The server has forgotten this episode: it was started anew, or waited too long. Call ``reset``."""


class DeadlineError(ClientError):
    """The server didn't answer in time; its answer, should it come, is dropped."""


class RefusedError(ClientError):
    """The server refused a request.

    Attributes:
        kind: Class of the error there, such as ``InstructionError``.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)
