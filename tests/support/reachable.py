"""Which codes a handler can answer with, read from the source: calls are followed by name, imports and classes.

It errs on the side of too much: where a method's owner is unknown, every class in reach with such a method counts.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from registrar.domain.reasons.codes import Code
from tools.cloud.emulator import ROOT

PACKAGE = ROOT / "layers/registrar/python"
Key = tuple[str, str, str]
"""Module, class ("" for none), function."""
Function = ast.FunctionDef
FRAME = "registrar.entry.route"
"""Its codes are every handler's (SYSTEM_RETRY), or belong to `Codes.conflicts`."""


@dataclass
class Module:
    """What its functions can name."""

    tree: ast.Module
    functions: dict[Key, Function] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Imported name → module and name there ("" for the module itself)."""
    instances: dict[str, str] = field(default_factory=dict)
    """Module-level variable → the class it is made of."""


@dataclass(frozen=True)
class Codes:
    """What is reached: codes of refusals, codes of failed findings, codes of other findings."""

    refusals: frozenset[str]
    failures: frozenset[str]
    warnings: frozenset[str]
    passes_findings_on: bool
    """A Refusal is made of a stored finding."""
    conflicts: bool
    """ConditionFailed can come out, which the frame answers as STATE_CONFLICT."""


@cache
def _modules() -> dict[str, Module]:
    paths = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in (PACKAGE / "registrar").rglob("*.py")
    } | {path.parent.name: path for path in (ROOT / "functions").glob("*/handler.py")}
    return {name: _read(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in paths.items()}


def _read(name: str, tree: ast.Module) -> Module:
    module = Module(tree)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("registrar"):
            package = node.module or ""
            for alias in node.names:
                inner = f"{package}.{alias.name}"
                is_module = (PACKAGE / inner.replace(".", "/")).with_suffix(".py").exists()
                module.names[alias.asname or alias.name] = (inner, "") if is_module else (package, alias.name)
        elif isinstance(node, Function):
            module.functions[name, "", node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, Function))
            module.functions |= {(name, node.name, each.name): each for each in methods}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            module.instances |= {name: _name(node.value) for name in _assigned(node)}
    return module


def _targets(key: Key, node: ast.expr) -> Iterator[Key]:
    """The functions that a name or an attribute can mean inside the function `key`."""
    if isinstance(node, ast.Name):
        yield from _named(key[0], node.id)
    elif isinstance(node, ast.Attribute):
        yield from _attribute(key, node.value.id if isinstance(node.value, ast.Name) else "", node.attr)


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
        made_of = module.instances[base]
        yield (*module.names.get(made_of, (here, made_of)), name)
    elif base == "self":
        yield here, owner, name
    else:
        near = {here} | {where for where, _ in module.names.values()}
        for where in near & modules.keys():
            yield from (k for k in modules[where].functions if k[1] and k[2] == name)


def _assigned(node: ast.AnnAssign | ast.Assign) -> set[str]:
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
    return {target.id for target in targets if isinstance(target, ast.Name)}


@cache
def _calls(key: Key, told: bool) -> frozenset[Key]:
    """What a function calls where a Refusal is told as a finding, or where it is not."""
    body = _modules()[key[0]].functions[key]
    found = {
        target
        for node in ast.walk(body)
        if isinstance(node, ast.Name | ast.Attribute) and (id(node) in _told_in(key)) is told
        for target in _targets(key, node)
    }
    return frozenset(k for k in found if k[0] in _modules() and k in _modules()[k[0]].functions and k != key)


@cache
def _told_in(key: Key) -> frozenset[int]:
    """The nodes of a function out of which no Refusal gets: caught, and made a finding."""
    return frozenset(
        id(node)
        for attempt in ast.walk(_modules()[key[0]].functions[key])
        if isinstance(attempt, ast.Try) and any(_tells(handler) for handler in attempt.handlers)
        for statement in attempt.body
        for node in ast.walk(statement)
    )


def _tells(handler: ast.ExceptHandler) -> bool:
    catches = isinstance(handler.type, ast.Name) and handler.type.id == "Refusal"
    return catches and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def reached(folder: str) -> frozenset[Key]:
    """Every function that the handler in functions/<folder> can come to."""
    return _closure({(folder, "", "lambda_handler")}, told=True)


def answering(folder: str) -> frozenset[Key]:
    """Those of `reached` whose refusals become the answer."""
    return _closure({(folder, "", "lambda_handler")}, told=False)


def telling(folder: str) -> frozenset[Key]:
    """Those of `reached` whose refusals become findings."""
    return _closure({target for key in reached(folder) for target in _calls(key, True)}, told=True)


def _closure(begin: set[Key], *, told: bool) -> frozenset[Key]:
    todo, done = set(begin), set[Key]()
    while todo:
        key = todo.pop()
        done.add(key)
        todo |= (_calls(key, False) | (_calls(key, True) if told else frozenset())) - done
    return frozenset(done)


def _name(call: ast.Call) -> str:
    """The function called, or the class of which `Class.of(…)` makes one."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "of" and isinstance(call.func.value, ast.Name):
        return call.func.value.id
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _codes_in(node: ast.AST) -> set[str]:
    members = (n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
    return {Code[member.attr].value for member in members if ast.unparse(member.value) == "Code"}


def _in_a_table(module: str, argument: ast.expr) -> set[str]:
    """The codes of a module-level table, where the argument is an entry of it."""
    if not isinstance(argument, ast.Subscript) or not isinstance(argument.value, ast.Name):
        return set()
    tables = (node for node in _modules()[module].tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    return {
        code
        for each in tables
        if each.value and argument.value.id in _assigned(each)
        for code in _codes_in(each.value)
    }


def codes(keys: frozenset[Key]) -> Codes:
    """What these functions refuse with and find."""
    refusals, failures, warnings, passes_on = set[str](), set[str](), set[str](), False
    for key in (each for each in keys if each[0] != FRAME):
        body = _modules()[key[0]].functions[key]
        reported = {
            id(argument)
            for call in ast.walk(body)
            if isinstance(call, ast.Call) and _name(call) == "refusal_report"
            for argument in call.args
        }
        chosen = {
            code
            for node in ast.walk(body)
            if isinstance(node, ast.Assign) and "code" in _assigned(node)
            for code in _codes_in(node.value)
        }
        for call in (node for node in ast.walk(body) if isinstance(node, ast.Call)):
            named = {code for each in call.keywords if each.arg == "otherwise" for code in _codes_in(each.value)}
            refusals |= named
            if _name(call) not in ("Refusal", "Finding", "_finding", "failure"):
                continue
            said = _codes_in(call) | {code for each in call.args for code in _in_a_table(key[0], each)}
            by_variable = any(isinstance(argument, ast.Name) and argument.id == "code" for argument in call.args)
            said |= chosen if by_variable else set()
            if _name(call) == "Refusal" and (id(call) in _told_in(key) or id(call) in reported):
                failures |= said
            elif _name(call) == "Refusal":
                refusals |= said
                passes_on |= isinstance(call.args[0], ast.Subscript)
            elif "WARN" in ast.dump(call):
                warnings |= said
            else:
                failures |= said
    return Codes(frozenset(refusals), frozenset(failures), frozenset(warnings), passes_on, _conflicts(keys))


def _conflicts(keys: frozenset[Key]) -> bool:
    """Whether a lost conditional write comes out of the handler: raised, and caught nowhere on the way."""
    out = {key for key in keys if _lets_out(key, frozenset())}
    while True:
        more = {key for key in keys if _lets_out(key, frozenset(out))}
        if more == out:
            return any(key[2] == "lambda_handler" for key in out)
        out = more


def _lets_out(key: Key, leaky: frozenset[Key]) -> bool:
    body = _modules()[key[0]].functions[key]
    return any(_raises(key, node, leaky) for node in _unguarded(body))


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node` out of which ConditionFailed gets, if it gets into them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try) and any("ConditionFailed" in ast.dump(h.type or h) for h in child.handlers):
            yield from (node for handler in child.handlers for node in ast.walk(handler))
        elif isinstance(child, ast.With) and any("ConditionFailed" in ast.dump(item) for item in child.items):
            continue  # suppress
        elif isinstance(child, ast.ExceptHandler):
            yield from (node for node in ast.walk(child) if not (isinstance(node, ast.Raise) and node.exc is None))
        else:
            yield child
            yield from _unguarded(child)


def _raises(key: Key, node: ast.AST, leaky: frozenset[Key]) -> bool:
    if isinstance(node, ast.Raise):
        # a bare `raise` is handed out only where ConditionFailed was caught
        return node.exc is None or "ConditionFailed" in ast.dump(node.exc)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "put" and not node.keywords:
            return False  # an unconditional put
        arguments = [argument for argument in node.args if isinstance(argument, ast.Name)]
        return any(target in leaky for each in (node.func, *arguments) for target in _targets(key, each))
    return False
