"""Checks the examples of problems in docs/openapi.yaml: `python -m tools.checks.problem_examples`.

`--write` writes them: one for each code of `ProblemCode`, as the service responds in English, with the Korean title
and text as summary and description; and one for each response of API Gateway, from template.yaml.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from registrar.domain.access.credentials import MAX_PASSKEYS
from registrar.domain.files.kdf_budget import MAX_ROUNDS
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal
from registrar.domain.registrations.upload import DAILY_UPLOADS, MAX_FILE_BYTES
from registrar.entry.responses import problem
from tools.checks.sections import keep_section
from tools.cloud.emulator import ROOT
from tools.packaging.template import read_template

CONTRACT = ROOT / "docs/openapi.yaml"
BEGIN = "    # problems: written by `make docs` from the catalogue of reasons and template.yaml\n"
END = "    # end of problems\n"
SUPPORT_REF = "3f0c1f7e-0000-4000-8000-000000000001"

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
    Code.CERT_KEY_TOO_WEAK: {"found": "RSA 1024"},
    Code.CERT_POLICY_NOT_ACCEPTED: {
        "found": {"ko": "신용카드용 (1.2.410.200005.1.1.6.2)", "en": "credit card (1.2.410.200005.1.1.6.2)"}
    },
    Code.CREDENTIAL_CHANGE_DELAYED: {"again_at": "2026-11-29T03:05:00Z"},
    Code.CREDENTIAL_LIMIT_REACHED: {"limit": MAX_PASSKEYS},
    Code.FILE_KDF_COST_TOO_HIGH: {"limit": MAX_ROUNDS},
    Code.PROOF_FAILED: {"tries_left": 2},
    Code.REPLACES_REQUIRED: {"registration_id": "r3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b"},
    Code.UPLOAD_LIMIT_REACHED: {"limit": DAILY_UPLOADS, "again_at": "2026-11-23T00:00:00Z"},
}


def main() -> None:
    """Compare the examples with the catalogue and the template, or write them."""
    contract = yaml.load(CONTRACT.read_text(encoding="utf-8"), yaml.CSafeLoader)
    codes = [Code(code) for code in contract["components"]["schemas"]["ProblemCode"]["enum"]]
    keep_section(CONTRACT, BEGIN, END, section(codes, read_template(ROOT / "template.yaml")))


def section(codes: list[Code], template: Mapping[str, Any]) -> str:
    """The examples of these codes as the document has them."""
    examples = dict(_gateways(codes, template))
    examples |= {code.value: _ours(code) for code in codes if not _only_the_gateways(code)}
    text = yaml.safe_dump(examples, allow_unicode=True, sort_keys=False, width=112)
    return "".join(f"    {line}\n" for line in text.splitlines())


def params_of(code: Code) -> dict[str, Any]:
    """Parameters of an example, in both languages where they are names."""
    own = OWN_PARAMS.get(code, {})
    names = dict.fromkeys([*CATALOGUE[code].params, *own])
    return {name: own[name] if name in own else PARAMS[name] for name in names if name != "support_ref"}


def _only_the_gateways(code: Code) -> bool:
    """The authorizer refuses, and API Gateway responds, before a function of ours could."""
    return code in (Code.AUTH_REQUIRED, Code.SESSION_EXPIRED)


def _ours(code: Code) -> dict[str, Any]:
    refusal = Refusal(code, **params_of(code))
    english, korean = (json.loads(problem(refusal, language, SUPPORT_REF)["body"]) for language in ("en", "ko"))
    return {"summary": korean["title"], "description": korean["detail"], "value": english}


def _gateways(codes: list[Code], template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for response in template["Resources"]["Api"]["Properties"]["GatewayResponses"].values():
        value = json.loads(response["ResponseTemplates"]["application/json"])
        if value["code"] in codes:
            yield (
                f"GATEWAY_{value['code']}",
                {"summary": "API Gateway's own response", "value": value | {"support_ref": SUPPORT_REF}},
            )


if __name__ == "__main__":
    main()
