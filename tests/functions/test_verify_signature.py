"""POST /verify: the verdict on a signature that was made elsewhere, with every finding, for relying services."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from registrar.domain.access.relying_service import Use
from registrar.domain.possession.signed_elsewhere import MAX_CONTENT_BYTES
from registrar.domain.times import iso
from tests.support import cms_messages
from tests.support.app import App, assert_problem, trust_demo_issuers
from tests.support.builders import NOW, a_certificate, an_ec_key
from tests.support.cms_messages import OpenSsl, SignerInfo, a_raw_signature, an_attribute, signed_by, the_attributes
from tests.support.relying import System, a_service
from tests.support.signed_elsewhere import (
    DAY,
    DOCUMENT,
    EC,
    MINUTE,
    RSA,
    SIGNED_AT,
    base64_of,
    by_digest,
    cms,
    raw,
    verify,
)
from tools.pki.authorities import CustomerCertificate, _tlv


@pytest.fixture
def system(app: App) -> System:
    trust_demo_issuers(app.account)
    return System(app.account).enter()


def verdict(system: System, body: object) -> tuple[str, list[str]]:
    answer = verify(system, body)
    assert answer.status == 200, answer.body
    return answer.body["verdict"], [finding["code"] for finding in answer.body["findings"]]


# ---- good signatures


@pytest.mark.parametrize("customer", [EC, RSA], ids=["ec", "rsa"])
@pytest.mark.parametrize("digest", [False, True])
def test_a_raw_signature_over_content_or_its_digest_is_valid(
    system: System, customer: CustomerCertificate, digest: bool
) -> None:
    body = raw(customer)

    assert verdict(system, by_digest(body) if digest else body) == ("VALID", [])


@pytest.mark.parametrize("customer", [EC, RSA], ids=["ec", "rsa"])
@pytest.mark.parametrize("digest", [False, True])
@pytest.mark.parametrize("enclosed", [None, DOCUMENT])
def test_a_cms_message_over_content_or_its_digest_is_valid(
    system: System, customer: CustomerCertificate, digest: bool, enclosed: bytes | None
) -> None:
    message = signed_by(customer, DOCUMENT, content_in=enclosed, certificates=[customer.der])
    body = cms(message, certificate=None)

    assert verdict(system, by_digest(body) if digest else body) == ("VALID", [])


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-nodetach",),
        ("-keyid",),
        ("-md", "sha512"),
        ("-cades",),
        ("-noattr",),
        ("-stream", "-nodetach"),
        ("-nosmimecap",),
    ],
)
def test_messages_of_openssl_are_valid(system: System, options: tuple[str, ...], tmp_path: Path) -> None:
    for customer in (EC, RSA):
        message = OpenSsl(tmp_path).sign(DOCUMENT, [customer], *options)
        # openssl states the real time of signing, which is not that of the tests.
        found, codes = verdict(system, cms(message, certificate=None))
        assert (found, set(codes) - {"SIGNING_TIME_DIFFERS"}) == ("VALID", set())


def test_the_verdict_comes_with_certificate_and_status(system: System) -> None:
    body = verify(system, raw()).body

    assert body["certificate"]["fingerprint"] == hashlib.sha256(EC.der).hexdigest()
    assert "홍길동" not in str(body["certificate"])
    assert body["revocation"] == {
        "status": "GOOD",
        "source": "ocsp",
        "as_of": iso(NOW),
        "revoked_at": None,
        "reason": None,
    }
    assert (body["headline"], body["trust_document_version"]) == (None, 1)


# ---- signatures that are not this certificate's over this content


def a_message(**overrides: Any) -> bytes:
    return signed_by(EC, DOCUMENT, **overrides)


def by_two_signers() -> bytes:
    return cms_messages.a_message(*sorted(SignerInfo(each, DOCUMENT).der() for each in (EC, RSA)))


WRONG: dict[str, Any] = {
    "another content": lambda: raw() | {"content": base64_of(DOCUMENT + b" ")},
    "another digest": lambda: by_digest(raw(), b"another document"),
    "another certificate": lambda: raw(certificate=base64_of(RSA.der)),
    "another certificate of cms": lambda: cms(a_message(), certificate=base64_of(RSA.der)),
    "no signature": lambda: raw(signature=base64_of(b"x")),
    "cms of another content": lambda: cms(signed_by(EC, b"another")),
    "cms enclosing another content": lambda: cms(a_message(content_in=b"another")),
    "cms enclosing another content than the digest's": lambda: by_digest(cms(a_message(content_in=b"another"))),
    "garbage": lambda: cms(b"0" * 1000, certificate=None),
    "garbage with a certificate": lambda: cms(b"0" * 1000),
    "no signer": lambda: cms(cms_messages.a_message()),
    "two signatures by one signer": lambda: cms(cms_messages.a_message(*[SignerInfo(EC, DOCUMENT).der()] * 2)),
    "two signers, neither named": lambda: cms(by_two_signers(), certificate=None),
    "weak digest": lambda: cms(a_message(digest=cms_messages.SHA1)),
    "nested": lambda: cms(b"\x30\x80" * 4000),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_signature_that_does_not_verify_is_invalid_and_no_issuer_is_asked(system: System, body: Any) -> None:
    before = system.account.issuers.requests

    found, codes = verdict(system, body())

    assert (found, codes) == ("INVALID", ["SIGNATURE_NOT_VERIFIED"])
    assert system.account.issuers.requests == before


def the_attributes_of(content: bytes) -> bytes:
    """What a message over `content` signs."""
    return _tlv(0x31, *sorted(the_attributes(content)))


@pytest.mark.parametrize("enclosed", [False, True])
@pytest.mark.parametrize("kind", ["raw", "cms"])
def test_the_attributes_of_a_message_pass_for_no_document(system: System, kind: str, enclosed: bool) -> None:
    """Somebody has a message over the document, and shows what it really signs as if it were a document."""
    attributes = the_attributes_of(DOCUMENT)
    signature = a_raw_signature(EC, attributes, SHA256())
    stripped = signed_by(EC, attributes, attributes=None, content_in=attributes if enclosed else None)
    body = raw(signature=base64_of(signature)) if kind == "raw" else cms(stripped)
    body |= {"content": base64_of(attributes)}

    found, codes = verdict(system, body)

    assert (found, codes) == ("INVALID", ["SIGNATURE_NOT_VERIFIED"])


@pytest.mark.parametrize(
    "message",
    [{"attributes": None}, {"digest": cms_messages.SHA512}],
    ids=["no attributes", "SHA-512"],
)
def test_where_a_digest_is_not_enough_the_content_is_asked_for(system: System, message: dict[str, Any]) -> None:
    body = cms(a_message(**message))

    assert_problem(verify(system, by_digest(dict(body))), "MALFORMED_REQUEST", field="content")
    assert verdict(system, body) == ("VALID", [])


@pytest.mark.parametrize("customer", [EC, RSA], ids=["ec", "rsa"])
def test_of_two_signers_the_one_with_the_certificate_is_judged(
    system: System, customer: CustomerCertificate
) -> None:
    body = cms(by_two_signers(), certificate=base64_of(customer.der))

    assert verdict(system, body) == ("VALID", [])


def test_every_finding_is_returned(system: System) -> None:
    customer = a_certificate(key=an_ec_key(), not_after=NOW - DAY, not_before=NOW - 300 * DAY)

    found, codes = verdict(system, raw(customer, signature=base64_of(b"x"), customer_kind="corporate"))

    assert found == "INVALID"
    assert codes == ["SIGNATURE_NOT_VERIFIED", "CERT_CORPORATE_REQUIRED", "CERT_EXPIRED"]


@pytest.mark.parametrize("cut", range(0, 1000, 37))
def test_a_cut_message_is_invalid(system: System, cut: int) -> None:
    message = signed_by(EC, DOCUMENT, certificates=[EC.der])

    assert verdict(system, cms(message[: -1 - cut]))[0] == "INVALID"


# ---- the time of signing


def test_the_certificate_is_checked_at_the_time_of_signing(system: System) -> None:
    customer = a_certificate(key=an_ec_key(), not_before=NOW - 10 * DAY)

    assert verdict(system, raw(customer, signed_at=iso(NOW - 11 * DAY))) == ("INVALID", ["CERT_NOT_YET_VALID"])


def test_a_certificate_that_has_expired_since_is_undetermined(system: System) -> None:
    customer = a_certificate(key=an_ec_key(), not_before=NOW - 300 * DAY, not_after=NOW - DAY)

    found, codes = verdict(system, raw(customer, signed_at=iso(NOW - 60 * DAY)))

    assert (found, codes) == ("UNDETERMINED", ["REVOCATION_NO_LONGER_STATED"])


def test_a_time_that_has_not_come_yet_is_refused(system: System) -> None:
    assert verdict(system, raw(signed_at=iso(NOW + 5 * MINUTE))) == ("VALID", [])
    assert verdict(system, raw(signed_at=iso(NOW + 6 * MINUTE))) == ("INVALID", ["SIGNED_IN_FUTURE"])


def with_time(at: datetime, form: str = "utc") -> bytes:
    text = at.strftime("%y%m%d%H%M%SZ" if form == "utc" else "%Y%m%d%H%M%SZ").encode()
    time = an_attribute(cms_messages.SIGNING_TIME, _tlv(0x17 if form == "utc" else 0x18, text))
    return a_message(attributes=[*the_attributes(DOCUMENT), time])


@pytest.mark.parametrize("form", ["utc", "generalized"])
def test_a_message_that_states_another_time_is_reported(system: System, form: str) -> None:
    assert verdict(system, cms(with_time(SIGNED_AT + 4 * MINUTE, form))) == ("VALID", [])
    answer = verify(system, cms(with_time(SIGNED_AT - DAY, form)))

    (finding,) = answer.body["findings"]
    assert (answer.body["verdict"], finding["code"], finding["level"]) == ("VALID", "SIGNING_TIME_DIFFERS", "WARN")
    assert finding["params"] == {"stated_at": iso(SIGNED_AT - DAY)}


def test_a_time_that_cannot_be_read_is_ignored(system: System) -> None:
    odd = an_attribute(cms_messages.SIGNING_TIME, _tlv(0x17, b"today"))

    assert verdict(system, cms(a_message(attributes=[*the_attributes(DOCUMENT), odd]))) == ("VALID", [])


# ---- the issuer's status


@pytest.mark.parametrize(
    ("mode", "code"),
    [("revoked", "REVOKED_BY_ISSUER"), ("superseded", "REVOKED_RENEWED"), ("hold", "ISSUER_ON_HOLD")],
)
def test_a_certificate_revoked_before_signing_is_invalid(system: System, mode: str, code: str) -> None:
    system.account.issuers.set_mode(EC.certificate, mode)

    answer = verify(system, raw(signed_at=iso(NOW)))

    assert (answer.body["verdict"], answer.body["headline"]) == ("INVALID", code)
    assert answer.body["revocation"]["revoked_at"] is not None


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # Without a reason the key may have been in other hands before: a time that is only claimed does not count.
        ("revoked", ("INVALID", ["REVOKED_BY_ISSUER"])),
        ("superseded", ("VALID", ["REVOKED_AFTER_SIGNING"])),
        ("hold", ("VALID", ["REVOKED_AFTER_SIGNING"])),
    ],
)
def test_a_revocation_after_signing_counts_where_the_key_may_be_known(
    system: System, mode: str, expected: tuple[str, list[str]]
) -> None:
    customer = a_certificate(key=an_ec_key(), not_before=NOW - 300 * DAY)
    system.account.issuers.set_mode(customer.certificate, mode)

    assert verdict(system, raw(customer, signed_at=iso(NOW - 60 * DAY))) == expected


def test_a_status_from_before_the_signing_is_reported_as_one(system: System) -> None:
    system.account.issuers.mode = "old"
    customer = a_certificate(key=an_ec_key(), not_before=NOW - 10 * DAY)

    answer = verify(system, raw(customer, signed_at=iso(NOW)))

    (finding,) = answer.body["findings"]
    as_of = iso(NOW - 47 * 60 * MINUTE)
    assert (answer.body["verdict"], finding["code"], finding["level"]) == ("VALID", "STATUS_BEFORE_SIGNING", "WARN")
    assert (finding["params"]["stated_at"], answer.body["revocation"]["as_of"]) == (as_of, as_of)
    assert verdict(system, raw(customer, signed_at=iso(NOW - 2 * DAY))) == ("VALID", [])


@pytest.mark.parametrize("mode", ["tryLater", "garbage", "stale", "wrong_signer"])
def test_without_a_status_the_verdict_is_open(system: System, mode: str) -> None:
    system.account.issuers.mode = mode

    answer = verify(system, raw())

    assert answer.body["verdict"] == "UNDETERMINED"
    assert answer.body["headline"].startswith("REVOCATION_")
    system.account.issuers.mode = None
    assert verify(system, raw()).body["verdict"] == "VALID"


# ---- requests


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"content": None}, "content"),
        ({"content": ""}, "content"),
        ({"content": base64_of(b"x" * (MAX_CONTENT_BYTES + 1))}, "content"),
        ({"content_sha256": "5e" * 32}, "content_sha256"),
        ({"content": None, "content_sha256": "5E" * 32}, "content_sha256"),
        ({"content": None, "content_sha256": "5e" * 31}, "content_sha256"),
        ({"signature": None}, "signature"),
        ({"signature": base64_of(b"x" * 1025)}, "signature"),
        ({"cms": base64_of(b"x" * (16 * 1024 + 1)), "signature": None}, "cms"),
        ({"cms": base64_of(b"x")}, "signature"),
        ({"certificate": None}, "certificate"),
        ({"certificate": base64_of(b"x" * (16 * 1024 + 1))}, "certificate"),
        ({"signed_at": None}, "signed_at"),
        ({"signed_at": "2026-11-23"}, "signed_at"),
        ({"signed_at": "2026-02-30T00:00:00Z"}, "signed_at"),
        ({"customer_kind": None}, "customer_kind"),
    ],
)
def test_a_malformed_request_names_its_member(system: System, members: dict[str, Any], field: str) -> None:
    assert_problem(verify(system, raw(**members)), "MALFORMED_REQUEST", field=field)


def test_a_message_without_a_certificate_needs_one(system: System) -> None:
    assert_problem(verify(system, cms(a_message(), certificate=None)), "MALFORMED_REQUEST", field="certificate")


def test_the_longest_content_and_message_fit_a_body(system: System) -> None:
    content = b"x" * MAX_CONTENT_BYTES
    message = signed_by(EC, content, certificates=[EC.der] * 8)
    assert len(message) > 8 * 1024

    body = cms(message) | {"content": base64_of(content)}

    assert verdict(system, body) == ("VALID", [])


def test_a_service_that_may_not_verify_is_refused(app: App) -> None:
    system = System(app.account).enter(a_service(uses=frozenset({Use.STATUS})))

    assert_problem(verify(system, raw()), "RELYING_SERVICE_NOT_ALLOWED")


def test_nothing_of_the_signature_is_logged(system: System) -> None:
    verify(system, raw())

    logged = str(system.account.logged())
    assert "VALID" in logged
    for secret in (base64_of(DOCUMENT)[:20], base64_of(EC.der)[:40], "홍길동"):
        assert secret not in logged
