"""Lists that were applied to registrations: a certificate is good as of the lists that would name it."""

from datetime import timedelta

import pytest

from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.applied_lists import AppliedList, good_as_of
from registrar.domain.revocation.crl_scope import ALL_REASONS, Scope, directory_key
from tests.support.builders import NOW, a_certificate
from tests.support.crl_watch import URL

LATER = NOW + timedelta(hours=1)
SOME = frozenset({"keyCompromise", "superseded"})
OTHERS = ALL_REASONS - SOME


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return read_certificate(a_certificate(key="ec", crl_url=URL).der)


def test_a_list_of_everything_counts(certificate: Certificate) -> None:
    issuer = directory_key(certificate.issuer)

    assert good_as_of(certificate, [AppliedList(NOW, issuer, Scope())]) == NOW


def test_no_list_is_no_status(certificate: Certificate) -> None:
    assert good_as_of(certificate, []) is None


@pytest.mark.parametrize(
    "scope",
    [
        Scope(ca_only=True),
        Scope(attribute_only=True),
        Scope(names=frozenset({"uri:ldap://ds.yessign.example/another"})),
        Scope(reasons=SOME),
    ],
)
def test_a_list_that_would_not_name_the_certificate_does_not_count(certificate: Certificate, scope: Scope) -> None:
    assert good_as_of(certificate, [AppliedList(NOW, directory_key(certificate.issuer), scope)]) is None


def test_a_list_of_another_issuer_does_not_count(certificate: Certificate) -> None:
    subject = directory_key(certificate.subject)

    assert good_as_of(certificate, [AppliedList(NOW, subject, Scope())]) is None


def test_lists_of_some_reasons_count_together_as_of_the_older(certificate: Certificate) -> None:
    issuer = directory_key(certificate.issuer)
    some = AppliedList(NOW, issuer, Scope(reasons=SOME))
    others = AppliedList(LATER, issuer, Scope(reasons=OTHERS))

    assert good_as_of(certificate, [some, others]) == NOW
    assert good_as_of(certificate, [some, others, AppliedList(LATER, issuer, Scope(reasons=SOME))]) == LATER


def test_the_newer_of_two_lists_counts(certificate: Certificate) -> None:
    issuer = directory_key(certificate.issuer)

    assert good_as_of(certificate, [AppliedList(at, issuer, Scope()) for at in (LATER, NOW)]) == LATER


@pytest.mark.parametrize("scope", [Scope(), Scope(frozenset({"dn:x"}), True, False, False, SOME)])
def test_a_list_is_read_as_it_was_stored(scope: Scope) -> None:
    applied = AppliedList(NOW, "dn:issuer", scope)

    assert AppliedList.from_map(applied.to_map()) == applied


def test_key_of_a_name_has_the_octets_of_a_value_that_is_no_text() -> None:
    one, same, other = (
        (frozenset({("2.5.4.45", octets), ("2.5.4.3", "a")}),) for octets in (b"\x05\0", b"\x05\0", b"\x05\1")
    )

    assert directory_key(one) == directory_key(same)
    assert directory_key(one) != directory_key(other)
