"""Checks the examples of problems in docs/openapi.yaml and docs/relying.yaml: `python -m
tools.checks.problem_examples`.

`--write` writes them: one for each code of `ProblemCode`, as the service responds in English, with the Korean title
and text as summary and description; and one for each response of API Gateway, from template.yaml.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from registrar.domain.access.credentials import MAX_PASSKEYS
from registrar.domain.files.kdf_budget import MAX_ROUNDS
from registrar.domain.reasons.catalogue import CATALOGUE, STANDARD_PARAMS
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import DAILY_UPLOADS
from registrar.domain.registrations.upload_files import MAX_FILE_BYTES
from registrar.entry.problems import problem
from tools.checks.sections import keep_section
from tools.cloud.emulator import ROOT
from tools.packaging.template import gateway_body, read_template

BEGIN = "    # problems: written by `make docs` from the catalogue of reasons and template.yaml\n"
END = "    # end of problems\n"
SUPPORT_REF = "7KQ2-M4XD"
GATEWAY_ID = "3f0c1f7e-0000-4000-8000-000000000001"

PARAMS: Mapping[str, object] = {
    "accepted": {
        "ko": "개인 범용, 개인 은행·보험용",
        "en": "personal, general purpose, personal, bank and insurance",
    },
    "again_at": "2026-11-22T03:06:00Z",
    "count": 2,
    "days_left": 7,
    "expired_on": "2026-10-18T14:59:59Z",
    "expires_on": "2026-11-29T14:59:59Z",
    "field": "files[0].sha256",
    "issuer": {"ko": "금융결제원 (yessign)", "en": "KFTC yessign"},
    "max_bytes": MAX_FILE_BYTES,
    "methods": ["passkey"],
    "oid": "1.2.410.200004.99",
    "required": "RSA 2048-8192, EC secp256r1",
    "revoked_on": "2026-11-03T05:00:00Z",
    "rounds": 10_000_000,
    "tries_left": 4,
    "valid_from_at": "2026-12-02T15:00:00Z",
}
"""Values of parameters, unless the code has its own."""
OWN_PARAMS: Mapping[Code, Mapping[str, object]] = {
    Code.CERT_ALGORITHM_WEAK: {"found": "sha1"},
    Code.CERT_CORPORATE_REQUIRED: {
        "accepted": {
            "ko": "기업 범용, 기업 은행·보험용",
            "en": "corporate, general purpose, corporate, bank and insurance",
        }
    },
    Code.CERT_KEY_TOO_WEAK: {"found": "RSA 1024"},
    Code.CERT_POLICY_NOT_ACCEPTED: {"found": {"ko": "신용카드용", "en": "credit card"}},
    Code.CREDENTIAL_CHANGE_DELAYED: {"again_at": "2026-11-29T03:05:00Z"},
    Code.CREDENTIAL_LIMIT_REACHED: {"limit": MAX_PASSKEYS},
    Code.FILE_KDF_COST_TOO_HIGH: {"limit": MAX_ROUNDS},
    Code.PROOF_FAILED: {"tries_left": 2},
    Code.REPLACES_REQUIRED: {"registration_id": "r3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b"},
    Code.UPLOAD_LIMIT_REACHED: {"limit": DAILY_UPLOADS, "again_at": "2026-11-23T00:00:00Z"},
}


@dataclass(frozen=True)
class Contract:
    """A document, the API of the template that it describes, and the codes of which only API Gateway responds:
    the authorizer, IAM or a limit refuses before a function of ours could."""

    path: Path
    api: str
    only_gateways: frozenset[Code]


CUSTOMERS = Contract(ROOT / "docs/openapi.yaml", "Api", frozenset({Code.AUTH_REQUIRED, Code.SESSION_EXPIRED}))
RELYING = Contract(
    ROOT / "docs/relying.yaml", "RelyingApi", frozenset({Code.RELYING_SERVICE_NOT_SIGNED, Code.RATE_LIMITED})
)


def main() -> None:
    """Compare the examples with the catalogue and the template, or write them."""
    template = read_template(ROOT / "template.yaml")
    os.environ |= _bank(template)
    for contract in (CUSTOMERS, RELYING):
        document = yaml.load(contract.path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        codes = [Code(code) for code in document["components"]["schemas"]["ProblemCode"]["enum"]]
        keep_section(contract.path, BEGIN, END, section(codes, template, contract))


def _bank(template: Mapping[str, Any]) -> dict[str, str]:
    """The bank's names and number that every function has, as the template's parameters set them by default."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    names = ("BANK_NAME_KO", "BANK_NAME_EN", "HELP_DESK_PHONE")
    return {name: template["Parameters"][variables[name]["Ref"]]["Default"] for name in names}


def section(codes: list[Code], template: Mapping[str, Any], contract: Contract = CUSTOMERS) -> str:
    """The examples of these codes as the document has them."""
    examples = dict(_gateways(codes, template, contract.api))
    examples |= {code.value: _ours(code) for code in codes if code not in contract.only_gateways}
    text = yaml.safe_dump(examples, allow_unicode=True, sort_keys=False, width=112)
    return "".join(f"    {line}\n" for line in text.splitlines())


def params_of(code: Code) -> dict[str, Any]:
    """Parameters of an example, in both languages where they are names."""
    own = OWN_PARAMS.get(code, {})
    named = dict.fromkeys([*CATALOGUE[code].params, *own])
    names = [name for name in named if name not in ("support_ref", *STANDARD_PARAMS)]
    return {name: own[name] if name in own else PARAMS[name] for name in names}


def _ours(code: Code) -> dict[str, Any]:
    refusal = Refusal(code, **params_of(code))
    english, korean = (json.loads(problem(refusal, language, SUPPORT_REF)["body"]) for language in ("en", "ko"))
    return {"summary": korean["title"], "description": korean["detail"], "value": english}


def _gateways(codes: list[Code], template: Mapping[str, Any], api: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for response in template["Resources"][api]["Properties"]["GatewayResponses"].values():
        value = json.loads(gateway_body(response, template))
        if value["code"] in codes:
            yield (
                f"GATEWAY_{value['code']}",
                {"summary": "API Gateway's own response", "value": value | {"support_ref": GATEWAY_ID}},
            )


if __name__ == "__main__":
    main()
