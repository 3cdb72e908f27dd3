"""What the record says of itself: explained, sourced, and naming files that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import attrs

from navila_sdk.actions import Verb
from navila_sdk.errors import NavilaError
from navila_sdk.locomotion.choose import packaged_file
from navila_sdk.locomotion.model_file import joint_names
from navila_sdk.plugins.source import Finder
from navila_sdk.testing.conformance.common import module_docs
from navila_sdk.testing.conformance.embodiments.body import Body
from navila_sdk.testing.conformance.values import Fault, Finding, check

_NUMBERLESS = ("name", "title", "sources", "navila_api")


@check("explained")
def explained(body: Body) -> Iterator[Finding]:
    """The record has a title, and its module a docstring."""
    yield from module_docs(body)
    if not body.record.title.strip():
        yield Fault("title", "empty", "maker and model, for people", body.mend("title"))


@check("sources")
def sources(body: Body) -> Iterator[Finding]:
    """Every number says where it comes from, and every source belongs to a field."""
    record = body.record
    for path, text in record.sources.items():
        if not _is_field(record, path):
            yield Fault(f"sources[{path!r}]", "no such field", "the dotted path of a field", body.mend("sources"))
        elif not text.strip():
            yield Fault(f"sources[{path!r}]", "empty", "where the number comes from", body.mend("sources"))
    bare = sorted({path for path in _numbers(record, "") if not _covered(path, record.sources)})
    if bare:
        yield Fault("sources", f"none for {', '.join(bare)}", "a source for every number", body.mend("sources"))


@check("verbs")
def verbs(body: Body) -> Iterator[Finding]:
    """The body can stop, and move somehow."""
    declared = body.record.verbs
    if Verb.STOP not in declared:
        shown = ", ".join(sorted(declared)) or "none"
        yield Fault("verbs", shown, "'stop' among them: every instruction ends with it", body.mend("verbs"))
    if declared <= {Verb.STOP, Verb.WAIT}:
        yield Fault("verbs", ", ".join(sorted(declared)) or "none", "one that moves the body", body.mend("verbs"))


@check("files")
def files(body: Body) -> Iterator[Finding]:
    """Every file the record names is there; its model is XML with named joints; its driver can be found."""
    record = body.record
    named = {"model": record.model, "recipe": record.recipe}
    for field, target in [*named.items(), *(("policies", path) for path in record.policies.values())]:
        if target is None:
            continue
        try:
            found = packaged_file(target)
            if field == "model" and not joint_names(found):
                yield Fault("model", f"{target} has no named joint", "an MJCF with named joints", body.mend("model"))
        except NavilaError as error:
            yield Fault(field, str(error), "'package:path' of a file that is there", body.mend(field))
    if record.driver is not None:
        module = record.driver.partition(":")[0]
        if ":" not in record.driver or Finder(body.bench.folder).find(module) is None:
            yield Fault("driver", repr(record.driver), "'module:attribute' that can be found", body.mend("driver"))


def _is_field(record: object, path: str) -> bool:
    value: Any = record
    for part in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = cast("Mapping[str, Any]", value).get(part)
        elif hasattr(value, part):
            value = getattr(value, part)
        else:
            return False
    return True


def _numbers(value: object, path: str) -> Iterator[str]:
    """Yield the dotted path of every number."""
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            if field.name not in _NUMBERLESS or path:
                yield from _numbers(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _numbers(item, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path


def _covered(path: str, sources: Mapping[str, str]) -> bool:
    parts = path.split(".")
    return "" in sources or any(".".join(parts[:n]) in sources for n in range(1, len(parts) + 1))
