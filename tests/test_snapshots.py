"""Snapshots (Lambda SnapStart): many environments start from one, so importing a module makes nothing unique.

OpenSSL in the wheel of cryptography, unlike Lambda's own, does not notice that it was copied: nothing may draw
it before a request either. The kernel's random numbers (os.urandom, secrets) are safe, unless they are kept.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("layers/registrar/python/**/*.py"), *ROOT.glob("functions/*/*.py")])
UNIQUE = {"secrets", "uuid", "random", "time", "socket", "threading", "tempfile"}
CALLS = {
    *("now", "utcnow", "today", "urandom", "getpid", "time", "monotonic", "uuid4", "uuid1", "token_bytes"),
    *("token_hex", "token_urlsafe", "generate_private_key", "generate_key", "getrandbits", "randbytes", "connect"),
}


def calls_at_import(tree: ast.Module) -> Iterator[str]:
    """What a module calls while it is imported, as written: not what its functions call later."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        elif isinstance(node, ast.Lambda):
            waiting += node.args.defaults
        else:
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func)
            waiting += ast.iter_child_nodes(node)


def unique(call: str) -> bool:
    """Whether a call returns something that another environment must not have too."""
    first, *_, last = call.split(".") if "." in call else (call, call)
    return first in UNIQUE or last in CALLS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_importing_a_module_makes_nothing_unique(path: Path) -> None:
    assert not [call for call in calls_at_import(ast.parse(path.read_text())) if unique(call)]


@pytest.mark.parametrize(
    "code",
    [
        "import secrets\nSEED = secrets.token_bytes(16)",
        "from secrets import token_hex\nclass A:\n    name = token_hex(4)",
        "from datetime import UTC, datetime\ndef f(at=datetime.now(UTC)): ...",
        "key = ec.generate_private_key(ec.SECP256R1())",
        "ids = [uuid.uuid4() for _ in range(3)]",
        "@retry(time.monotonic())\ndef f(): ...",
    ],
)
def test_what_is_unique_at_import_is_found(code: str) -> None:
    assert [call for call in calls_at_import(ast.parse(code)) if unique(call)]


def test_what_a_function_makes_when_it_is_called_is_allowed() -> None:
    code = "def new_id() -> str:\n    return secrets.token_hex(16)\nlater = lambda: secrets.token_hex(1)"

    assert not [call for call in calls_at_import(ast.parse(code)) if unique(call)]
