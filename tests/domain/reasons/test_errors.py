"""Every error stands in the drawn tree, and what a caller gets for it is what the tree says."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from registrar.domain.reasons import errors
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import RegistrarError
from registrar.entry.refusals import REFUSALS, refusal_of
from tests.test_house import CODE

ARROW = "→"
MADE_WITH = {
    "Refusal": (Code.REG_NOT_FOUND,),
    "CertificateTaken": (Code.ALREADY_REGISTERED,),
    "TrustDocumentRejected": (["issuers[0]: no such key"],),
    "MessagePostponed": (timedelta(hours=1),),
    "AdminStepRefused": ("approved already",),
    "IssuerUnreachable": ("HTTP status 503",),
    "ChannelMisconfigured": ("fax", "unknown channel"),
}


def drawn() -> Iterator[tuple[str, str, str]]:
    """Name, base and what stands behind the arrow, for each line of the tree."""
    above = ["RegistrarError"]
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"((?:│   |    )*)[├└]── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            above = [*above[:depth], found[2]]
            yield found[2], above[depth - 1], line.partition(ARROW)[2].strip()


def family() -> dict[str, type[RegistrarError]]:
    kinds = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    return {n: kind for n, kind in kinds.items() if issubclass(kind, RegistrarError) and kind is not RegistrarError}


def test_the_drawn_tree_is_the_family() -> None:
    assert {name: base for name, base, _ in drawn()} == {
        n: kind.__bases__[0].__name__ for n, kind in family().items()
    }


def test_no_error_is_defined_elsewhere() -> None:
    known = {"BaseException", "Exception", "ValueError", "RuntimeError", *family(), "RegistrarError"}
    for path in (path for path in CODE if path.name != "errors.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                is_error = bases & known or any(base.endswith(("Error", "Exception")) for base in bases)
                assert not is_error, f"{path}:{node.lineno} defines {node.name} outside the tree"


@pytest.mark.parametrize(("name", "becomes"), [(name, becomes) for name, _, becomes in drawn()])
def test_an_error_becomes_what_the_tree_says(name: str, becomes: str) -> None:
    found = refusal_of(family()[name](*MADE_WITH.get(name, ())))

    if not becomes:
        assert found is None
    else:
        assert found is not None
        assert found.code == (Code.REG_NOT_FOUND if becomes == "its own code" else becomes)


def test_a_refusal_has_the_params_of_its_text() -> None:
    sealed = refusal_of(errors.SealedSecretInvalid())
    step = refusal_of(errors.AdminStepRefused("approved already"))

    assert sealed is not None
    assert sealed.params == {"field": "sealed"}
    assert step is not None
    assert step.params == {"why": "approved already"}


def test_a_defect_becomes_no_refusal() -> None:
    assert refusal_of(KeyError("id")) is None


def test_the_mapping_does_not_depend_on_its_order() -> None:
    assert not [(a, b) for a in REFUSALS for b in REFUSALS if a is not b and issubclass(a, b)]


def test_errors_load_the_standard_library_and_codes_alone() -> None:
    source = "import sys, registrar.domain.reasons.errors; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603 - this interpreter on our own text
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    ).stdout.split()

    foreign = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"__main__", "registrar"}
    assert not {name for name in foreign if name in ("cryptography", "boto3", "fido2", "aws_lambda_powertools")}
    assert [n for n in loaded if n.startswith("registrar.domain.reasons.")] == [
        "registrar.domain.reasons.codes",
        "registrar.domain.reasons.errors",
    ]
