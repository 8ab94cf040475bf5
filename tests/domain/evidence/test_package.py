"""The evidence package: the same bytes each time, every file named, nothing that the issuer did not state."""

import io
import json
import zipfile
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.evidence.package import build_package
from registrar.domain.signing.completion import Completion
from tests.support.evidence import BANK, a_completion, by_list, by_ocsp, its_issuer, the_certificate
from tests.support.ocsp_answers import ca_itself, delegated


def files_in(completion: Completion) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build_package(completion, BANK))) as package:
        return {name: package.read(name) for name in package.namelist()}


def manifest(completion: Completion) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files_in(completion)["evidence.json"])
    return found


def test_a_completion_always_gives_the_same_bytes() -> None:
    completion = a_completion()

    assert build_package(completion, BANK) == build_package(completion, BANK)


def test_the_package_holds_what_was_signed_and_why_the_certificate_was_good() -> None:
    completion = a_completion()
    files = files_in(completion)

    assert list(files) == [
        *("evidence.json", "text.txt", "signature.bin", "certificate.pem", "chain.pem", "anchor.pem"),
        *("ocsp.der", "responder.pem"),
    ]
    assert files["text.txt"] == completion.text.encode()
    assert files["signature.bin"] == completion.proof.signature
    assert files["certificate.pem"] == the_certificate().pem
    (response,) = completion.status.shown_by
    assert files["ocsp.der"] == response.der  # type: ignore[union-attr]


def test_the_manifest_states_request_decision_and_times() -> None:
    stated = manifest(a_completion())
    files = stated.pop("files")

    assert files.keys() == files_in(a_completion()).keys() - {"evidence.json"}
    assert stated == {
        "format": "signature-evidence 1",
        "bank": "JBB",
        "request": {
            "id": stated["request"]["id"],
            "service": "transfers",
            "customer_id": "hong",
            "kind": "transfer",
            "values": {
                "payee": "김철수",
                "bank": "한빛은행",
                "account": "110-234-567890",
                "amount": 1500000,
                "from_account": "220-11-0099887",
            },
            "document_sha256": "5e" * 32,
            "nonce": "AAECAwQFBgcICQoLDA0ODw",
            "created_at": "2026-11-23T03:00:00Z",
            "expires_at": "2026-11-23T03:05:00Z",
        },
        "registration_id": stated["registration_id"],
        "signed_at": "2026-11-23T03:01:00Z",
        "signature": {"file": "signature.bin", "algorithm": "ECDSA with SHA-256"},
        "decision": {
            "result": "COMPLETED",
            "trust_document_version": 7,
            "operator": "yessign",
            "certificate_sha256": stated["decision"]["certificate_sha256"],
            "key": "EC secp256r1",
            "anchor_sha256": its_issuer().anchor.certificate.fingerprint,
        },
        "revocation": [
            {
                "certificate_sha256": stated["decision"]["certificate_sha256"],
                "status": "GOOD",
                "source": "ocsp",
                "file": "ocsp.der",
            }
        ],
    }


def test_a_list_is_named_and_not_copied() -> None:
    completion = a_completion(source="crl")

    assert manifest(completion)["revocation"] == [
        {
            "certificate_sha256": completion.registration.fingerprint,
            "status": "GOOD",
            "source": "crl",
            "issuer_key_sha256": its_issuer().certificate.key_digest,
            "number": 41,
            "this_update": "2026-11-23T02:00:00Z",
            "next_update": "2026-11-24T02:00:00Z",
            "sha256": "c1" * 32,
            "entry": None,
        }
    ]
    assert not files_in(completion).keys() & {"ocsp.der", "responder.pem"}


def test_lists_of_the_cas_are_named_after_the_certificates_own_source() -> None:
    status = by_ocsp()
    of_the_ca = by_list().shown_by
    both = a_completion(status=type(status)(status.value, "ocsp", shown_by=status.shown_by + of_the_ca))

    assert [source["source"] for source in manifest(both)["revocation"]] == ["ocsp", "crl"]


def test_a_cms_message_is_kept_as_it_came() -> None:
    completion = a_completion("cms")

    assert files_in(completion)["signature.p7s"] == completion.proof.signature
    assert manifest(completion)["signature"]["file"] == "signature.p7s"


@pytest.mark.parametrize("responder", [ca_itself, delegated])
def test_the_responder_that_signed_is_in_the_package(responder: Any) -> None:
    files = files_in(a_completion(status=by_ocsp(responder())))

    assert files["responder.pem"] == responder().certificate.public_bytes(Encoding.PEM)
