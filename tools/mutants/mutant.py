"""Finds the mutants of a module: each is its syntax tree with one node replaced."""

import ast
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from tools.cloud.emulator import ROOT
from tools.mutants.conditions import faults, states_condition
from tools.mutants.operators import Members, choices, replacements

PACKAGE = ROOT / "layers/registrar/python"
# What is not read at run time, or only says what the types are.
_SKIPPED = {"annotation", "returns", "decorator_list", "type_params", "bases", "type_ignores"}


@dataclass(frozen=True)
class Mutant:
    """`function` is the outermost one that holds the fault, or "" where the fault is outside of functions; `where`
    is its name, or that of the constant or class.

    `statement` holds the fault; `number` counts equal faults in one place.
    """

    module: str
    where: str
    function: str
    fault: str
    number: int
    statement: ast.stmt
    tree: ast.Module
    holder: Any
    place: str | int
    replacement: ast.AST

    @property
    def name(self) -> str:
        """Names it wherever its line moves to: module, place, fault."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}:{self.where}: {self.fault}{again}"

    @property
    def lines(self) -> range:
        """The lines that run where the fault is: of a statement with a body, its first."""
        first = self.statement.lineno
        if isinstance(self.statement, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match):
            return range(first, first + 1)
        return range(first, (self.statement.end_lineno or first) + 1)

    def compiled(self) -> CodeType:
        """The module's code with the fault."""
        with self._put_in():
            return compile(self.tree, str(path_of(self.module)), "exec", dont_inherit=True)

    @contextmanager
    def _put_in(self) -> Iterator[None]:
        original = _get(self.holder, self.place)
        ast.copy_location(self.replacement, original)
        ast.fix_missing_locations(self.replacement)
        _set(self.holder, self.place, self.replacement)
        try:
            yield
        finally:
            _set(self.holder, self.place, original)


def path_of(module: str) -> Path:
    """The file of a module."""
    return PACKAGE / (module.replace(".", "/") + ".py")


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module, in the order of its text; of a module of `aws`, those of conditions of writes."""
    stored = module.startswith("registrar.aws.")
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for node, holder, place, parent, function, statement in _places(tree):
        chosen = not stored or states_condition(statement)
        kinds = choices(node) if stored else replacements(node, parent, enums())
        plain = [(f"{_short(node)} → {_short(each)}", each) for each in (kinds if chosen else ())]
        for fault, replacement in [*(faults(node, parent) if stored else ()), *plain]:
            where = function or _defined(statement)
            seen[where, fault] += 1
            at = (tree, holder, place, replacement)
            found.append(Mutant(module, where, function, fault, seen[where, fault], statement, *at))
    return found


@cache
def enums() -> Members:
    """The members of every enum of the domain."""
    found = {}
    for path in sorted((PACKAGE / "registrar/domain").glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
                names = [
                    target.id
                    for each in node.body
                    if isinstance(each, ast.Assign)
                    for target in each.targets
                    if isinstance(target, ast.Name)
                ]
                found[node.name] = tuple(names)
    return found


def _places(tree: ast.Module) -> Iterator[tuple[ast.AST, Any, str | int, ast.AST, str, ast.stmt]]:
    """Every node that may be replaced: where it is, its parent, its outermost function, its statement."""
    stack: list[tuple[ast.AST, str, bool, ast.stmt | None]] = [(tree, "", False, None)]
    while stack:
        parent, scope, inside, statement = stack.pop()
        later = []
        for field, value in ast.iter_fields(parent):
            if field in _SKIPPED or (isinstance(parent, ast.ClassDef) and field == "keywords"):
                continue
            several = isinstance(value, list)
            for index, node in enumerate(value if several else [value]):
                if not isinstance(node, ast.AST) or _is_form(node):
                    continue
                held = node if isinstance(node, ast.stmt) else statement
                # Defaults of parameters are evaluated where the function is defined.
                within = inside and not (field == "args" and isinstance(parent, ast.FunctionDef))
                if held is not None:
                    holder = value if several else parent
                    yield node, holder, index if several else field, parent, scope if within else "", held
                name = scope
                if isinstance(node, ast.ClassDef | ast.FunctionDef) and not inside:
                    name = f"{scope}.{node.name}".lstrip(".")
                later.append((node, name, inside or isinstance(node, ast.FunctionDef), held))
        stack.extend(reversed(later))


def _is_form(node: ast.AST) -> bool:
    """Whether it is a text that is only read by people, or a name of a type."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and "TypeVar" in ast.unparse(node.value)
    )


def _defined(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign([target, *_]) | ast.AnnAssign(target):
            return ast.unparse(target)
        case ast.FunctionDef(name) | ast.ClassDef(name):
            return name
    return "module"


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.Pass):
        return "nothing"
    return " ".join(ast.unparse(node).split())


def _get(holder: Any, place: str | int) -> Any:
    return holder[place] if isinstance(place, int) else getattr(holder, place)


def _set(holder: Any, place: str | int, node: ast.AST) -> None:
    if isinstance(place, int):
        holder[place] = node
    else:
        setattr(holder, place, node)
