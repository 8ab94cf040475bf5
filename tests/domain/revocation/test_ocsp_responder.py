"""Which OCSP responders an issuer authorises, and which are refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.reasons.errors import PathInvalid
from registrar.domain.revocation import ocsp, ocsp_responder
from registrar.domain.revocation.status import StatusValue
from tests.support.as_written import FALSE, replaced, signed_certificate, with_critical
from tests.support.builders import NOW, a_certificate, a_compromised_key, a_pki, an_ec_key, an_rsa_key
from tests.support.ocsp_answers import (
    YEAR,
    a_responder,
    a_response,
    ca_itself,
    customer,
    delegated,
    facts,
    issuer,
    issuing_ca,
    of_the_root,
    status,
)
from tests.support.others import a_vector
from tools.pki.responders import Responder, issuer_itself

DAY = timedelta(days=1)
ANY_PURPOSE = x509.ObjectIdentifier("2.5.29.37.0")
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
OCSP = ExtendedKeyUsageOID.OCSP_SIGNING
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
NO_DELEGATE = "responder certificate is neither the issuer's nor the root's"
NO_PURPOSE = "responder's extendedKeyUsage lacks OCSPSigning"


def kica() -> Any:
    return a_pki().issuers["kica"]


def stranger(**overrides: Any) -> Responder:
    """A responder of a hierarchy that is not configured."""
    return a_responder(a_pki(2).root, **overrides)


ACCEPTED: dict[str, Callable[[], Responder]] = {
    "the CA itself": ca_itself,
    "the CA itself, which sends its certificate along": lambda: Responder(
        issuing_ca().certificate, issuing_ca().key, [issuing_ca().certificate, a_pki().root.certificate]
    ),
    "delegated": delegated,
    "delegated, critical": a_responder,
    "delegated, several purposes": lambda: a_responder(purposes=[CLIENT, OCSP]),
    "delegated, without keyUsage": lambda: a_responder(key_usage=None),
    "delegated, without revocation": lambda: a_responder(extra_extensions=[(x509.OCSPNoCheck(), True)]),
    "delegated, EC": lambda: a_responder(key=an_ec_key("responder")),
    "of the root": of_the_root,
    "valid from this second": lambda: a_responder(not_before=NOW),
    "valid until this second": lambda: a_responder(not_after=NOW),
    "sent after others": lambda: Responder(
        delegated().certificate,
        delegated().key,
        [a_pki().root.certificate, issuing_ca().certificate, stranger().certificate, delegated().certificate],
    ),
}
REFUSED: dict[str, tuple[Callable[[], Responder], str]] = {
    "of another CA": (lambda: a_responder(kica()), NO_DELEGATE),
    "another CA itself": (lambda: issuer_itself(kica()), "signed by an unknown responder"),
    "another CA itself, sent along": (
        lambda: Responder(kica().certificate, kica().key, [kica().certificate]),
        NO_PURPOSE,
    ),
    "the root itself": (lambda: issuer_itself(a_pki().root), "signed by an unknown responder"),
    "of another root": (stranger, NO_DELEGATE),
    "of the root, not critical": (lambda: a_responder(a_pki().root, critical=False), NO_DELEGATE),
    "sends no certificate": (
        lambda: Responder(delegated().certificate, delegated().key),
        "signed by an unknown responder",
    ),
    "without purpose": (lambda: a_responder(purposes=[]), NO_PURPOSE),
    "for any purpose": (lambda: a_responder(purposes=[ANY_PURPOSE]), NO_PURPOSE),
    "for another purpose": (lambda: a_responder(purposes=[CLIENT]), NO_PURPOSE),
    "of the root, for any purpose": (lambda: a_responder(a_pki().root, purposes=[ANY_PURPOSE]), NO_PURPOSE),
    "no signing key": (
        lambda: a_responder(key_usage=["key_encipherment"]),
        "responder's keyUsage lacks digitalSignature",
    ),
    "a CA": (lambda: a_responder(is_ca=True), "responder certificate is a CA's"),
    "expired": (lambda: a_responder(not_after=NOW - timedelta(seconds=1)), "outside its validity period"),
    "not yet valid": (lambda: a_responder(not_before=NOW + timedelta(seconds=1)), "outside its validity period"),
    "expired, of the root": (
        lambda: a_responder(a_pki().root, not_after=NOW - DAY),
        "outside its validity period",
    ),
    "forged": (lambda: a_responder(signing_key=an_rsa_key("forger")), "signature does not verify"),
    "forged, of the root": (
        lambda: a_responder(a_pki().root, signing_key=an_rsa_key("forger")),
        "signature does not verify",
    ),
    "signed with SHA-1": (lambda: a_responder(sha1_signature=True), "signed with a weak hash"),
    "weak key": (lambda: a_responder(key=an_rsa_key("short", 1024)), "weak key: rsa-size"),
    "unknown critical extension": (
        lambda: a_responder(extra_extensions=[(UNKNOWN, True)]),
        "extension 1.2.3.4 is not accepted",
    ),
    "a customer": (
        lambda: Responder(customer().certificate, customer().key, [customer().certificate]),
        NO_PURPOSE,
    ),
    "sent after five others": (
        lambda: Responder(
            delegated().certificate, delegated().key, [*[kica().certificate] * 5, delegated().certificate]
        ),
        "signed by an unknown responder",
    ),
}
by_name_or_key = pytest.mark.parametrize("by_key", [False, True], ids=["by name", "by key"])


@by_name_or_key
@pytest.mark.parametrize("who", ACCEPTED)
def test_authorised_signer_is_accepted(who: str, by_key: bool) -> None:
    assert status(a_response(ACCEPTED[who](), by_key=by_key)).value is StatusValue.GOOD


@by_name_or_key
@pytest.mark.parametrize("who", REFUSED)
def test_unauthorised_signer_is_refused(who: str, by_key: bool) -> None:
    responder, why = REFUSED[who]
    found = status(a_response(responder(), by_key=by_key))

    assert (found.value, found.why) == (StatusValue.INVALID, why)


@by_name_or_key
@pytest.mark.parametrize("sent", [True, False])
def test_pinned_responder_is_accepted_from_any_issuer(sent: bool, by_key: bool) -> None:
    for responder in (stranger(), a_responder(kica()), a_responder(purposes=[])):
        embedded = [responder.certificate] if sent else []
        answer = a_response(Responder(responder.certificate, responder.key, embedded), by_key=by_key)

        assert status(answer, responders=[facts(responder.certificate)]).value is StatusValue.GOOD
        assert status(answer, responders=[facts(kica().certificate), issuer()]).value is StatusValue.INVALID


def test_expired_pinned_responder_is_refused() -> None:
    for dates in ({"not_after": NOW - DAY}, {"not_before": NOW + DAY}):
        responder = stranger(**dates)
        found = status(a_response(responder), responders=[facts(responder.certificate)])

        assert (found.value, found.why) == (StatusValue.INVALID, "outside its validity period")


def test_pin_covers_the_certificate_not_its_name_or_key() -> None:
    pinned, other = stranger(), stranger(not_after=NOW + 2 * YEAR, key=an_rsa_key("other"))
    found = status(a_response(other), responders=[facts(pinned.certificate)])

    assert (found.value, found.why) == (StatusValue.INVALID, "signature does not verify")


def test_signature_in_the_name_of_another_responder_is_refused() -> None:
    for responder in (ca_itself(), delegated(), of_the_root()):
        found = status(a_response(responder, key=an_rsa_key("forger")))
        assert (found.value, found.why) == (StatusValue.INVALID, "signature does not verify")


def test_responder_cannot_delegate() -> None:
    first = delegated()
    below = x509.CertificateBuilder(
        first.certificate.subject,
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Below")]),
        an_rsa_key("below").public_key(),
        77,
        NOW - DAY,
        NOW + DAY,
    ).add_extension(x509.ExtendedKeyUsage([OCSP]), critical=True)
    certificate = below.sign(an_rsa_key("responder"), hashes.SHA256())
    second = Responder(certificate, an_rsa_key("below"), [certificate, first.certificate])

    assert status(a_response(second)).why == NO_DELEGATE


def test_unreadable_certificate_does_not_hide_the_next_one() -> None:
    odd = a_certificate(extra_extensions=[(x509.UnrecognizedExtension(OCSP, b"\x30\x03"), False)]).certificate
    broken = x509.load_der_x509_certificate(
        x509.CertificateBuilder(
            issuing_ca().certificate.subject,
            delegated().certificate.subject,
            an_rsa_key("responder").public_key(),
            78,
            NOW - DAY,
            NOW + DAY,
        )
        .add_extension(x509.UnrecognizedExtension(x509.OID_KEY_USAGE, b"\x30\x03"), critical=True)
        .sign(issuing_ca().key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    assert ocsp_responder.read_embedded(broken.public_bytes(Encoding.DER)) is None
    responder = Responder(delegated().certificate, delegated().key, [odd, broken, delegated().certificate])

    assert status(a_response(responder)).value is StatusValue.GOOD


def test_responder_names_are_matched_case_insensitively() -> None:
    """`C=KR` in the response, `C=kr` in the certificate: both are the CA (RFC 5280 7.1)."""
    name = issuing_ca().certificate.subject
    upper = x509.Name([x509.NameAttribute(a.oid, str(a.value).upper()) for a in name])
    assert upper.public_bytes() != name.public_bytes()
    key = issuing_ca().key
    shouting = x509.CertificateBuilder(upper, upper, key.public_key(), 1, NOW - DAY, NOW + DAY)
    responder = Responder(shouting.sign(key, hashes.SHA256()), key)

    assert status(a_response(responder)).value is StatusValue.GOOD


def test_cached_certificate_is_checked_again() -> None:
    """The same certificate, read once, is refused for another CA and after its end."""
    answer = a_response(delegated())
    assert status(answer).value is StatusValue.GOOD
    before = ocsp_responder.read_embedded.cache_info().hits

    assert status(answer).value is StatusValue.GOOD
    assert ocsp_responder.read_embedded.cache_info().hits == before + 1
    late = status(answer, now=NOW + 2 * YEAR)
    assert (late.value, late.why) == (StatusValue.INVALID, "outside its validity period")
    assert status(answer, issuer=facts(kica().certificate)).why == NO_DELEGATE


def test_issuance_of_a_responder_is_verified_once_and_its_signature_on_each_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ocsp_responder.check_issued.cache_clear()
    checked = list[Certificate]()

    def check_issuance(certificate: Certificate, above: Certificate) -> None:
        checked.append(above)
        path.check_issuance(certificate, above)

    monkeypatch.setattr(ocsp_responder, "check_issuance", check_issuance)
    for _ in range(3):
        assert status(a_response(delegated())).value is StatusValue.GOOD
        forged = status(a_response(delegated(), key=an_rsa_key("other")))
        assert (forged.value, forged.why) == (StatusValue.INVALID, "signature does not verify")

    assert checked == [issuer()]


def test_known_responder_is_refused_under_a_ca_of_the_same_name_with_another_key() -> None:
    answer = a_response(delegated())
    assert status(answer).value is StatusValue.GOOD
    ours = issuing_ca()
    name = ours.certificate.subject
    renewed = x509.CertificateBuilder(name, name, an_rsa_key("other").public_key(), 1, NOW - DAY, NOW + DAY)
    other = facts(renewed.sign(an_rsa_key("other"), hashes.SHA256()))
    assert other.subject == issuer().subject

    assert [status(answer, issuer=other).why for _ in range(2)] == ["signature does not verify"] * 2


def test_responder_that_is_no_longer_pinned_is_refused() -> None:
    answer = a_response(stranger())
    pinned = facts(stranger().certificate)
    assert status(answer, responders=[pinned]).value is StatusValue.GOOD

    assert status(answer).why == NO_DELEGATE


def test_what_is_kept_of_responders_is_bounded() -> None:
    kept = [
        each for module in (ocsp, ocsp_responder) for each in vars(module).values() if hasattr(each, "cache_clear")
    ]
    assert len({*kept}) >= 5
    assert {each.cache_parameters()["maxsize"] for each in kept} == {32}


@pytest.mark.parametrize("kind", ["roca", "fermat", "small-factor"])
def test_delegate_with_a_computable_key_is_refused(kind: str) -> None:
    weak = a_responder(key=a_compromised_key(kind)).certificate
    found = ocsp_responder.read_embedded(weak.public_bytes(Encoding.DER))

    assert found is not None
    assert found.unfit == f"weak key: {kind}"


def test_real_responder_of_a_korean_ca() -> None:
    """TradeSign's: its certificate is the root's, so for its own CA it is no delegate by RFC 6960."""
    responder, root = (read_certificate(a_vector(f"ca/{name}.der")) for name in ("TradeSignOCSP4", "KISA-RootCA-4"))
    candidate = ocsp_responder.read_embedded(responder.der)

    def may_answer(root: Certificate, now: datetime = NOW) -> bool:
        assert candidate is not None
        try:
            ocsp_responder._check_right(candidate, issuer(), root, [], now)
        except PathInvalid:
            return False
        return True

    assert may_answer(root)
    assert not may_answer(facts(a_pki().root.certificate))
    assert not may_answer(root, NOW + 4 * YEAR)


def test_responder_certificate_that_writes_critical_false_out_is_read() -> None:
    usual = delegated().certificate
    written = signed_certificate(with_critical(usual.tbs_certificate_bytes), issuing_ca())
    forged = signed_certificate(with_critical(usual.tbs_certificate_bytes), a_pki().root)
    der = usual.public_bytes(Encoding.DER)
    assert FALSE in written

    found = status(replaced(a_response(delegated()), der, written))
    assert found.value is StatusValue.GOOD
    assert found.signed_by is not None
    assert found.signed_by.certificate.der == written
    assert status(replaced(a_response(delegated()), der, forged)).value is StatusValue.INVALID
