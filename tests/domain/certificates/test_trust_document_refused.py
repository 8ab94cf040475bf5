"""Every mistake in a trust document, reported to the admin with all reasons at once."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.trust_document import MAX_DOCUMENT_BYTES, read_document
from registrar.domain.reasons.errors import TrustDocumentRejected
from tests.support.builders import (
    Link,
    a_certificate,
    a_document_of,
    a_link,
    a_pin,
    a_pki,
    a_trust_document,
    an_ec_key,
)
from tools.admin.trust_document import load_operators

Document = dict[str, Any]
Change = Callable[[Document], object]


def reasons(raw: bytes | Document, *roots: x509.Certificate) -> tuple[str, ...]:
    content = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    pins = [a_pin(root) for root in roots or [a_pki().root.certificate]]
    with pytest.raises(TrustDocumentRejected) as caught:
        read_document(content, pins)
    assert str(caught.value) == "; ".join(caught.value.reasons)
    return caught.value.reasons


def setting(where: str, value: object) -> Change:
    """A change of the member at a path such as `issuers.0.name`."""

    def change(document: Document) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in where.split(".")]
        target: Any = document
        for step in way:
            target = target[step]
        target[last] = value

    return change


def without(where: str) -> Change:
    def change(document: Document) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in where.split(".")]
        target: Any = document
        for step in way:
            target = target[step]
        del target[last]

    return change


def a_document() -> dict[str, Any]:
    """The demo document and an operator without issuing CA: what is wrong with it is wrong with nothing else."""
    document = a_trust_document()
    inipass = {name: value for name, value in load_operators()["inipass"].items() if name != "unconfirmed"}
    document["operators"]["inipass"] = {**inipass, "revocation": dict(SOURCES)}
    return document


SOURCES = {"ocsp": "http://ocsp.example:4612", "crl": [], "responders": [], "certid_hash": "sha1"}
INIPASS = "operators.inipass"
CASES: list[tuple[Change, str]] = [
    # the document
    (setting("format", 1), "document: format must be 2"),
    (setting("version", 0), "document: version must be a whole number from 1"),
    (setting("version", True), "document: version must be a whole number from 1"),
    (setting("version", 1.0), "document: version must be a whole number from 1"),
    (setting("version", "2"), "document: version must be a whole number from 1"),
    (without("version"), "document: version is missing"),
    (setting("comment", "for the audit"), "document: comment is not known here"),
    (setting("anchors", {}), "document: must be a list"),
    (setting("issuers", None), "document: must be a list"),
    (setting("operators", []), "document: operators must be an object"),
    # operators and policies
    (setting("operators.yes/sign", {}), "operators[6]: 'yes/sign' must be 1 to 32 letters, digits, - or _"),
    (setting("operators.new", 1), "operators[6]: must be an object"),
    (setting(f"{INIPASS}.url", "x"), "operators[5]: url is not known here"),
    (without(f"{INIPASS}.name"), "operators[5]: name is missing"),
    (without(f"{INIPASS}.name.en"), "operators[5]: en is missing"),
    (setting(f"{INIPASS}.name.fr", "x"), "operators[5]: fr is not known here"),
    (setting(f"{INIPASS}.name.en", ""), "operators[5]: name.en must be a text of 1 to 200"),
    (setting(f"{INIPASS}.name.en", "x" * 201), "operators[5]: name.en must be a text of 1 to 200"),
    (setting(f"{INIPASS}.policies", {}), "operators[5]: must be a list"),
    (setting(f"{INIPASS}.policies.0", "1.2.3"), "operators[5]: must be an object"),
    (setting(f"{INIPASS}.policies.0.oid", "1.2.03"), "operators[5]: 1.2.03 is no object identifier"),
    (setting(f"{INIPASS}.policies.0.oid", "3.2.3"), "operators[5]: 3.2.3 is no object identifier"),
    (setting(f"{INIPASS}.policies.0.oid", 12), "operators[5]: oid must be a text of 1 to 200 characters"),
    (setting(f"{INIPASS}.policies.1.oid", "1.2.410.200004.5.5.1.1"), "inipass: a policy occurs twice"),
    (setting(f"{INIPASS}.policies.0.kind", "both"), "5.5.1.1: kind must be one of personal, corporate"),
    (setting(f"{INIPASS}.policies.0.accepted", "yes"), "accepted true or false"),
    (setting(f"{INIPASS}.policies.0.accepted", 1), "accepted true or false"),
    (without(f"{INIPASS}.policies.0.accepted"), "operators[5]: accepted is missing"),
    (setting(f"{INIPASS}.policies.0.label", "x"), "operators[5]: must be an object"),
    (setting(f"{INIPASS}.policies.0.oid", "2.5.29.32.0"), "2.5.29.32.0 is never acceptable"),
    (setting(f"{INIPASS}.policies.0.oid", "1.2.410.100001.2.1.1"), "2.1.1 is never acceptable"),
    # servers of an operator
    (without(f"{INIPASS}.revocation"), "operators[5]: revocation is missing"),
    (setting(f"{INIPASS}.revocation", []), "operators[5]: must be an object"),
    (without(f"{INIPASS}.revocation.crl"), "operators[5]: crl is missing"),
    (setting(f"{INIPASS}.revocation.ocsp", None), "inipass: without ocsp and crl no certificate could be asked"),
    (setting(f"{INIPASS}.revocation.ocsp", "https://ocsp.example"), "inipass: ocsp must be an address like http:"),
    (setting(f"{INIPASS}.revocation.ocsp", "http://a@ocsp.example"), "inipass: ocsp must be an address like http:"),
    (setting(f"{INIPASS}.revocation.crl", "ldap://ds.example"), "operators[5]: must be a list"),
    (setting(f"{INIPASS}.revocation.crl", ["ldap://ds.example/ou=x"]), "ou=x: crl must be origins like ldap:"),
    (setting(f"{INIPASS}.revocation.crl", ["file:///etc/passwd"]), "passwd: crl must be origins like ldap:"),
    (setting(f"{INIPASS}.revocation.responders", ["MIIC"]), "operators[5]: certificate is not the base64 of a DER"),
    (setting(f"{INIPASS}.revocation.exempt_nocheck", 1), "inipass: exempt_nocheck must be true or false"),
    (setting(f"{INIPASS}.revocation.certid_hash", "md5"), "inipass: certid_hash must be one of sha1, sha256"),
    # entries
    (setting("anchors.0", "root"), "anchors[0]: must be an object"),
    (without("anchors.0.name"), "anchors[0]: name is missing"),
    (setting("anchors.0.pinned", True), "anchors[0]: pinned is not known here"),
    (setting("anchors.0.accepted_until", "2030-01-01"), "anchors[0]: accepted_until must look like 2026-"),
    (setting("anchors.0.accepted_until", "2010-01-01T00:00:00Z"), "accepted_from must be before accepted_until"),
    (setting("issuers.2", None), "issuers[2]: must be an object"),
    (setting("issuers.2.operator", "nobody"), "SignKorea Demo CA 1: operator nobody is not described"),
    (setting("issuers.2.operator", ["kica"]), "is not described under operators"),
    (setting("issuers.2.accepted_from", "2026-11-22T00:00:00+09:00"), "issuers[2]: accepted_from must look like"),
    (setting("issuers.2.accepted_from", "2026-02-30T00:00:00Z"), "issuers[2]: accepted_from must look like"),
    (setting("issuers.2.accepted_from", 0), "issuers[2]: accepted_from must be a text"),
    (setting("issuers.2.certificate", ""), "issuers[2]: certificate is not the base64 of a DER certificate"),
    (setting("issuers.2.certificate", "가나다"), "issuers[2]: certificate is not the base64 of a DER certificate"),
    (setting("issuers.2.certificate", "MIIC"), "issuers[2]: certificate is not the base64 of a DER certificate"),
    (setting("issuers.2.certificate", 5), "issuers[2]: certificate must be base64 text"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_each_mistake_is_reported_at_its_place(change: Change, reason: str) -> None:
    document = a_document()
    change(document)
    found, *others = reasons(document)
    assert reason in found
    # Without its root no issuer is valid; no other mistake is reported twice.
    assert len(others) == (5 if found.startswith("anchors") else 0)
    assert all("no pinned anchor issued it" in other for other in others)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"version": NaN', b'"text', b"9" * 5000],
    ids=["empty", "open", "no text", "deep", "cut", "cut text", "long number"],
)
def test_malformed_json_is_refused(raw: bytes) -> None:
    (reason,) = reasons(raw)
    assert reason.startswith("document: not JSON (")


@pytest.mark.parametrize("raw", [b"[]", b"1", b"null", b'"text"'])
def test_json_other_than_an_object_is_refused(raw: bytes) -> None:
    assert reasons(raw) == ("document: must be an object",)


def test_too_large_document_is_not_parsed() -> None:
    assert reasons(b" " * (MAX_DOCUMENT_BYTES + 1)) == (f"document: larger than {MAX_DOCUMENT_BYTES} bytes",)
    document = json.dumps(a_trust_document()).encode()
    read_document(document.ljust(MAX_DOCUMENT_BYTES), [a_pin(a_pki().root.certificate)])


def test_duplicate_member_is_refused() -> None:
    raw = json.dumps(a_trust_document()).replace('"version": 1', '"version": 1, "version": 2', 1)
    assert reasons(raw.encode()) == ("document: version occurs twice in one object",)


def test_never_accepted_policy_may_be_listed_as_refused() -> None:
    document = a_document()
    setting("operators.yessign.policies.0.oid", "1.2.410.100001.2.1.1")(document)
    setting("operators.yessign.policies.0.accepted", False)(document)
    store = read_document(json.dumps(document).encode(), [a_pin(a_pki().root.certificate)])
    assert not store.issuers[0].operator.policies["1.2.410.100001.2.1.1"].accepted


# --- anchors --------------------------------------------------------------------------------------


def test_unpinned_anchor_is_refused() -> None:
    found = reasons(a_trust_document(), a_pki(2).root.certificate)
    fingerprint = a_pin(a_pki().root.certificate)
    assert found[0] == f"anchors[0]: KISA Demo RootCA 1: fingerprint {fingerprint} is not pinned"
    assert len(found) == 6
    assert all("no pinned anchor issued it" in reason for reason in found[1:])


def test_other_bytes_under_a_pinned_name_are_refused() -> None:
    document = a_document()
    document["anchors"][0]["certificate"] = a_pki(2).trust_document()["anchors"][0]["certificate"]
    assert "is not pinned" in reasons(document)[0]


def test_pinned_certificate_that_is_not_a_root_is_refused() -> None:
    document = a_document()
    issuer = a_pki().issuers["yessign"].certificate
    document["anchors"][0]["certificate"] = base64.b64encode(issuer.public_bytes(Encoding.DER)).decode()
    found = reasons(document, issuer)
    assert found[0] == "anchors[0]: KISA Demo RootCA 1: not self-signed: issuer name differs"


def test_pinned_certificate_that_is_not_a_ca_is_refused() -> None:
    link = a_link("A root", ca=False)
    assert reasons(a_document_of(link), link.certificate.parsed) == ("anchors[0]: root: not a CA certificate",)


# --- issuers --------------------------------------------------------------------------------------

ROOT = a_link("A root")
FORGED = a_link("A CA", ROOT, signing_key=an_ec_key("A forger"))
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.99"), b"\5\0")
NOT_ANCHORED = "issuers[0]: CA 0: no pinned anchor issued it, nor a CA of this document below one"


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        (FORGED, NOT_ANCHORED),
        (a_link("A CA", a_link("Another root")), NOT_ANCHORED),
        (a_link("A CA", ROOT, ca=False), "issuers[0]: CA 0: basicConstraints does not say CA"),
        (a_link("A CA", ROOT, usage=None), "issuers[0]: CA 0: keyUsage lacks keyCertSign"),
        (
            a_link("A CA", ROOT, extensions=[(UNKNOWN, True)]),
            "issuers[0]: CA 0: extension 1.2.410.200004.99 is not",
        ),
    ],
    ids=["forged", "other root", "no CA", "no keyCertSign", "critical extension"],
)
def test_invalid_issuer_is_refused(issuer: Link, reason: str) -> None:
    (found,) = reasons(a_document_of(ROOT, issuer), ROOT.certificate.parsed)
    assert found.startswith(reason)


def test_ca_beyond_the_path_length_is_refused() -> None:
    upper = a_link("Upper CA", ROOT, path_length=0)
    lower = a_link("Lower CA", upper)
    found = reasons(a_document_of(ROOT, upper, lower), ROOT.certificate.parsed)
    assert found == ("issuers[1]: CA 1: path length exceeded",)


def test_ca_without_its_issuer_is_refused() -> None:
    lower = a_link("Lower CA", a_link("Upper CA", ROOT))
    assert reasons(a_document_of(ROOT, lower), ROOT.certificate.parsed) == (NOT_ANCHORED,)


def test_two_cas_that_issued_each_other_are_refused() -> None:
    one, other = an_ec_key("one"), an_ec_key("other")
    first = a_link("One CA", a_link("Other CA", key=other), key=one)
    second = a_link("Other CA", a_link("One CA", key=one), key=other)
    found = reasons(a_document_of(ROOT, first, second), ROOT.certificate.parsed)
    assert [reason.split(":")[0] for reason in found] == ["issuers[0]", "issuers[1]"]


def test_too_long_chain_is_refused() -> None:
    chain = [a_link("CA 0", ROOT)]
    for level in range(1, 5):
        chain.append(a_link(f"CA {level}", chain[-1]))
    (found,) = reasons(a_document_of(ROOT, *chain), ROOT.certificate.parsed)
    assert found.startswith("issuers[4]: CA 4: no pinned anchor issued it")


def test_duplicate_certificate_is_refused() -> None:
    document = a_document()
    document["issuers"].append(document["issuers"][0])
    assert reasons(document) == ("document: a certificate occurs twice",)


def test_customer_certificate_among_issuers_is_refused() -> None:
    document = a_document()
    der = a_certificate(key=an_ec_key()).der
    document["issuers"][1]["certificate"] = base64.b64encode(der).decode()
    assert reasons(document) == ("issuers[1]: signGATE Demo CA 1: basicConstraints does not say CA",)


# --- all at once ----------------------------------------------------------------------------------


def test_all_mistakes_are_reported_together_with_their_places() -> None:
    document = a_document()
    setting(f"{INIPASS}.name.en", "")(document)
    setting("anchors.0.accepted_until", "soon")(document)
    setting("issuers.0.certificate", "?")(document)
    setting("issuers.3.operator", "nobody")(document)
    document["anchors"].append(a_trust_document()["anchors"][0])
    document["issuers"][4]["certificate"] = a_pki(2).trust_document()["issuers"][4]["certificate"]
    assert [reason.split(": ")[0] for reason in reasons(document)] == [
        "anchors[0]",
        "operators[5]",
        "issuers[0]",
        "issuers[3]",
        "issuers[4]",
    ]
