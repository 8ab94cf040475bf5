"""The status in an OCSP response: every kind of response, as real signed bytes; form: test_ocsp_form.py."""

import hashlib
from datetime import timedelta
from typing import Any, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from registrar.domain.certificates.certificate import Certificate
from registrar.domain.revocation.ocsp import request_for
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key, an_rsa_key
from tests.support.ocsp_answers import (
    DAY,
    NONCE,
    SKEW,
    a_request,
    a_response,
    asked,
    ca_itself,
    delegated,
    facts,
    holding,
    issuer,
    issuing_ca,
    of_the_root,
    signed_by,
    singles_of,
    status,
)
from tools.pki.responders import RESPONSE_MODES, Responder, ResponseFields, response_in_mode, revoked, sign_response

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
AGE = timedelta(hours=47)
GOOD = Status(StatusValue.GOOD, "ocsp", NOW, NOW + HOUR)


def why(answer: bytes) -> str:
    """Why a response is invalid."""
    found = status(answer)
    assert found.value is StatusValue.INVALID
    return found.why


# --- the request ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("nonce", [NONCE[:16], NONCE])
def test_request_contains_certificate_and_nonce(hash_name: Literal["sha1", "sha256"], nonce: bytes) -> None:
    request = ocsp.load_der_ocsp_request(request_for(asked(), issuer(), nonce, hash_name))

    digest = hashes.Hash(request.hash_algorithm)
    digest.update(issuing_ca().certificate.subject.public_bytes())
    assert request.hash_algorithm.name == hash_name
    assert request.issuer_name_hash == digest.finalize()
    assert request.serial_number == asked().serial
    (extension,) = request.extensions
    assert (extension.value, extension.critical) == (x509.OCSPNonce(nonce), False)
    if hash_name == "sha1":
        assert request.issuer_key_hash == issuer().subject_key_id


@pytest.mark.parametrize("length", [0, 15, 33])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="16 to 32"):
        request_for(asked(), issuer(), bytes(length), "sha1")


# --- every kind of response -----------------------------------------------------------------------

SIGNED_ANSWERS = {
    "good": GOOD,
    "no_nonce": GOOD,
    "unknown": Status(StatusValue.UNKNOWN, "ocsp", NOW, NOW + HOUR, why="the issuer does not know it"),
    "revoked": Status(StatusValue.REVOKED, "ocsp", NOW, NOW + HOUR, NOW - WEEK, "keyCompromise"),
    "superseded": Status(StatusValue.REVOKED, "ocsp", NOW, NOW + HOUR, NOW - WEEK, "superseded"),
    "hold": Status(StatusValue.ON_HOLD, "ocsp", NOW, NOW + HOUR, NOW - WEEK, "certificateHold"),
    "stale": Status(StatusValue.STALE, "ocsp", NOW - WEEK, NOW - WEEK + HOUR, why="nextUpdate has passed"),
    "old": Status(StatusValue.STALE, "ocsp", NOW - AGE, NOW - AGE + WEEK, why="thisUpdate is too long ago"),
    "earlier": Status(StatusValue.GOOD, "ocsp", NOW - HOUR / 2, NOW - HOUR / 2 + WEEK),
    "future": Status(StatusValue.INVALID, "ocsp", NOW + WEEK, NOW + WEEK + HOUR, why="thisUpdate is in the future"),
    "replayed": Status(StatusValue.INVALID, "ocsp", why="nonce is not ours"),
    "wrong_serial": Status(StatusValue.INVALID, "ocsp", why="not about this certificate"),
    "wrong_signer": Status(StatusValue.INVALID, "ocsp", why="signature does not verify"),
}
UNSIGNED_ANSWERS = {
    name: Status(
        StatusValue.UNAVAILABLE,
        "ocsp",
        why=f"responder says {name}",
        server_failed=name in ("tryLater", "internalError"),
    )
    for name in ("tryLater", "internalError", "unauthorized", "sigRequired", "malformedRequest")
} | {"garbage": Status(StatusValue.INVALID, "ocsp", why="not the DER of an OCSPResponse", server_failed=True)}
EXPECTED = SIGNED_ANSWERS | UNSIGNED_ANSWERS


def test_every_responder_mode_has_a_case() -> None:
    assert set(EXPECTED) == set(RESPONSE_MODES)


@pytest.mark.parametrize("mode", EXPECTED)
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("who", [ca_itself, delegated, of_the_root])
def test_status_of_each_response(mode: str, hash_name: str, who: Any) -> None:
    # The demo responder's old nonce is 0, 1, 2 … 31; ours is another here.
    nonce = NONCE[::-1]
    request = request_for(asked(), issuer(), nonce, hash_name)  # type: ignore[arg-type]
    answer = response_in_mode(mode, request, who(), NOW)

    assert status(answer, nonce=nonce) == EXPECTED[mode]
    assert status(answer, nonce=nonce).definite is (
        EXPECTED[mode].value in ("GOOD", "REVOKED", "ON_HOLD", "UNKNOWN")
    )


@pytest.mark.parametrize("reason", [None, *x509.ReasonFlags])
def test_reason_of_a_revocation_is_read(reason: x509.ReasonFlags | None) -> None:
    said = revoked(reason, NOW - DAY)
    held = reason is x509.ReasonFlags.certificate_hold
    found = status(a_response(said=said))

    assert found.value is (StatusValue.ON_HOLD if held else StatusValue.REVOKED)
    assert found.reason == (None if reason is None else reason.value)
    assert found.revoked_at == NOW - DAY


# --- freshness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "lifetime", "value", "reason"),
    [
        (-SKEW, HOUR, StatusValue.GOOD, ""),
        (-SKEW - SECOND, HOUR, StatusValue.INVALID, "thisUpdate is in the future"),
        (HOUR + SKEW, HOUR, StatusValue.GOOD, ""),
        (HOUR + SKEW + SECOND, HOUR, StatusValue.STALE, "nextUpdate has passed"),
        (DAY, None, StatusValue.GOOD, ""),
        (DAY + SECOND, None, StatusValue.STALE, "thisUpdate is too long ago"),
        (DAY, WEEK, StatusValue.GOOD, ""),
        (DAY + SECOND, WEEK, StatusValue.STALE, "thisUpdate is too long ago"),
        (timedelta(0), -SECOND, StatusValue.INVALID, "nextUpdate is before thisUpdate"),
    ],
)
def test_response_must_be_fresh(
    age: timedelta, lifetime: timedelta | None, value: StatusValue, reason: str
) -> None:
    der = a_response(age=age, lifetime=max(lifetime, SECOND * 0) if lifetime else None)
    if lifetime is not None and lifetime < timedelta(0):
        single = ocsp.load_der_ocsp_response(der)
        stamp = f"{single.this_update_utc:%Y%m%d%H%M%SZ}".encode()
        before = f"{single.this_update_utc + lifetime:%Y%m%d%H%M%SZ}".encode()
        data = single.tbs_response_bytes
        last = data.rindex(stamp)
        data = data[:last] + before + data[last + len(stamp) :]
        der = signed_by(issuing_ca().key, data)
    found = status(der)

    assert (found.value, found.why) == (value, reason)


def test_old_revocation_is_stale() -> None:
    said = ResponseFields(ocsp.OCSPCertStatus.REVOKED, x509.ReasonFlags.key_compromise, NOW - WEEK, age=WEEK)

    assert status(a_response(said=said)).value is StatusValue.STALE


# --- about whom -----------------------------------------------------------------------------------


def test_response_about_another_certificate_is_invalid() -> None:
    other = a_certificate(key=an_rsa_key())
    of_other_ca = a_certificate(key=an_rsa_key(), operator="kica", serial_number=asked().serial)
    kica = a_pki().issuers["kica"]
    about_other = request_for(facts(other.certificate), issuer(), NONCE, "sha1")
    same_serial = request_for(facts(of_other_ca.certificate), facts(kica.certificate), NONCE, "sha1")

    for request in (about_other, same_serial):
        assert (
            why(sign_response(request, ca_itself(), NOW, ResponseFields(nonce=NONCE)))
            == "not about this certificate"
        )


@pytest.mark.parametrize("wrong", [0, 1])
def test_cert_id_with_a_wrong_issuer_hash_is_invalid(wrong: int) -> None:
    request = ocsp.load_der_ocsp_request(a_request())
    right = [request.issuer_name_hash, request.issuer_key_hash]

    assert status(a_response(issuer_hashes=tuple(right))) == GOOD
    right[wrong] = bytes(20)
    assert why(a_response(issuer_hashes=tuple(right))) == "not about this certificate"


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_cert_id_is_of_the_issuers_name_as_the_certificate_has_it(hash_name: str) -> None:
    """Its CA may write its own name in another way (`C=KR`), and responders hash what the certificate has."""
    request = ocsp.load_der_ocsp_request(a_request(hash_name))
    wanted = hashlib.new(hash_name, asked().parsed.issuer.public_bytes()).digest()
    assert request.issuer_name_hash == wanted
    assert status(sign_response(a_request(hash_name), ca_itself(), NOW, ResponseFields(nonce=NONCE))) == GOOD

    shouting = x509.Name([x509.NameAttribute(a.oid, str(a.value).upper()) for a in asked().parsed.issuer])
    other = (hashlib.new(hash_name, shouting.public_bytes()).digest(), request.issuer_key_hash)
    assert why(
        sign_response(a_request(hash_name), ca_itself(), NOW, ResponseFields(nonce=NONCE, issuer_hashes=other))
    ) == ("not about this certificate")


def test_cert_id_has_the_name_of_the_certificate_where_its_ca_writes_it_in_other_bytes() -> None:
    ours = issuing_ca()
    written = x509.Name(
        [
            each if each.oid == NameOID.COUNTRY_NAME else x509.NameAttribute(each.oid, str(each.value).upper())
            for each in ours.certificate.subject
        ]
    )
    assert written.public_bytes() != issuer().parsed.subject.public_bytes()
    key = an_ec_key().public_key()
    builder = x509.CertificateBuilder(written, written, key, 77, NOW, NOW + timedelta(days=9))
    certificate = facts(builder.sign(ours.key, hashes.SHA256()))
    assert certificate.issuer == issuer().subject
    request = request_for(certificate, issuer(), NONCE, "sha1")
    wanted = hashlib.sha1(written.public_bytes()).digest()  # noqa: S324 - RFC 6960's CertID
    assert ocsp.load_der_ocsp_request(request).issuer_name_hash == wanted

    response = sign_response(request, ca_itself(), NOW, ResponseFields(nonce=NONCE))

    assert status(response, certificate=certificate).value is StatusValue.GOOD


def test_cert_id_with_another_hash_is_invalid() -> None:
    builder = ocsp.OCSPRequestBuilder().add_certificate(asked().parsed, issuer().parsed, hashes.SHA384())
    request = builder.build().public_bytes(Encoding.DER)

    assert why(sign_response(request, ca_itself(), NOW)) == "not about this certificate"


def test_cert_id_with_an_unknown_hash_is_unreadable() -> None:
    data = ocsp.load_der_ocsp_response(a_response()).tbs_response_bytes
    sha1, unknown = bytes.fromhex("06052b0e03021a"), bytes.fromhex("06052b0e03021b")

    assert why(signed_by(issuing_ca().key, data.replace(sha1, unknown))) == "not the DER of an OCSPResponse"


# --- several single responses ---------------------------------------------------------------------


def combined(*answers: bytes) -> bytes:
    return signed_by(issuing_ca().key, holding(answers[0], [s for answer in answers for s in singles_of(answer)]))


def test_single_response_about_the_certificate_is_used() -> None:
    other = a_response(said=ResponseFields(ocsp.OCSPCertStatus.UNKNOWN, nonce=NONCE, serial_number=77))

    assert status(combined(other, a_response(), other)) == GOOD
    assert why(combined(other, other)) == "not about this certificate"
    assert why(combined(a_response())[:-1]) == "not the DER of an OCSPResponse"
    assert why(signed_by(issuing_ca().key, holding(other, []))) == "not about this certificate"


def test_worst_of_contradicting_single_responses_is_used() -> None:
    answers = {
        StatusValue.GOOD: a_response(),
        StatusValue.STALE: a_response(age=WEEK),
        StatusValue.INVALID: a_response(age=-WEEK),
        StatusValue.UNKNOWN: a_response(status=ocsp.OCSPCertStatus.UNKNOWN),
        StatusValue.ON_HOLD: a_response(said=revoked(x509.ReasonFlags.certificate_hold, NOW - DAY)),
        StatusValue.REVOKED: a_response(said=revoked(None, NOW - DAY)),
    }
    order = list(answers)
    for at, worse in enumerate(order):
        for better in order[: at + 1]:
            assert status(combined(answers[better], answers[worse])).value is worse
            assert status(combined(answers[worse], answers[better])).value is worse


def test_response_of_the_root_about_a_ca() -> None:
    """The status of the issuing CA is queried in the same way: its issuer is the root."""
    anchor = facts(a_pki().root.certificate)
    responder = Responder(a_pki().root.certificate, a_pki().root.key)
    answer = sign_response(
        request_for(issuer(), anchor, NONCE, "sha1"), responder, NOW, ResponseFields(nonce=NONCE)
    )

    def of(certificate: Certificate) -> Status:
        return status(answer, certificate=certificate, issuer=anchor)

    assert of(issuer()) == GOOD
    assert of(facts(a_pki().issuers["kica"].certificate)).value is StatusValue.INVALID
