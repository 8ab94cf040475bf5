"""Every error is in the drawn tree, and maps to the reason that the tree states."""

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
from tools.cloud.emulator import ROOT

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


def test_drawn_tree_matches_the_error_classes() -> None:
    assert {name: base for name, base, _ in drawn()} == {
        n: kind.__bases__[0].__name__ for n, kind in family().items()
    }


def test_errors_are_defined_in_one_file() -> None:
    known = {"BaseException", "Exception", "ValueError", "RuntimeError", *family(), "RegistrarError"}
    code = [*(ROOT / "layers/registrar/python").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    for path in (path for path in code if path.name != "errors.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                is_error = bases & known or any(base.endswith(("Error", "Exception")) for base in bases)
                assert not is_error, f"{path}:{node.lineno} defines {node.name} outside the tree"


@pytest.mark.parametrize(("name", "becomes"), [(name, becomes) for name, _, becomes in drawn()])
def test_error_maps_to_the_reason_in_the_tree(name: str, becomes: str) -> None:
    found = refusal_of(family()[name](*MADE_WITH.get(name, ())))

    if not becomes:
        assert found is None
    else:
        assert found is not None
        assert found.code == (Code.REG_NOT_FOUND if becomes == "its own code" else becomes)


def test_refusal_has_the_params_of_its_text() -> None:
    sealed = refusal_of(errors.SealedSecretInvalid())
    step = refusal_of(errors.AdminStepRefused("approved already"))

    assert sealed is not None
    assert sealed.params == {"field": "sealed"}
    assert step is not None
    assert step.params == {"why": "approved already"}


def test_defect_does_not_become_a_refusal() -> None:
    assert refusal_of(KeyError("id")) is None


def test_mapping_is_independent_of_its_order() -> None:
    assert not [(a, b) for a in REFUSALS for b in REFUSALS if a is not b and issubclass(a, b)]


def test_errors_import_only_the_standard_library_and_codes() -> None:
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
