"""A plugin as its registration names it, before anything of it was imported."""

from __future__ import annotations

import re

import attrs

LOCAL_FILE = "navila_plugin.py"
ENV_PLUGINS = "NAVILA_PLUGINS"
ENV_DISABLE = "NAVILA_DISABLE_PLUGINS"

_TARGET = re.compile(r"(?P<module>[\w.]+)\s*(:\s*(?P<attribute>[\w.]+))?\s*(\[.*\])?")


@attrs.frozen(slots=True)
class Candidate:
    """A claim to a name.

    Attributes:
        name: As users write it.
        kind: What it's registered as; empty where only the record can tell.
        distribution: Who registers it.
        version: The distribution's version; empty for unpackaged ones.
        target: ``module:attribute``.
        fault: Why the registration itself can't be used; empty if it can.
    """

    name: str
    kind: str
    distribution: str
    version: str
    target: str
    fault: str = ""

    @property
    def packaged(self) -> bool:
        """Whether it comes from an installed distribution."""
        return self.distribution not in (LOCAL_FILE, ENV_PLUGINS)

    @property
    def origin(self) -> str:
        """The distribution with its version."""
        return f"{self.distribution} {self.version}".rstrip()

    @property
    def label(self) -> str:
        """The plugin as messages name it."""
        return f"{self.kind} plugin {self.name!r} ({self.origin})".lstrip()

    @property
    def module(self) -> str:
        """Module of the target; empty if the target is malformed."""
        match = _TARGET.fullmatch(self.target)
        return match["module"] if match else ""

    @property
    def attribute(self) -> str:
        """Attribute of the target; empty if it names a whole module."""
        match = _TARGET.fullmatch(self.target)
        return (match["attribute"] or "") if match else ""

    @property
    def remedy(self) -> str:
        """How to mend it, and how to do without it."""
        skip = f"or skip it: {ENV_DISABLE}={self.name}"
        if self.distribution == LOCAL_FILE:
            return f"mend {LOCAL_FILE}, {skip}"
        if self.distribution == ENV_PLUGINS:
            return f"mend {ENV_PLUGINS} or what it names, {skip}"
        return f"pip install --upgrade {self.distribution}, {skip}"
