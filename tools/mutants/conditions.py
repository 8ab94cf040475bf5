"""Faults in the conditions of writes: texts such as `#state = :open AND expires_at > :now`.

A clause that is left out keeps its names and values, and always holds (in an OR: never does). DynamoDB would refuse
an expression that does not use a value that was sent, and any test would notice that.
"""

import ast
import re
from collections.abc import Iterator, Sequence

# Stands for `{…}` of an f-string: a part of a condition, or an operator.
_PART = "\ue000"
_OPERATORS = {"=": "<>", "<>": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_NAME = rf"[#:\w{_PART}]+"
_CLAUSE = re.compile(
    r"(?:NOT )?(?:attribute_exists|attribute_not_exists|contains|begins_with)\([^()]*\)"
    rf"|(?:size\([^()]*\)|{_NAME}) (?:(?:<>|<=|>=|=|<|>) {_NAME}|{_PART} [#:]\w+|IN \([^()]*\))|{_PART}"
)
_JOINT = re.compile(r" (AND|OR) ")
_UPDATE = re.compile(r"\b(SET|REMOVE|ADD|DELETE) |,")
_ARGUMENTS = re.compile(r"\([^()]*\)")
ALWAYS = "attribute_not_exists(no_such_name)"
NEVER = "attribute_exists(no_such_name)"


def faults(node: ast.AST, parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every text in the place of a condition, named; none for other nodes, and for keys of queries."""
    text = condition(node, parent)
    if text is not None:
        for name, each in changed(text):
            yield name.replace(_PART, "{}"), _expression(each, node)


def condition(node: ast.AST, parent: ast.AST) -> str | None:
    """The text of a condition, with _PART for what is put into it; None where it is no condition."""
    match node:
        case ast.Constant(str() as text) if not isinstance(parent, ast.JoinedStr):
            whole = text
        case ast.JoinedStr(values):
            whole = "".join(str(each.value) if isinstance(each, ast.Constant) else _PART for each in values)
        case _:
            return None
    clauses = _CLAUSE.findall(whole)
    if _is_key(node, parent) or _UPDATE.search(_ARGUMENTS.sub("", whole)) or not clauses:
        return None
    return whole if clauses != [_PART] * len(clauses) or _JOINT.search(whole) else None


def changed(text: str) -> Iterator[tuple[str, str]]:
    """The condition with one fault, for each, and the fault's name."""
    clauses = list(_CLAUSE.finditer(text))
    for found in clauses:
        before = text[: found.start()]
        after = text[found.end() :]
        clause = found[0]
        yield f"{clause} → always", f"{before}({clause} OR {ALWAYS}){after}"
        if before.rstrip("( ").endswith(" OR") or after.lstrip(") ").startswith("OR "):
            yield f"{clause} → never", f"{before}({clause} AND {NEVER}){after}"
        yield from ((f"{clause} → {each}", f"{before}{each}{after}") for each in _flipped(clause))
    for found in _JOINT.finditer(text):
        other = "OR" if found[1] == "AND" else "AND"
        name = f"{found[1]} after {text[: found.start()].rpartition('(')[2]} → {other}"
        yield name, f"{text[: found.start()]} {other} {text[found.end() :]}"
    if len(clauses) > 1 and not text.startswith(" "):
        yield f"{text} → always", f"(({text}) OR {ALWAYS})"


def _flipped(clause: str) -> Iterator[str]:
    if clause.startswith("NOT "):
        yield clause.removeprefix("NOT ")
    elif clause.startswith("attribute_exists("):
        yield clause.replace("attribute_exists(", "attribute_not_exists(")
    elif clause.startswith("attribute_not_exists("):
        yield clause.replace("attribute_not_exists(", "attribute_exists(")
    elif clause.startswith(("contains(", "begins_with(")):
        yield f"NOT {clause}"
    elif (operator := clause.rsplit(" ", 2)[-2:-1]) and operator[0] in _OPERATORS:
        yield clause.replace(f" {operator[0]} ", f" {_OPERATORS[operator[0]]} ")


def _expression(text: str, node: ast.AST) -> ast.expr:
    if not isinstance(node, ast.JoinedStr):
        return ast.Constant(text)
    parts: Sequence[ast.expr] = [each for each in node.values if not isinstance(each, ast.Constant)]
    pieces = text.split(_PART)
    values: list[ast.expr] = [ast.Constant(pieces[0])]
    for part, piece in zip(parts, pieces[1:], strict=True):
        values += [part, ast.Constant(piece)]
    return ast.JoinedStr([each for each in values if not (isinstance(each, ast.Constant) and each.value == "")])


def _is_key(node: ast.AST, parent: ast.AST) -> bool:
    """Whether it is the key that a query reads, which takes no OR."""
    match parent:
        case ast.keyword("KeyConditionExpression"):
            return True
        case ast.Dict(keys, values):
            named = [key for key, value in zip(keys, values, strict=True) if value is node]
            return any(isinstance(each, ast.Constant) and each.value == "KeyConditionExpression" for each in named)
    return False


def states_condition(statement: ast.stmt) -> bool:
    """Whether a statement, without a body, holds a condition."""
    if hasattr(statement, "body"):
        return False
    walked = [(child, parent) for parent in ast.walk(statement) for child in ast.iter_child_nodes(parent)]
    return any(condition(child, parent) is not None for child, parent in walked)
