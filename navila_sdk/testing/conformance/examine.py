"""Runs checks: each by itself, what it needs first, and whatever a plugin does told as a fault of that check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from navila_sdk.errors import UnknownNameError
from navila_sdk.plugins.loading import describe
from navila_sdk.testing.conformance.places import raised_at
from navila_sdk.testing.conformance.subject import Subject
from navila_sdk.testing.conformance.values import Check, Fault, Finding, Report, Result, Skip, Status

S = TypeVar("S", bound=Subject)


class Examination(Generic[S]):
    """A plugin and its checks; results are remembered.

    Args:
        subject: The plugin.
        checks: All that there are for its kind; the first is needed by every other.
        waived: Checks that are left out, by name, with the reason.

    Raises:
        UnknownNameError: A waiver names no check.
    """

    def __init__(self, subject: S, checks: Sequence[Check[S]], waived: Mapping[str, str] | None = None) -> None:
        self.subject = subject
        self._checks = {check.name: check for check in checks}
        self._waived = dict(waived or {})
        self._results: dict[str, Result] = {}
        for name in self._waived:
            self._known(name)

    def result(self, name: str) -> Result:
        """Return what comes of one check, and of what it needs before.

        Raises:
            UnknownNameError: There is no such check.
        """
        check = self._known(name)
        if name not in self._results:
            self._results[name] = self._examined(check)
        return self._results[name]

    def report(self, only: Sequence[str] = ()) -> Report:
        """Return what comes of all checks, or of some."""
        names = [self._known(name).name for name in only] or list(self._checks)
        results = tuple(self.result(name) for name in names)
        return Report(self.subject.kind, self.subject.name, results)

    def _known(self, name: str) -> Check[S]:
        if name not in self._checks:
            raise UnknownNameError(f"{self.subject.kind} check", name, self._checks)
        return self._checks[name]

    def _examined(self, check: Check[S]) -> Result:
        if check.name in self._waived:
            return Result(check.name, check.about, Status.SKIPPED, why=f"waived: {self._waived[check.name]}")
        first = next(iter(self._checks))
        for need in () if check.name == first else (first, *check.needs):
            need, optional = need.removesuffix("?"), need.endswith("?") or need.removesuffix("?") in self._waived
            before = self.result(need)
            if before.status is Status.FAILED or (before.status is Status.SKIPPED and not optional):
                why = before.why or f"{need} {before.status}"
                return Result(check.name, check.about, Status.SKIPPED, why=why)
        found = self._probed(check)
        faults = tuple(finding for finding in found if isinstance(finding, Fault))
        skips = [finding.why for finding in found if isinstance(finding, Skip)]
        if faults:
            return Result(check.name, check.about, Status.FAILED, faults)
        status = Status.SKIPPED if skips else Status.PASSED
        return Result(check.name, check.about, status, why="; ".join(skips))

    def _probed(self, check: Check[S]) -> list[Finding]:
        found: list[Finding] = []
        try:
            found.extend(check.probe(self.subject))
        except KeyboardInterrupt:
            raise
        # A plugin is being tried: whatever it raises, SystemExit included, is what the check found.
        except BaseException as error:  # noqa: BLE001
            place = raised_at(error, self.subject.owns) or self.subject.own_file
            found.append(Fault(check.name, f"raised {describe(error)}", "no exception", place))
        return found
