"""Which codes a handler can return, read from the source: calls are followed by name, imports and classes.

It errs on the side of too much: where a method's owner is unknown, every class in reach with such a method counts.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tools.cloud.emulator import ROOT

PACKAGE = ROOT / "layers/registrar/python"
Key = tuple[str, str, str]
"""Module, class ("" for none), function."""
Caught = frozenset[str]
"""Which of Refusal and ConditionFailed a caller further up catches."""
FRAME = ("registrar.entry.route", "registrar.entry.refusals")
"""Their codes are every handler's (SYSTEM_RETRY), or belong to `Reach.conflicts`."""
FINDINGS = ("Finding", "_finding", "failure")


@dataclass
class Module:
    """What its functions can name."""

    tree: ast.Module
    functions: dict[Key, ast.FunctionDef] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Imported name → module and name there ("" for the module itself)."""
    instances: dict[str, ast.Call] = field(default_factory=dict)
    """Module-level variable → the call that makes it."""


@dataclass
class Reach:
    """What a handler returns or stores."""

    refusals: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)
    """Of findings, and of refusals that are caught and become one."""
    passes_findings_on: bool = False
    """A Refusal is made of a stored finding."""
    conflicts: bool = False
    """ConditionFailed can come out, which becomes STATE_CONFLICT."""


@cache
def reach(folder: str) -> Reach:
    """Everything that the handler in functions/<folder> can come to."""
    found, done = Reach(), set[tuple[Key, Caught]]()
    todo = {((folder, "", "lambda_handler"), Caught())}
    while todo:
        key, above = todo.pop()
        done.add((key, above))
        for node, caught in _nodes(key):
            todo |= {(target, above | caught) for target in _targets(key, node)} - done
            if key[0] not in FRAME:
                _note(key, node, above | caught, found)
    return found


def _note(key: Key, node: ast.AST, caught: Caught, found: Reach) -> None:
    """Add what this node raises or finds."""
    if isinstance(node, ast.Raise) and node.exc and "ConditionFailed" in ast.dump(node.exc):
        found.conflicts |= "ConditionFailed" not in caught
    elif isinstance(node, ast.keyword) and node.arg == "otherwise":
        found.refusals |= _codes(key, node.value)
    elif isinstance(node, ast.Call) and _name(node) in FINDINGS:
        found.findings |= _codes(key, node)
    elif isinstance(node, ast.Call) and _name(node) == "Refusal":
        (found.findings if "Refusal" in caught else found.refusals).update(_codes(key, node))
        of_a_finding = ast.unparse(node.args[0]).endswith(("['code']", ".code"))
        found.passes_findings_on |= of_a_finding and "Refusal" not in caught


@cache
def _nodes(key: Key) -> list[tuple[ast.AST, Caught]]:
    """Each node of a function, and what the function catches around it."""
    return list(_below(_function(key), Caught()))


def _below(node: ast.AST, caught: Caught) -> Iterator[tuple[ast.AST, Caught]]:
    inside = caught | _catches(node)
    for name, value in ast.iter_fields(node):
        # what stands after `except`, `else` and `finally` is not tried
        around = caught if isinstance(node, ast.Try) and name != "body" else inside
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child, around
                yield from _below(child, around)


def _catches(node: ast.AST) -> Caught:
    """What does not come out of the nodes below this one."""
    if isinstance(node, ast.Try):
        return Caught(name for handler in node.handlers for name in _handled(handler))
    if isinstance(node, ast.With) and any("ConditionFailed" in ast.dump(item) for item in node.items):
        return Caught({"ConditionFailed"})  # suppress
    if isinstance(node, ast.Call) and _name(node) == "refusal_report":
        return Caught({"Refusal"})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "put":
        return Caught() if node.keywords else Caught({"ConditionFailed"})  # an unconditional put
    return Caught()


def _handled(handler: ast.ExceptHandler) -> Iterator[str]:
    named = {node.id for node in ast.walk(handler.type or handler) if isinstance(node, ast.Name)}
    raises = [node for node in ast.walk(handler) if isinstance(node, ast.Raise)]
    if "Refusal" in named and not raises:
        yield "Refusal"
    if "ConditionFailed" in named and all(each.exc for each in raises):
        yield "ConditionFailed"


def _codes(key: Key, node: ast.AST) -> set[str]:
    """The codes named in a call, in what its variables and tables are assigned here, or in what returns them."""
    function, module = _function(key), _modules()[key[0]].tree
    variables = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    assigned = [
        each.value
        for each in [*ast.walk(function), *module.body]
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value and _assigned(each) & variables
    ]
    named = [node, *assigned]
    returned = (k for value in named for each in ast.walk(value) for k in _targets(key, each) if _returns_code(k))
    return {
        each.attr
        for value in (*named, *map(_function, returned))
        for each in ast.walk(value)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Code"
    }


def _function(key: Key) -> ast.FunctionDef:
    return _modules()[key[0]].functions[key]


def _returns_code(key: Key) -> bool:
    annotation = _function(key).returns
    return annotation is not None and any(isinstance(n, ast.Name) and n.id == "Code" for n in ast.walk(annotation))


@cache
def _modules() -> dict[str, Module]:
    paths = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in (PACKAGE / "registrar").rglob("*.py")
    } | {path.parent.name: path for path in (ROOT / "functions").glob("*/handler.py")}
    return {name: _read(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in paths.items()}


def _read(name: str, tree: ast.Module) -> Module:
    module = Module(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("registrar"):
            package = node.module or ""
            for alias in node.names:
                inner = f"{package}.{alias.name}"
                is_module = (PACKAGE / inner.replace(".", "/")).with_suffix(".py").exists()
                module.names[alias.asname or alias.name] = (inner, "") if is_module else (package, alias.name)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            module.functions[name, "", node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            module.functions |= {(name, node.name, each.name): each for each in methods}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            module.instances |= dict.fromkeys(_assigned(node), node.value)
    return module


def _targets(key: Key, node: ast.AST) -> set[Key]:
    """The functions that a name or an attribute can mean inside the function `key`."""
    found: Iterator[Key] = iter(())
    if isinstance(node, ast.Name):
        found = _named(key[0], node.id)
    elif isinstance(node, ast.Attribute):
        found = _attribute(key, node.value.id if isinstance(node.value, ast.Name) else "", node.attr)
    return {k for k in found if k[0] in _modules() and k in _modules()[k[0]].functions and k != key}


def _named(here: str, name: str) -> Iterator[Key]:
    module = _modules()[here]
    where, there = module.names.get(name, (here, name))
    yield where, "", there
    # a module-level table of functions, such as the list of checks
    for table in module.tree.body:
        if isinstance(table, ast.AnnAssign | ast.Assign) and name in _assigned(table) and table.value:
            yield from ((here, "", each.id) for each in ast.walk(table.value) if isinstance(each, ast.Name))


def _attribute(key: Key, base: str, name: str) -> Iterator[Key]:
    modules, (here, owner, _) = _modules(), key
    module = modules[here]
    if module.names.get(base, ("", "?"))[1] == "":
        yield module.names[base][0], "", name
    elif base in module.instances:
        yield (*_class_of(here, module.instances[base].func), name)
    elif base == "self":
        yield here, owner, name
    else:
        near = {here} | {where for where, _ in module.names.values()}
        for where in near & modules.keys():
            yield from (k for k in modules[where].functions if k[1] and k[2] == name)


def _assigned(node: ast.AnnAssign | ast.Assign) -> set[str]:
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _class_of(here: str, maker: ast.expr) -> tuple[str, str]:
    """Module and name of what `Class(…)`, `Class.of(…)` or `module.builder(…)` makes."""
    owner = maker.value if isinstance(maker, ast.Attribute) else maker
    name = owner.id if isinstance(owner, ast.Name) else ""
    where, there = _modules()[here].names.get(name, (here, name))
    builder = _modules()[where].functions.get((where, "", there or getattr(maker, "attr", "")))
    if builder is None or builder.returns is None:
        return where, there
    made = ast.unparse(builder.returns)
    return _modules()[where].names.get(made, (where, made))


def _name(call: ast.Call) -> str:
    """The function called; "" for a method."""
    return call.func.id if isinstance(call.func, ast.Name) else ""
