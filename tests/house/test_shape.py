"""The shape of the code: small files, documented doors, no prints, no blind excepts, no pickles."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Callable, Iterator

import pytest

from tests.house.source import PACKAGES, Finding, Source, none_of, sample, sources

LONGEST = 600
LONGEST_IN_THE_LIBRARY = 400
MEDIAN = 120
_PICKLES = frozenset({"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"})
_NOISE = re.compile(r"noqa(: *[A-Z]+\d+(, *[A-Z]+\d+)*)?|(type|pyright): *ignore(\[.*?\])?")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def too_long(source: Source) -> Iterator[Finding]:
    """Files that hold more than one idea can."""
    shipped = any(source.path.as_posix().rpartition(f"/{package}/")[1] for package in PACKAGES)
    limit = LONGEST_IN_THE_LIBRARY if shipped else LONGEST
    if len(source.lines) > limit:
        yield source.finding(limit, f"{len(source.lines)} lines, at most {limit}: split it by idea")


def undocumented(source: Source) -> Iterator[Finding]:
    """Modules and public definitions without a docstring."""
    if source.text.strip() and ast.get_docstring(source.tree) is None:
        yield source.finding(1, "the module has no docstring: say what it is and why, in two or three lines")
    yield from _undocumented_in(source, source.tree.body, inside="")


def _undocumented_in(source: Source, body: list[ast.stmt], inside: str) -> Iterator[Finding]:
    for node in body:
        if not isinstance(node, _Definition) or node.name.startswith("_"):
            continue
        name = f"{inside}{node.name}"
        decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
        documented_elsewhere = decorators & {"overload", "override", "setter"}
        if ast.get_docstring(node) is None and not documented_elsewhere:
            yield source.finding(node, f"{name} is public and has no docstring: shapes, units, errors")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_in(source, node.body, f"{name}.")


def printing(source: Source) -> Iterator[Finding]:
    """Calls of print."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield source.finding(node, "print in the library: return it, log it, or echo it from a verb")


def blind(source: Source) -> Iterator[Finding]:
    """Excepts that catch everything, neither raise again nor say why."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield source.finding(node, "bare except: name what is expected")
            continue
        caught = {ast.unparse(part) for part in getattr(node.type, "elts", [node.type])}
        raises = any(isinstance(part, ast.Raise) for part in ast.walk(node))
        if caught & {"Exception", "BaseException"} and not raises and not _reasoned(source, node.lineno):
            yield source.finding(node, "blind except: name what is expected, or say in a comment why not")


def _reasoned(source: Source, line: int) -> bool:
    """Whether a comment of a few words stands on the line, right before or right after it."""
    comments = (text.partition("#")[2] for text in source.lines[max(line - 2, 0) : line + 1])
    return any(len(re.findall(r"\w+", _NOISE.sub("", comment))) >= 3 for comment in comments)


def pickling(source: Source) -> Iterator[Finding]:
    """Imports of, and switches for, formats that run code when read."""
    for node in ast.walk(source.tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        if any(module.split(".")[0] in _PICKLES for module in modules):
            yield source.finding(node, "pickles run code when read: use JSON, npz or MCAP")
        allows = isinstance(node, ast.keyword) and node.arg == "allow_pickle"
        if allows and ast.unparse(node) != "allow_pickle=False":
            yield source.finding(node, "allow_pickle: only False is allowed")


Rule = Callable[[Source], Iterator[Finding]]
EVERYWHERE: tuple[Rule, ...] = (too_long, blind, pickling)
IN_THE_LIBRARY: tuple[Rule, ...] = (undocumented, printing)


@pytest.mark.parametrize("rule", EVERYWHERE)
def test_everywhere(rule: Rule) -> None:
    folders = ("navila_sdk", "plugins", "tests", "benchmarks", "examples")
    none_of(finding for source in sources(*folders) for finding in rule(source))


@pytest.mark.parametrize("rule", IN_THE_LIBRARY)
def test_in_the_library(rule: Rule) -> None:
    none_of(finding for source in sources(*PACKAGES) for finding in rule(source))


@pytest.mark.parametrize("package", PACKAGES)
def test_files_are_small_as_a_rule(package: str) -> None:
    sizes = [len(source.lines) for source in sources(package)]
    assert sizes, f"{package} holds no Python"
    median = statistics.median(sizes)
    assert median <= MEDIAN, f"the median file of {package} has {median} lines, at most {MEDIAN}: split some"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (too_long, '"""Long."""\n' + "x = 1\n" * LONGEST_IN_THE_LIBRARY),
        (undocumented, "x = 1"),
        (undocumented, '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self): ...'),
        (printing, "def f():\n    print(1)"),
        (blind, "try:\n    f()\nexcept:  # because it may\n    raise"),
        (blind, "try:\n    f()\nexcept Exception:  # noqa: BLE001\n    pass"),
        (blind, "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
        (pickling, "def f():\n    from pickle import loads"),
        (pickling, "np.load(path, allow_pickle=True)"),
    ],
)
def test_the_rules_bite(rule: Rule, text: str) -> None:
    assert list(rule(sample(text)))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (undocumented, '"""Doc."""\nclass _A:\n    def f(self): ...'),
        (blind, "try:\n    f()\nexcept Exception:\n    raise Other from None"),
        (
            blind,
            "try:\n    f()\n# A listener is a plugin: anything may come.\nexcept Exception:\n    pass",
        ),
        (blind, "try:\n    f()\nexcept Exception:  # noqa: BLE001 - a plugin may raise anything\n    pass"),
        (pickling, "np.load(path, allow_pickle=False)"),
    ],
)
def test_the_rules_leave_others_alone(rule: Rule, text: str) -> None:
    assert not list(rule(sample(text)))
