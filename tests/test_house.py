"""The house rules, executed: imports between packages, subjects of files.

domain        standard library, cryptography, fido2, domain; no clock, no environment
net           domain; not aws, not boto3
aws           domain, settings, boto3; not net, not entry, not powertools
steps         domain, settings, aws, net; not entry, not functions
entry         domain, settings, powertools; not aws, not boto3
functions/x   entry, steps, aws, net, domain, settings; no other function
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "layers/registrar/python"
PACKAGES = {
    package: sorted((PACKAGE / "registrar" / package).glob("**/*.py"))
    for package in ("domain", "aws", "net", "steps", "entry")
} | {"functions": sorted((ROOT / "functions").glob("*/*.py"))}
MAY_IMPORT = {
    "domain": {"cryptography", "fido2", "registrar.domain"},
    "net": {"registrar.domain", "registrar.net"},
    "aws": {"boto3", "botocore", "registrar.domain", "registrar.settings", "registrar.aws"},
    "steps": {
        "registrar.domain",
        "registrar.settings",
        "registrar.aws",
        "registrar.net",
        "registrar.steps",
    },
    "entry": {"aws_lambda_powertools", "registrar.domain", "registrar.settings", "registrar.entry"},
    "functions": {
        "registrar.domain",
        "registrar.settings",
        "registrar.aws",
        "registrar.net",
        "registrar.steps",
        "registrar.entry",
    },
}
OURS = sorted(
    path
    for folder in ("layers/registrar", "functions", "tools", "tests", "bench")
    for path in (ROOT / folder).glob("**/*.py")
)
SETTINGS = PACKAGE / "registrar/settings.py"
WITHOUT_TESTS = [path for path in OURS if not path.is_relative_to(ROOT / "tests")]
CODE = [SETTINGS, *(path for package in PACKAGES.values() for path in package)]
# A handler parses, loads, lets a step or the domain decide, saves and responds: anything more belongs in a step.
MOST_MODULES_OF_A_HANDLER = 20
VERBS = sorted(path.parent.name for path in PACKAGES["functions"])
# The words of this house are customer, upload, certificate, notice …
VAGUE = ("util", "helper", "manager", "common", "misc")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


each_package = pytest.mark.parametrize("package", PACKAGES)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import would hide the package.
            assert node.level == 0, _name(path)
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield inside if node.module in ("registrar", "functions") else str(node.module)


@each_package
def test_a_package_imports_only_what_it_may(package: str) -> None:
    for path in PACKAGES[package]:
        for module in imports(path):
            room_or_package = ".".join(module.split(".")[: 2 if module.startswith("registrar") else 1])
            known = room_or_package in sys.stdlib_module_names or room_or_package in MAY_IMPORT[package]
            assert known, f"{_name(path)} imports {module}"


@pytest.mark.parametrize(
    "planted", ["import boto3", "from registrar.aws import dynamo", "from registrar import aws"]
)
def test_a_wrong_import_is_detected(planted: str, tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text(planted)
    (module,) = imports(path)

    assert module in ("boto3", "registrar.aws")


@pytest.mark.parametrize("package", ["domain", "aws", "net", "steps"])
def test_time_is_an_argument(package: str) -> None:
    clocks = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "sleep"}
    for path in PACKAGES[package]:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                read = node.func.attr in clocks and owner in ("datetime", "date", "time", "datetime.datetime")
                assert not read, f"{_name(path)}:{node.lineno} reads the clock"


def test_one_module_reads_the_clock_and_one_the_environment() -> None:
    for path in CODE:
        text = path.read_text()
        if path.name != "clock.py":
            assert "datetime.now(" not in text, _name(path)
        if path != SETTINGS:
            assert "environ" not in re.sub(r'""".*?"""', "", text, flags=re.DOTALL), _name(path)
            assert "getenv" not in text, _name(path)


@pytest.mark.parametrize("package", ["aws", "steps"])
def test_only_the_wiring_reads_settings_and_creates_clients(package: str) -> None:
    for path in PACKAGES[package]:
        if path.name != "wiring.py":
            wired = {"registrar.settings", "registrar.aws.clients"}
            assert not wired & set(imports(path)), _name(path)


def test_a_handler_builds_no_store() -> None:
    for path in PACKAGES["functions"]:
        assert "registrar.aws.clients" not in set(imports(path)), _name(path)


def test_only_aws_uses_dynamodb() -> None:
    for path in PACKAGES["functions"] + PACKAGES["domain"] + PACKAGES["entry"]:
        assert not re.search(r'\{"(S|N|B)": ', path.read_text()), _name(path)


@pytest.mark.parametrize("path", PACKAGES["functions"], ids=_name)
def test_a_handler_leaves_the_status_of_an_error_to_the_catalogue(path: Path) -> None:
    assert not re.search(r"\b[45]\d\d\b", re.sub(r'""".*?"""|#.*', "", path.read_text(), flags=re.DOTALL))


@pytest.mark.parametrize("path", PACKAGES["functions"], ids=_name)
def test_a_handler_has_one_subject(path: Path) -> None:
    used = {module for module in imports(path) if module.startswith("registrar")}

    assert len(used) <= MOST_MODULES_OF_A_HANDLER


@pytest.mark.parametrize("verb", VERBS)
def test_a_function_has_one_file(verb: str) -> None:
    files = [path.name for path in (ROOT / "functions" / verb).iterdir() if path.name != "__pycache__"]

    assert files == ["handler.py"]


def packed(tree: ast.Module) -> Iterator[int]:
    """The lines that assign several values at once, other than a swap or one value taken apart in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            swapped = isinstance(node.value, ast.Tuple) and {ast.unparse(each) for each in node.value.elts} == {
                ast.unparse(each) for each in node.targets[0].elts
            }
            if node in tree.body or (isinstance(node.value, ast.Tuple) and not swapped):
                yield node.lineno


def test_tests_share_helpers_through_support_only() -> None:
    # What is imported from a test module is collected and changed with it.
    shared = [
        f"{_name(path)} imports {module}"
        for path in (ROOT / "tests").glob("**/*.py")
        for module in imports(path)
        if any(part.startswith("test_") for part in module.split("."))
    ]

    assert shared == []


def test_a_line_assigns_one_value() -> None:
    for path in WITHOUT_TESTS:
        assert not list(packed(tree_of(path))), _name(path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BANK, TABLE = setting('BANK'), setting('TABLE')", [1]),
        ("A, B = range(2)", [1]),
        ("def f():\n    at, customer = now(), find()", [2]),
        ("def f():\n    a, b = b, a", []),
        ("def f():\n    first, last = pair()", []),
    ],
)
def test_packed_assignments_are_detected(text: str, found: list[int]) -> None:
    assert list(packed(ast.parse(text))) == found


def acting(tree: ast.Module) -> list[str]:
    """The public classes of a module that do more than hold values: those with two public methods or more."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and sum(isinstance(each, ast.FunctionDef) and not each.name.startswith("_") for each in node.body) > 1
    ]


@pytest.mark.parametrize("package", ["aws", "net", "steps", "entry"])
def test_a_file_has_one_class_with_behaviour(package: str) -> None:
    for path in PACKAGES[package]:
        # Plan and Plans, Run and Runs: a thing and the store of it are one subject.
        families = {name.removesuffix("s") for name in acting(tree_of(path))}
        assert len(families) <= 1, f"{_name(path)}: {families}"


def test_no_file_contains_a_todo() -> None:
    markers = re.compile("TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK")

    assert not [_name(path) for path in OURS if markers.search(path.read_text())]


def test_no_file_has_a_catch_all_name() -> None:
    assert not [_name(path) for path in OURS if any(word in path.stem for word in VAGUE)]


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_every_module_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


def test_commands_of_the_readme_exist() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z-]+)\b", "\n".join(re.findall(r"`[^`]+`|^make .*$", readme, re.MULTILINE))))

    assert used, "README.md shows no command"
    assert used <= targets
    modules = set(re.findall(r"python -m (tools\.[\w.]+)", readme + makefile))
    assert not [module for module in modules if not (ROOT / f"{module.replace('.', '/')}.py").exists()]


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.[my]*"))], ids=_name
)
def test_commands_of_the_docs_run_where_the_packages_are(path: Path) -> None:
    # The machine's own Python has neither boto3 nor our packages.
    assert not re.findall(r"^.*(?<![/\w])python3? -m tools\..*$", path.read_text(), re.MULTILINE)


def test_links_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    links = {target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", readme)}

    assert not [link for link in links if link and "://" not in link and not (ROOT / link).exists()]


def test_the_readme_names_every_route_and_function() -> None:
    readme = (ROOT / "README.md").read_text()

    assert not [verb for verb in VERBS if f"`{verb}`" not in readme]
