"""The rows of the listing: candidates, what stands against each, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from navila_sdk.errors import PluginApiError
from navila_sdk.plugins.candidate import ENV_DISABLE, LOCAL_FILE, Candidate
from navila_sdk.plugins.declared import UNKNOWN_API
from navila_sdk.plugins.evidence import Evidence
from navila_sdk.plugins.info import HOOKS, NAVILA_PLUGIN_API, PluginInfo, Status
from navila_sdk.plugins.records import api_reason, api_remedy
from navila_sdk.plugins.vetting import Verdict, Vetter

SLOW_IMPORT_S = 2.0


def list_plugins(
    candidates: Sequence[Candidate],
    disabled: Callable[[Candidate], str],
    folder: Path,
    evidence: Evidence,
) -> tuple[PluginInfo, ...]:
    """Return one row for each candidate, sorted by kind and name."""
    vetter = Vetter(folder)
    verdicts = {c: _verdict(c, vetter) for c in candidates}
    kinds = {c: c.kind or evidence.kinds.get(c) or verdicts[c].kind for c in candidates}
    enabled = [c for c in candidates if not disabled(c)]
    rows: list[PluginInfo] = []
    for candidate in candidates:
        kind = kinds[candidate]
        row = PluginInfo(
            candidate.name,
            kind or "unknown",
            candidate.distribution,
            candidate.version,
            candidate.target,
            evidence.apis.get(candidate, verdicts[candidate].api),
        )
        rivals = [c for c in enabled if (kinds[c], c.name) == (kind, candidate.name)]
        if disabled(candidate):
            row = attrs.evolve(row, status=Status.DISABLED, reason=disabled(candidate))
        elif len(rivals) > 1 and kind not in ("", HOOKS):
            row = attrs.evolve(row, status=Status.CONFLICT, **_conflict(rivals))
        else:
            row = _judged(row, candidate, verdicts[candidate], evidence)
        rows.append(row)
    return tuple(sorted(rows, key=lambda row: (row.kind, row.name, row.distribution)))


def conflict_text(claims: Sequence[Candidate], kind: str) -> str:
    """Return the message of a conflict: every claimant with its version, and the way out."""
    words = _conflict(claims)
    return f"{kind} {claims[0].name!r} is {words['reason']}: {words['remedy']}"


def _conflict(claims: Sequence[Candidate]) -> dict[str, str]:
    origins = " and by ".join(f"{c.origin} ({c.target})" for c in claims)
    switches = " or ".join(f"{ENV_DISABLE}={c.distribution}" for c in claims)
    return {"reason": f"registered by {origins}", "remedy": f"uninstall one, or disable one: {switches}"}


def _verdict(candidate: Candidate, vetter: Vetter) -> Verdict:
    return Verdict(candidate.fault) if candidate.distribution == LOCAL_FILE else vetter.vet(candidate)


def _judged(row: PluginInfo, candidate: Candidate, verdict: Verdict, evidence: Evidence) -> PluginInfo:
    error = evidence.failed.get(candidate)
    if row.api not in (NAVILA_PLUGIN_API, UNKNOWN_API) or isinstance(error, PluginApiError):
        return attrs.evolve(
            row,
            status=Status.WRONG_API,
            reason=api_reason(row.api, candidate),
            remedy=api_remedy(row.api, candidate),
        )
    if error is not None:
        # The remedy has a field of its own.
        fault = str(error).partition(". To mend it:")[0]
    else:
        fault = verdict.fault if candidate not in evidence.seconds else ""
    if fault:
        return attrs.evolve(row, status=Status.BROKEN, reason=fault, remedy=candidate.remedy)
    return attrs.evolve(row, reason="; ".join(_oddities(candidate, evidence)))


def _oddities(candidate: Candidate, evidence: Evidence) -> Iterator[str]:
    seconds = evidence.seconds.get(candidate, 0.0)
    if seconds > SLOW_IMPORT_S:
        yield f"slow: importing it took {seconds:.1f} s"
    if candidate in evidence.oddities:
        yield evidence.oddities[candidate]
