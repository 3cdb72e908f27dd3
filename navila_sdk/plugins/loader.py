"""Loads candidates once each and remembers what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType

from navila_sdk.errors import PluginLoadError
from navila_sdk.plugins.candidate import LOCAL_FILE, Candidate
from navila_sdk.plugins.evidence import Evidence
from navila_sdk.plugins.info import HOOKS, NAVILA_PLUGIN_API
from navila_sdk.plugins.loading import load_file, load_target
from navila_sdk.plugins.records import checked, record_kind
from navila_sdk.plugins.unpackaged import local_file, records_in
from navila_sdk.plugins.vetting import Vetter


class Loader:
    """Turns candidates into records and hook objects; every failure is kept in ``evidence``.

    Args:
        folder: Where ``navila_plugin.py`` and modules named in ``NAVILA_PLUGINS`` may lie.
        timer: Seconds that pass.
    """

    def __init__(self, folder: Path, timer: Callable[[], float]) -> None:
        self.folder = folder
        self.file = local_file(folder)
        self.evidence = Evidence(apis=dict(self.file.apis) if self.file else {})
        self._timer = timer
        self._objects: dict[Candidate, object] = {}

    def record(self, candidate: Candidate, kind: str = "") -> object:
        """Return the candidate's record, checked to be of that kind, or of any kind if empty.

        Raises:
            PluginError: It can't be loaded or isn't what it should be.
        """
        value = self.load(candidate)
        with self.evidence.of(candidate):
            return checked(value, candidate, kind or self.kind_of(candidate) or "embodiment")

    def load(self, candidate: Candidate) -> object:
        """Return what the candidate's target is, importing it at the first call.

        Raises:
            PluginError: The same one at every call.
        """
        if candidate in self.evidence.failed:
            raise self.evidence.failed[candidate]
        if candidate not in self._objects:
            start_s = self._timer()
            with self.evidence.of(candidate):
                local = candidate.distribution == LOCAL_FILE
                value = self._from_file(candidate) if local else load_target(candidate, self.folder)
            self.evidence.seconds[candidate] = self._timer() - start_s
            self._note(candidate, value)
            self._objects[candidate] = value
        return self._objects[candidate]

    def kind_of(self, candidate: Candidate) -> str:
        """Return what the candidate is: as registered, as its source shows, or else as loading it shows.

        Raises:
            PluginError: It had to be loaded to know, and can't be.
        """
        known = candidate.kind or self.evidence.kinds.get(candidate, "")
        if known or candidate.distribution == LOCAL_FILE:
            return known
        shown = "" if candidate.fault else Vetter(self.folder).vet(candidate).kind
        return shown or record_kind(self.load(candidate))

    def local_records(self) -> Mapping[tuple[str, str], object]:
        """Return the records of ``navila_plugin.py`` by kind and name; runs the file.

        Raises:
            PluginLoadError: The file can't be run.
        """
        return records_in(self._module) if self._module else {}

    @cached_property
    def _module(self) -> ModuleType | None:
        return load_file(self.file.path) if self.file else None

    def _from_file(self, candidate: Candidate) -> object:
        """Return what ``navila_plugin.py`` holds under the candidate's target."""
        if candidate.fault:
            raise PluginLoadError(f"{candidate.label} can't be read: {candidate.fault}. To mend it: {candidate.remedy}")
        if candidate.kind == HOOKS:
            return self._module
        return getattr(self._module, candidate.target.partition(":")[2], None)

    def _note(self, candidate: Candidate, value: object) -> None:
        self.evidence.apis[candidate] = str(getattr(value, "navila_api", NAVILA_PLUGIN_API))
        if candidate.kind == HOOKS:
            return
        self.evidence.kinds[candidate] = record_kind(value)
        own_name = getattr(value, "name", candidate.name)
        if own_name != candidate.name:
            self.evidence.oddities[candidate] = f"its record calls itself {own_name!r}"
