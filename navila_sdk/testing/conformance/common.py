"""What is asked of every record, whatever it's for: that it loads, weighs nothing, touches nothing, explains itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from navila_sdk.errors import NavilaError
from navila_sdk.testing.conformance.places import code_place
from navila_sdk.testing.conformance.subject import Subject
from navila_sdk.testing.conformance.values import Fault, Finding


def loads(subject: Subject) -> Iterator[Finding]:
    """The record loads, and calls itself what it's registered as."""
    try:
        record = subject.loaded
    except NavilaError as error:
        yield Fault(f"{subject.kind} {subject.name}", str(error), "a record that loads", subject.own_file)
        return
    if record.name != subject.name:
        yield Fault("name", repr(record.name), f"{subject.name!r}, as registered", subject.mend("name"))


def imports_light(subject: Subject) -> Iterator[Finding]:
    """Reading the record imports no vendor SDK, simulator or other third-party package."""
    reading = subject.reading
    if reading.error:
        yield Fault("import", reading.error, "an import that works in a fresh interpreter", subject.own_file)
    for package, line in reading.imports:
        yield Fault("import", package, "to be imported inside the function that needs it", line)


def touches_nothing(subject: Subject) -> Iterator[Finding]:
    """Reading the record connects to nothing, starts nothing and writes nothing."""
    for touch in subject.reading.touches:
        yield Fault("import", touch, "to be done when it's built, not when it's read", subject.own_file)


def module_docs(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the docstring of the record's module."""
    file = subject.origin.file()
    if file is None:
        return
    text = file.read_text(encoding="utf-8")
    if not ast.get_docstring(ast.parse(text)):
        yield Fault("module docstring", "none", "what this plugin is, in a line or two", f"{subject.own_file}:1")


def code_docs(owner: type, methods: tuple[str, ...]) -> Iterator[Finding]:
    """Yield a fault for a class, and for each of its methods named, without a docstring of its own."""
    for name in ("", *methods):
        thing = getattr(owner, name, None) if name else owner
        if thing is None:
            continue
        # A method that is written anew keeps the words of the one it stands for.
        told = [vars(base)[name].__doc__ for base in owner.__mro__ if name in vars(base)] if name else [owner.__doc__]
        if not any(told):
            what = f"{owner.__name__}.{name}".rstrip(".")
            yield Fault(f"docstring of {what}", "none", "what it does, with units", code_place(thing))
