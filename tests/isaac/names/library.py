"""A library's source as what can be asked of it: which names a module has, which fields and methods a class."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import attrs

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen
class ModuleThing:
    name: str


@attrs.frozen(eq=False)
class ClassThing:
    module: str
    node: ast.ClassDef

    @property
    def name(self) -> str:
        return f"{self.module}.{self.node.name}"


@attrs.frozen(eq=False)
class FunctionThing:
    module: str
    node: _Function
    bound: bool = False
    owner: str = ""

    @property
    def name(self) -> str:
        return f"{self.owner or self.module}.{self.node.name}"


@attrs.frozen
class ValueThing:
    """Something that is there, of a kind nobody can tell."""

    name: str


@attrs.frozen
class OutsideThing:
    """Something of another library."""

    name: str


@attrs.frozen
class Field:
    """A configuration's field: whether it must be given, and the words it takes where those are few."""

    required: bool
    choices: frozenset[str]


Thing = ModuleThing | ClassThing | FunctionThing | ValueThing | OutsideThing


class Library:
    """The modules of a package; parsed when they are asked for."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._trees: dict[str, ast.Module] = {}
        # Attributes of objects that come from elsewhere (USD's prims) are right if the library uses them itself.
        self.used = frozenset(re.findall(r"\.([A-Za-z_]\w*)", "\n".join(sources.values())))

    def has(self, module: str) -> bool:
        return module in self._sources

    def tree(self, module: str) -> ast.Module:
        if module not in self._trees:
            self._trees[module] = ast.parse(self._sources[module])
        return self._trees[module]

    def find(self, module: str, name: str) -> Thing | None:
        """What a name means in a module; None where it means nothing."""
        return self._find(module, name, frozenset())

    def _find(self, module: str, name: str, seen: frozenset[tuple[str, str]]) -> Thing | None:
        if (module, name) in seen:
            return None
        seen |= {(module, name)}
        stars: list[str] = []
        for node in _statements(self.tree(module).body):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return ClassThing(module, node)
            if isinstance(node, _Function) and node.name == name:
                return FunctionThing(module, node)
            if name in _assigned(node):
                return ValueThing(f"{module}.{name}")
            if isinstance(node, ast.ImportFrom):
                source = self._absolute(module, node)
                for alias in node.names:
                    if alias.name == "*":
                        stars.append(source)
                    elif (alias.asname or alias.name) == name:
                        return self._imported(source, alias.name, seen)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if (alias.asname or alias.name.split(".")[0]) == name:
                        target = alias.name if alias.asname else name
                        return ModuleThing(target) if self.has(target) else OutsideThing(target)
        if self.has(f"{module}.{name}"):
            return ModuleThing(f"{module}.{name}")
        for source in reversed(stars):
            if self.has(source) and not name.startswith("_") and (found := self._find(source, name, seen)):
                return found
        return None

    def _imported(self, source: str, name: str, seen: frozenset[tuple[str, str]]) -> Thing | None:
        if not self.has(source):
            return OutsideThing(f"{source}.{name}")
        return self._find(source, name, seen)

    def _absolute(self, module: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = module.split(".")
        if not any(other.startswith(f"{module}.") for other in self._sources):
            package = package[:-1]
        base = package[: len(package) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])

    def named(self, module: str, expression: ast.expr | None) -> Thing | None:
        """What an expression of names, an annotation for one, means in a module; of a union, its first part."""
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
            expression = ast.parse(expression.value, mode="eval").body
        if isinstance(expression, ast.BinOp):
            return self.named(module, expression.left)
        if isinstance(expression, ast.Name):
            return self.find(module, expression.id)
        if isinstance(expression, ast.Attribute):
            base = self.named(module, expression.value)
            if isinstance(base, ModuleThing):
                return self.find(base.name, expression.attr)
            if isinstance(base, ClassThing):
                return self.inner(base, expression.attr)
            return OutsideThing(ast.unparse(expression)) if isinstance(base, OutsideThing) else None
        return None

    def line(self, thing: ClassThing) -> Iterator[ClassThing | OutsideThing]:
        """A class and all it inherits from; bases from other libraries as such."""
        yield thing
        for base in thing.node.bases:
            found = self.named(thing.module, base)
            if isinstance(found, ClassThing):
                yield from self.line(found)
            elif ast.unparse(base) not in ("object", "ABC"):
                yield OutsideThing(ast.unparse(base))

    def inner(self, thing: ClassThing, name: str) -> Thing | None:
        """A class's member as seen on the class itself: a nested class, a method, a field."""
        for owner in self.line(thing):
            if isinstance(owner, ClassThing):
                for node in owner.node.body:
                    if isinstance(node, ast.ClassDef) and node.name == name:
                        return ClassThing(owner.module, node)
                    if isinstance(node, _Function) and node.name == name:
                        return FunctionThing(owner.module, node, _is_class_method(node), owner.name)
                    if name in _assigned(node):
                        return ValueThing(f"{owner.name}.{name}")
        return self._from_outside(thing, name)

    def member(self, thing: ClassThing, name: str) -> tuple[Thing, Thing | None] | None:
        """An instance's attribute and, where its annotation tells, the class of its value; None where there is none."""
        for owner in self.line(thing):
            if not isinstance(owner, ClassThing):
                continue
            for node in owner.node.body:
                if isinstance(node, _Function) and node.name == name:
                    function = FunctionThing(owner.module, node, True, owner.name)
                    is_property = any(ast.unparse(part).endswith("property") for part in node.decorator_list)
                    return function, self.named(owner.module, node.returns) if is_property else function
                if name in _assigned(node):
                    kind = self.named(owner.module, node.annotation) if isinstance(node, ast.AnnAssign) else None
                    return ValueThing(f"{owner.name}.{name}"), kind
                if isinstance(node, _Function) and name in _set_on_self(node):
                    return ValueThing(f"{owner.name}.{name}"), None
        outside = self._from_outside(thing, name)
        return (outside, None) if outside else None

    def _from_outside(self, thing: ClassThing, name: str) -> Thing | None:
        """An attribute a class may have from another library's base: one that the library itself uses."""
        outside = [owner for owner in self.line(thing) if isinstance(owner, OutsideThing)]
        if outside and name in self.used:
            return OutsideThing(f"{outside[0].name}.{name}")
        return None

    def fields(self, thing: ClassThing) -> dict[str, Field] | None:
        """What a configuration class takes, inherited fields too; None for other classes."""
        if not any(ast.unparse(part).startswith(("configclass", "dataclass")) for part in thing.node.decorator_list):
            return None
        found: dict[str, Field] = {}
        for owner in self.line(thing):
            for node in owner.node.body if isinstance(owner, ClassThing) else []:
                for name in _assigned(node):
                    found.setdefault(name, _field(node))
        return found


def _field(node: ast.stmt) -> Field:
    value = getattr(node, "value", None)
    required = isinstance(value, ast.Name) and value.id == "MISSING"
    # Isaac Lab leaves one of two functions of its mesh colliders open on purpose, and its own tests leave it so.
    required = required and not (isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "callable")
    choices: set[str] = set()
    for part in ast.walk(node.annotation) if isinstance(node, ast.AnnAssign) else ():
        if isinstance(part, ast.Subscript) and ast.unparse(part.value) == "Literal":
            choices |= {leaf.value for leaf in ast.walk(part.slice) if isinstance(leaf, ast.Constant)}
    return Field(required, frozenset(choice for choice in choices if isinstance(choice, str)))


def _is_class_method(node: _Function) -> bool:
    return any(ast.unparse(part) == "classmethod" for part in node.decorator_list)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """A module's statements, those under conditions too, the last first, as the last one counts."""
    for node in reversed(body):
        yield node
        for part in ("body", "orelse", "handlers", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from _statements(getattr(node, part, []))


def _assigned(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _set_on_self(node: _Function) -> set[str]:
    return {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute)
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
        and part.value.id == "self"
    }
