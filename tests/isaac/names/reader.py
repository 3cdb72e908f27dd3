"""Reads code that uses a library and says what of it the library doesn't have: names, attributes, arguments, fields.

It follows values as far as classes and annotations tell. What it loses sight of (USD's prims, for one) must at least
use attributes that occur in the library; arrays, the standard library and our own classes are nobody's business here.
"""

from __future__ import annotations

import ast
import builtins

import attrs

from tests.isaac.names.library import ClassThing, FunctionThing, Library, ModuleThing, OutsideThing, Thing, ValueThing

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen
class Instance:
    """A value of a library's class."""

    kind: ClassThing


class _Free:
    """A value that isn't the library's."""


FREE = _Free()
Value = Thing | Instance | _Free | None


Place = tuple[str, int, int, int]


@attrs.define
class Reading:
    """What was found: ``wrong`` has a line each, ``right`` the full names that were held against the library.

    ``places`` says where those stand.
    """

    wrong: list[str] = attrs.field(factory=list)
    right: set[str] = attrs.field(factory=set)
    places: set[Place] = attrs.field(factory=set)


def place_of(node: ast.AST) -> Place:
    """Where a syntax node stands: its kind, first line, last line and last column."""
    return type(node).__name__, *(getattr(node, part, 0) for part in ("lineno", "end_lineno", "end_col_offset"))


def read(library: Library, code: str | ast.Module, file: str = "sample.py") -> Reading:
    """Read a file's text, or its syntax tree."""
    reader = _Reader(library, file)
    tree = ast.parse(code) if isinstance(code, str) else code
    reader.block(tree.body, dict.fromkeys(dir(builtins), FREE))
    return reader.reading


class _Reader:
    def __init__(self, library: Library, file: str) -> None:
        self.library, self.file, self.reading = library, file, Reading()
        self._selves: list[dict[str, Value]] = []
        self._returns: dict[str, Value] = {}

    def wrong(self, node: ast.AST, what: str) -> None:
        self.reading.wrong.append(f"{self.file}:{getattr(node, 'lineno', 0)}: {what}")

    # -- statements -------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], names: dict[str, Value]) -> None:
        later: list[_Function] = []
        for node in body:
            self.statement(node, names, later)
        for function in later:
            self.function(function, dict(names))

    def statement(self, node: ast.stmt, names: dict[str, Value], later: list[_Function]) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.imported(node, names)
        elif isinstance(node, _Function):
            kind = self.annotated(node.returns, names)
            names[node.name] = FREE
            self._returns[node.name] = kind
            later.append(node)
        elif isinstance(node, ast.ClassDef):
            names[node.name] = FREE
            for base in node.bases:
                self.value(base, names)
            self._selves.append({})
            self.block(node.body, dict(names))
            self._selves.pop()
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            kind = self.value(node.value, names) if node.value is not None else None
            if isinstance(node, ast.AnnAssign):
                kind = kind or self.annotated(node.annotation, names)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self.assign(target, kind, names)
        else:
            if isinstance(node, ast.For):
                self.assign(node.target, FREE if self.value(node.iter, names) is FREE else None, names)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    self.statement(child, names, later)
                elif isinstance(child, ast.expr):
                    self.value(child, names)
                elif isinstance(child, ast.withitem):
                    self.value(child.context_expr, names)
                elif isinstance(child, ast.ExceptHandler):
                    self.block(child.body, names)

    def assign(self, target: ast.expr, kind: Value, names: dict[str, Value]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = kind
        elif isinstance(target, ast.Tuple):
            for part in target.elts:
                self.assign(part, FREE if kind is FREE else None, names)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            known = self._selves[-1].get(target.attr) if self._selves else None
            if self._selves and not isinstance(known, Instance):
                self._selves[-1][target.attr] = kind
        else:
            self.value(target, names)

    def function(self, node: _Function, names: dict[str, Value]) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            names[argument.arg] = (
                FREE if argument.arg in ("self", "cls") else self.annotated(argument.annotation, names)
            )
        self.block(node.body, names)

    def imported(self, node: ast.Import | ast.ImportFrom, names: dict[str, Value]) -> None:
        for alias in node.names:
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            bound = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
            if not module.startswith("isaaclab"):
                names[bound] = None if module.startswith("pxr") else FREE
                continue
            if not self.library.has(module):
                self.wrong(node, f"no module {module}")
                names[bound] = None
            elif isinstance(node, ast.Import):
                names[bound] = ModuleThing(module if alias.asname else bound)
                self.reading.right.add(module)
            else:
                names[bound] = self.library.find(module, alias.name)
                self.noted(node, f"{module}.{alias.name}", names[bound] is not None)

    def noted(self, node: ast.AST, name: str, found: bool) -> None:
        if found:
            self.reading.right.add(name)
            self.reading.places.add(place_of(node))
        else:
            self.wrong(node, f"no {name}")

    def annotated(self, node: ast.expr | None, names: dict[str, Value]) -> Value:
        """The value a parameter of that annotation has; one of ours is free."""
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = ast.parse(node.value, mode="eval").body
        if isinstance(node, ast.BinOp):
            return self.annotated(node.left, names)
        kind = self.value(node, names)
        return Instance(kind) if isinstance(kind, ClassThing) else kind

    # -- expressions ------------------------------------------------------------------------------

    def value(self, node: ast.expr | None, names: dict[str, Value]) -> Value:
        if isinstance(node, ast.Name):
            return names.get(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(node, names)
        if isinstance(node, ast.Call):
            return self.call(node, names)
        if isinstance(node, ast.Lambda):
            inner = {**names, **{argument.arg: None for argument in node.args.args}}
            self.value(node.body, inner)
            return FREE
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            inner = dict(names)
            for part in node.generators:
                self.assign(part.target, FREE if self.value(part.iter, inner) is FREE else None, inner)
                for condition in part.ifs:
                    self.value(condition, inner)
            for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self.value(part, inner)
            return FREE
        if isinstance(node, ast.IfExp):
            self.value(node.test, names)
            one, other = self.value(node.body, names), self.value(node.orelse, names)
            return other if isinstance(node.body, ast.Constant) else one
        if isinstance(node, ast.Subscript):
            self.value(node.slice, names)
            return FREE if self.value(node.value, names) is FREE else None
        if node is not None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child, names)
        return FREE

    def attribute(self, node: ast.Attribute, names: dict[str, Value]) -> Value:
        if isinstance(node.value, ast.Name) and node.value.id == "self" and self._selves:
            return self._selves[-1].get(node.attr, FREE)
        base = self.value(node.value, names)
        if isinstance(base, ModuleThing):
            found = self.library.find(base.name, node.attr)
            self.noted(node, f"{base.name}.{node.attr}", found is not None)
            return found
        if isinstance(base, ClassThing):
            found = self.library.inner(base, node.attr)
            self.noted(node, f"{base.name}.{node.attr}", found is not None)
            return found
        if isinstance(base, Instance):
            member = self.library.member(base.kind, node.attr)
            self.noted(node, f"{base.kind.name}.{node.attr}", member is not None)
            kind = member[1] if member else None
            return Instance(kind) if isinstance(kind, ClassThing) else _foreign(kind)
        if base is FREE:
            return FREE
        if node.attr not in self.library.used:
            self.wrong(node, f"nothing in the library has or uses an attribute {node.attr!r}")
        return None

    def call(self, node: ast.Call, names: dict[str, Value]) -> Value:
        target = self.value(node.func, names)
        for argument in node.args:
            self.value(argument, names)
        for keyword in node.keywords:
            self.value(keyword.value, names)
        if isinstance(target, ClassThing):
            self.constructed(node, target)
            return Instance(target)
        if isinstance(target, FunctionThing):
            self.passed(node, target.node, target.name, skip=int(target.bound))
            kind = self.library.named(target.module, target.node.returns)
            return Instance(kind) if isinstance(kind, ClassThing) else _foreign(kind)
        if target is FREE:
            named = isinstance(node.func, ast.Name) and self._returns.get(node.func.id)
            return named or FREE
        return None

    def constructed(self, node: ast.Call, target: ClassThing) -> None:
        fields = self.library.fields(target)
        if fields is None:
            start = self.library.inner(target, "__init__")
            if isinstance(start, FunctionThing):
                self.passed(node, start.node, target.name, skip=1)
            return
        if node.args:
            self.wrong(node, f"{target.name} is a configuration: name its fields")
        for keyword in node.keywords:
            self.noted(keyword, f"{target.name}({keyword.arg})", keyword.arg in fields)
            field = fields.get(keyword.arg or "")
            chosen = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if field is not None and field.choices and isinstance(chosen, str) and chosen not in field.choices:
                self.wrong(keyword, f"{target.name}({keyword.arg}) is one of {sorted(field.choices)}; got {chosen!r}")
        given = {keyword.arg for keyword in node.keywords}
        missing = sorted(name for name, field in fields.items() if field.required and name not in given)
        if missing:
            self.wrong(node, f"{target.name} lacks {', '.join(missing)}")

    def passed(self, node: ast.Call, function: _Function, name: str, skip: int) -> None:
        """Hold the arguments of a call against a signature."""
        places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)][skip:]
        names = {*places, *(argument.arg for argument in function.args.kwonlyargs)}
        if len(node.args) > len(places) and function.args.vararg is None:
            self.wrong(node, f"{name} takes {len(places)} arguments; {len(node.args)} are passed")
        for keyword in node.keywords:
            # What falls into **kwargs is passed on, or silently lost; we pass nothing that way.
            self.noted(keyword, f"{name}({keyword.arg})", keyword.arg in names)
        given = {*places[: len(node.args)], *(keyword.arg for keyword in node.keywords)}
        required = places[: len(places) - len(function.args.defaults)]
        missing = [argument for argument in required if argument not in given]
        if missing:
            self.wrong(node, f"{name} lacks {', '.join(missing)}")


def _foreign(kind: Thing | None) -> Value:
    """What a value of another library's class is to us: tensors and plain values are free, prims aren't."""
    if isinstance(kind, OutsideThing):
        return None if kind.name.startswith(("pxr", "Usd")) else FREE
    return FREE if kind is None or isinstance(kind, ValueThing) else kind
