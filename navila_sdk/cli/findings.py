"""What the doctor looks at: interpreter, packages, plugins, extras, the folder, and the environment."""

from __future__ import annotations

import difflib
import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import attrs
from packaging.requirements import InvalidRequirement, Requirement

from navila_sdk.config.layers import ENV_KEYS, ENV_PREFIX
from navila_sdk.plugins import Plugins, Status

HOST = "navila-sdk"
OWN_EXTRAS = {"dev", "test", "tests", "docs", "lint"}  # for working on a package, not for using it
VLA_PACKAGES = ("torch", "transformers")
OWN_VARIABLES = ("PLUGINS", "DISABLE_PLUGINS", "TRACEBACK", "CONFIG_DIR")


@attrs.frozen(slots=True)
class Finding:
    """One line: "ok", "missing" (something optional) or "problem" (navila can't work like this)."""

    topic: str
    status: str
    detail: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Return everything the doctor has to say; imports no plugin and nothing heavy."""
    return [*_machine(), *_core(), *_plugins(), *_extras(), *_models(), _folder(), *_environment()]


def _machine() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")
    yield Finding("platform", "ok", f"{platform.system()} {platform.release()} {platform.machine()}")


def _core() -> Iterator[Finding]:
    yield Finding(HOST, "ok", metadata.version(HOST))
    for requirement in _requirements(metadata.distribution(HOST), extra=""):
        fault = _fault(requirement)
        status = "problem" if fault else "ok"
        remedy = f"pip install '{_bare(requirement)}'" if fault else ""
        yield Finding(requirement.name, status, fault or metadata.version(requirement.name), remedy)


def _plugins() -> Iterator[Finding]:
    rows = Plugins().listing()
    usable = [row for row in rows if row.status is Status.OK]
    yield Finding("plugins", "ok", f"{len(usable)} of {len(rows)} usable (navila plugins lists them)")
    for kind in ("embodiment", "world", "planner"):
        if not any(row.kind == kind for row in usable):
            yield Finding(f"plugins: {kind}", "missing", f"no usable {kind}", "pip install a plugin that has one")
    for row in rows:
        if row.status not in (Status.OK, Status.DISABLED):
            yield Finding(f"{row.kind} {row.name}", "missing", f"{row.status}: {row.reason}", row.remedy)


def _extras() -> Iterator[Finding]:
    """Look at the optional extras of navila and of every distribution that has plugins."""
    names = {row.distribution for row in Plugins().listing()} | {HOST}
    for name in sorted(names):
        try:
            distribution = metadata.distribution(name)
        except (metadata.PackageNotFoundError, ValueError):
            continue
        for extra in distribution.metadata.get_all("Provides-Extra") or ():
            if extra not in OWN_EXTRAS:
                yield _extra(distribution, name, extra)


def _extra(distribution: metadata.Distribution, name: str, extra: str) -> Finding:
    wanted = list(_requirements(distribution, extra))
    faults = [fault for requirement in wanted if (fault := _fault(requirement))]
    topic = f"{name}[{extra}]"
    if faults:
        return Finding(topic, "missing", "; ".join(faults), f"pip install '{topic}'")
    return Finding(topic, "ok", ", ".join(f"{r.name} {metadata.version(r.name)}" for r in wanted))


def _models() -> Iterator[Finding]:
    missing = [name for name in VLA_PACKAGES if _version(name) is None]
    topic = "local VLA models"
    if missing:
        remedy = f"pip install {' '.join(missing)}"
        yield Finding(topic, "missing", f"not installed: {', '.join(missing)}", remedy)
    else:
        yield Finding(topic, "ok", ", ".join(f"{name} {_version(name)}" for name in VLA_PACKAGES))


def _folder() -> Finding:
    folder = Path.cwd()
    if os.access(folder, os.W_OK):
        return Finding("current folder", "ok", f"{folder} is writable")
    return Finding("current folder", "problem", f"{folder} isn't writable", "cd elsewhere, or use --out DIR")


def _environment() -> Iterator[Finding]:
    """Point at NAVILA_ variables that nothing reads: a misspelt one would be silently without effect."""
    known = [ENV_PREFIX + key.upper() for key in ENV_KEYS] + [ENV_PREFIX + key for key in OWN_VARIABLES]
    for variable in sorted(os.environ):
        if variable.startswith(ENV_PREFIX) and variable not in known:
            close = difflib.get_close_matches(variable, known, n=1)
            guess = f"did you mean {close[0]}?" if close else f"unset {variable}, unless a plugin reads it"
            yield Finding(variable, "missing", "navila itself reads no such variable", guess)


def _requirements(distribution: metadata.Distribution, extra: str) -> Iterator[Requirement]:
    """Yield what a distribution requires here: without an extra, or only because of it."""
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        always = marker is None or marker.evaluate({"extra": ""})
        wanted = always if not extra else not always and marker is not None and marker.evaluate({"extra": extra})
        if wanted:
            yield requirement


def _fault(requirement: Requirement) -> str:
    """Return what stands against a requirement; empty if it's satisfied."""
    version = _version(requirement.name)
    if version is None:
        return f"{requirement.name} isn't installed"
    if not requirement.specifier.contains(version, prereleases=True):
        return f"{requirement.name} {version} is installed, {requirement.specifier} is needed"
    return ""


def _bare(requirement: Requirement) -> str:
    return re.sub(r"\s*;.*", "", str(requirement))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
