"""The list of plugins the user wants left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from navila_sdk.plugins.candidate import ENV_DISABLE, Candidate


def _normal(entry: str) -> str:
    return re.sub(r"[-_]+", "-", entry.strip()).lower()


class DisableList:
    """Entries match a plugin's name, ``kind/name``, or its distribution.

    Args:
        configured: Entries of ``[plugins] disable``.
        env: The environment, for ``NAVILA_DISABLE_PLUGINS=a,b``.
    """

    def __init__(self, configured: Iterable[str], env: Mapping[str, str]) -> None:
        self._entries = {_normal(entry): "[plugins] disable" for entry in configured}
        self._entries |= {_normal(entry): ENV_DISABLE for entry in env.get(ENV_DISABLE, "").split(",") if entry.strip()}

    def reason(self, candidate: Candidate) -> str:
        """Return why the candidate is disabled; empty if it isn't."""
        for entry in (candidate.name, f"{candidate.kind}/{candidate.name}", candidate.distribution):
            where = self._entries.get(_normal(entry))
            if where is not None:
                return f"disabled by {entry!r} in {where}"
        return ""
