"""A vendor's status codes in words, with what helps, and as errors."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from navila_sdk.errors import RobotBusyError, RobotRefusedError, RobotUnreachableError


@attrs.frozen(slots=True, kw_only=True)
class Codes:
    """What a vendor's codes mean; 0 is success.

    Attributes:
        words: For each code what happened, and what helps ("" for nothing).
        unreachable: Those that say that nobody answered.
        busy: Those that say that the robot does something else.
    """

    words: Mapping[int, tuple[str, str]]
    unreachable: frozenset[int]
    busy: frozenset[int] = frozenset()

    def explained(self, code: int) -> str:
        """Return a code in words, with what helps."""
        unknown = ("a code this driver doesn't know", "look it up in the vendor's documentation")
        what, remedy = self.words.get(code, unknown)
        return f"code {code}: {what}" + (f"; {remedy}" if remedy else "")

    def check(self, code: int, what: str) -> None:
        """Return where the code says it went well.

        Args:
            code: As the SDK returned it.
            what: What was asked, for the message: "robot: walking".

        Raises:
            RobotUnreachableError: Nobody answered.
            RobotBusyError: It does something else.
            RobotRefusedError: The robot answered with an error.
        """
        if code == 0:
            return
        message = f"{what} failed with {self.explained(code)}"
        if code in self.unreachable:
            raise RobotUnreachableError(message)
        if code in self.busy:
            raise RobotBusyError(message)
        raise RobotRefusedError(message, code)
