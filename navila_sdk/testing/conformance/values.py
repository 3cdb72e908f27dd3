"""The words of the kit: a check, what it found, and what comes of many: a report that names the file to mend."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import attrs

S = TypeVar("S")


class Status(enum.StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@attrs.frozen(slots=True)
class Fault:
    """Something that isn't as it should be.

    Attributes:
        what: What was looked at, such as ``limits.vx_max_mps``.
        value: What it is.
        expected: What it should be.
        mend: File to mend, with the line where it's known.
    """

    what: str
    value: str
    expected: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"; mend {self.mend}" if self.mend else ""
        return f"{self.what}: {self.value}; expected {self.expected}{where}"


@attrs.frozen(slots=True)
class Skip:
    """Why a check has nothing to look at."""

    why: str


Finding = Fault | Skip


@attrs.frozen(slots=True)
class Check(Generic[S]):
    """One property, looked at by itself.

    Attributes:
        name: As reports, ``--only`` and waivers write it.
        about: What it holds a plugin to, in one line.
        probe: Yields what it finds; nothing means passed.
        needs: Checks without which this one says nothing; it's skipped where one of them failed or was skipped. With a
            "?" behind its name, a skipped one doesn't count.
    """

    name: str
    about: str
    probe: Callable[[S], Iterable[Finding]]
    needs: tuple[str, ...] = ()


def check(name: str, *needs: str) -> Callable[[Callable[[S], Iterable[Finding]]], Check[S]]:
    """Make a check of a probe; the first line of its docstring says what it's about."""

    def made(probe: Callable[[S], Iterable[Finding]]) -> Check[S]:
        return Check(name, (probe.__doc__ or "").strip().splitlines()[0].rstrip("."), probe, needs)

    return made


@attrs.frozen(slots=True)
class Result:
    """What came of one check.

    Attributes:
        check: Its name.
        about: What it holds a plugin to.
        status: How it ended.
        faults: What was found, where it failed.
        why: Why it was skipped.
    """

    check: str
    about: str
    status: Status
    faults: tuple[Fault, ...] = ()
    why: str = ""

    @property
    def text(self) -> str:
        """The faults, one per line; or why it was skipped."""
        return "\n".join(str(fault) for fault in self.faults) or self.why


@attrs.frozen(slots=True)
class Report:
    """What came of all checks of one plugin.

    Attributes:
        kind: embodiment, world or planner.
        name: Of the plugin.
        results: In the order of the checks.
    """

    kind: str
    name: str
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """The results of the checks that failed."""
        return tuple(result for result in self.results if result.status is Status.FAILED)

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return not self.failed

    def plain(self) -> dict[str, Any]:
        """Return the report as plain values."""
        counts = {str(status): sum(r.status is status for r in self.results) for status in Status}
        rows = [attrs.asdict(result) for result in self.results]
        return {"kind": self.kind, "name": self.name, "ok": self.ok, **counts, "checks": rows}

    def __str__(self) -> str:
        lines = [f"{self.kind} {self.name}: {len(self.failed)} of {len(self.results)} checks failed"]
        lines += [f"  {result.check}: {fault}" for result in self.failed for fault in result.faults]
        return "\n".join(lines)
