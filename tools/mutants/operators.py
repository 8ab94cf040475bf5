"""The faults that are put in, by kind of expression or statement: each function yields what replaces a node."""

import ast
from collections.abc import Iterator, Mapping

_COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_COLLECTIONS = ("frozenset", "set", "tuple")
Members = Mapping[str, tuple[str, ...]]
"""The members of each enum of the domain, in order."""


def replacements(node: ast.AST, parent: ast.AST, members: Members) -> Iterator[ast.AST]:
    """Every node that may stand in the place of `node`; `ast.Pass` removes a statement."""
    yield from choices(node)
    yield from _values(node)
    yield from _members(node, members)
    match node:
        case ast.Set() | ast.Tuple(ctx=ast.Load()) if _collects(node, parent):
            yield from _fewer(node)
    if isinstance(node, ast.stmt):
        yield from _statements(node)


def choices(node: ast.AST) -> Iterator[ast.AST]:
    """What replaces a node by which the code chooses."""
    match node:
        case ast.Compare(left, ops, others):
            for index, op in enumerate(ops):
                changed = [*ops[:index], _COMPARISONS[type(op)](), *ops[index + 1 :]]
                yield ast.Compare(left, changed, others)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from (_joined(op, [*values[:at], *values[at + 1 :]]) for at in range(len(values)))
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(_, body, other):
            yield body
            yield other
        case ast.comprehension(target, source, [_, *_], is_async):
            yield ast.comprehension(target, source, [], is_async)


def _values(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC and not (_is_text(left) or _is_text(right)):
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Call(ast.Name(name), args, keywords) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name], ast.Load()), args, keywords)


def _members(node: ast.AST, members: Members) -> Iterator[ast.AST]:
    match node:
        case ast.Attribute(ast.Name(enum), member) if member in members.get(enum, ()):
            names = members[enum]
            following = names[(names.index(member) + 1) % len(names)]
            if following != member:
                yield ast.Attribute(ast.Name(enum, ast.Load()), following, ast.Load())


def _fewer(node: ast.Set | ast.Tuple) -> Iterator[ast.AST]:
    for index in range(len(node.elts) if len(node.elts) > 1 else 0):
        fewer = [*node.elts[:index], *node.elts[index + 1 :]]
        yield ast.Set(fewer) if isinstance(node, ast.Set) else ast.Tuple(fewer, ast.Load())


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(ast.Constant(bool() | None)) | ast.Return(None):
            return
        case ast.Return(value) if isinstance(value, ast.Compare | ast.BoolOp) or _is_not(value):
            yield ast.Return(ast.Constant(True))
            yield ast.Return(ast.Constant(False))
        case ast.Return():
            yield ast.Return(ast.Constant(None))
        case ast.If(_, body, []) if isinstance(body[-1], ast.Raise | ast.Return | ast.Continue | ast.Break):
            yield ast.Pass()
        case ast.Raise() | ast.Expr(ast.Call()):
            yield ast.Pass()


def _joined(op: ast.boolop, values: list[ast.expr]) -> ast.expr:
    return values[0] if len(values) == 1 else ast.BoolOp(op, values)


def _is_not(value: ast.expr | None) -> bool:
    return isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)


def _is_text(node: ast.expr) -> bool:
    """Texts, bytes and collections can be added, but not subtracted."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    return text or isinstance(node, ast.JoinedStr | ast.List | ast.Tuple)


def _collects(node: ast.AST, parent: ast.AST) -> bool:
    """Whether a tuple or set holds any number of elements: to look in, to walk over, or as a constant."""
    match parent:
        case ast.Compare(_, [ast.In() | ast.NotIn()]) | ast.For() | ast.comprehension():
            return True
        case ast.Assign([ast.Name(name)]):
            return name.isupper()
        case ast.AnnAssign(ast.Name(name)):
            return name.isupper()
        case ast.Call(ast.Name(name)):
            return name in _COLLECTIONS
        case ast.BinOp():
            return isinstance(node, ast.Set)
    return False
