"""The status of a certificate in a CRL: only a CRL that covers it and is current is used."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.domain.certificates.certificate import Certificate, read_certificate
from registrar.domain.revocation.crl import read_crl
from registrar.domain.revocation.crl_entries import Entry
from registrar.domain.revocation.crl_index import Head, index_crl, lookup, read_head
from registrar.domain.revocation.crl_status import Age, Statement, combined, statement_of
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.builders import NOW, a_certificate, a_pki, an_ec_key
from tools.pki.crls import Revoked, make_crl, scope

CA = a_pki().issuers["yessign"]
ISSUER = read_certificate(CA.certificate.public_bytes(Encoding.DER))
AGE = Age(most=timedelta(days=7), skew=timedelta(minutes=5))
DIRECTORY = "ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr"
POINT = f"ldap://ds.yessign.example:389/{DIRECTORY}?certificateRevocationList"
SERIAL = 0x1234
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
COMPROMISE = frozenset({x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise})
OTHERS = (
    frozenset(x509.ReasonFlags)
    - COMPROMISE
    - {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.remove_from_crl,
    }
)


def a_leaf(url: str | None = None, **overrides: Any) -> Certificate:
    return read_certificate(a_certificate(serial_number=SERIAL, key=an_ec_key(), crl_url=url, **overrides).der)


def a_leaf_with(point: x509.DistributionPoint) -> Certificate:
    made = CA.issue(
        x509.Name.from_rfc4514_string("CN=leaf"),
        an_ec_key().public_key(),
        [(x509.CRLDistributionPoints([point]), False)],
        not_before=NOW,
        not_after=NOW + A_DAY,
        serial_number=SERIAL,
    )
    return read_certificate(made.public_bytes(Encoding.DER))


LEAF = a_leaf(POINT)


def found(*entries: Revoked, serial: int = SERIAL, **crl: Any) -> tuple[Head, Entry | None]:
    index = index_crl(read_crl(make_crl(CA, entries, **{"this_update": NOW, **crl}), ISSUER))

    def read(at: int, length: int) -> bytes:
        return index[at : at + length]

    return read_head(read), lookup(read_head(read), read, serial)


def status(certificate: Certificate, *entries: Revoked, now: Any = NOW, **crl: Any) -> Status:
    return combined([statement_of(certificate, *found(*entries, **crl), now, AGE)])


def uri(address: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(address)]


def test_unlisted_certificate_is_good() -> None:
    said = status(LEAF, Revoked(SERIAL + 1, NOW))

    assert said == Status(StatusValue.GOOD, "crl", NOW, NOW + A_DAY)
    assert said.definite


def test_listed_certificate_is_revoked_with_date_and_reason() -> None:
    said = status(LEAF, Revoked(SERIAL, NOW - A_DAY, x509.ReasonFlags.key_compromise))

    assert said == Status(StatusValue.REVOKED, "crl", NOW, NOW + A_DAY, NOW - A_DAY, "keyCompromise")


@pytest.mark.parametrize("most", [None, timedelta(days=7)])
def test_list_without_an_end_is_current(most: timedelta | None) -> None:
    # RFC 5280 4.1.2.5 writes that as the last second that a date can be: nothing can be added to it.
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    statement = statement_of(LEAF, *found(next_update=never), NOW, Age(most, timedelta(minutes=5)))

    assert statement.status == Status(StatusValue.GOOD, "crl", NOW, never)


def test_certificate_hold_is_on_hold() -> None:
    assert status(LEAF, Revoked(SERIAL, NOW, x509.ReasonFlags.certificate_hold)).value is StatusValue.ON_HOLD


@pytest.mark.parametrize(
    "idp",
    [
        None,
        scope(only_user=True),
        scope(uris=[POINT]),
        scope(uris=["http://crl.yessign.example/1", POINT]),
        scope(directory_name=x509.Name.from_rfc4514_string("OU=dp5p22874,OU=AccreditedCA,O=YESSIGN,C=KR")),
        scope(uris=[f"ldap://other.yessign.example/{DIRECTORY}"]),
    ],
)
def test_crl_of_the_distribution_point_covers_the_certificate(
    idp: x509.IssuingDistributionPoint | None,
) -> None:
    assert status(LEAF, idp=idp).value is StatusValue.GOOD
    assert status(LEAF, Revoked(SERIAL, NOW), idp=idp).value is StatusValue.REVOKED


@pytest.mark.parametrize(
    "idp",
    [
        scope(uris=["ldap://ds.yessign.example:389/ou=dp5p22875,ou=AccreditedCA,o=yessign,c=kr"]),
        scope(uris=["http://crl.yessign.example/2"]),
        scope(directory_name=x509.Name.from_rfc4514_string("OU=dp5,OU=AccreditedCA,O=yessign,C=kr")),
        scope(relative_name=x509.Name.from_rfc4514_string("OU=dp5p22874").rdns[0]),
        scope(only_ca=True),
        scope(only_attribute=True),
    ],
)
@pytest.mark.parametrize("entries", [(), (Revoked(SERIAL, NOW),)])
def test_crl_outside_its_scope_is_invalid(idp: x509.IssuingDistributionPoint, entries: tuple[Revoked, ...]) -> None:
    said = status(LEAF, *entries, idp=idp)

    assert said.value is StatusValue.INVALID
    assert said.why.startswith("a CRL for another")


def test_crl_of_user_certificates_does_not_cover_a_ca() -> None:
    usage = ("key_cert_sign", "crl_sign")
    authority = a_leaf(POINT, is_ca=True, key_usage=usage)

    assert status(authority, idp=scope(only_user=True)).value is StatusValue.INVALID
    assert status(authority, idp=scope(only_ca=True)).value is StatusValue.GOOD


def test_name_relative_to_the_issuer_is_resolved() -> None:
    (rdn,) = x509.Name.from_rfc4514_string("OU=dp5").rdns
    whole = x509.Name([*CA.certificate.subject, x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "DP5")])
    for point in (
        x509.DistributionPoint(None, rdn, None, None),
        x509.DistributionPoint([x509.DirectoryName(whole)], None, None, None),
    ):
        assert status(a_leaf_with(point), idp=scope(relative_name=rdn)).value is StatusValue.GOOD
        assert status(a_leaf_with(point), idp=scope(uris=[POINT])).value is StatusValue.INVALID


def test_indirect_crl_does_not_cover_the_certificate() -> None:
    other = x509.DirectoryName(a_pki().root.certificate.subject)
    own = x509.DirectoryName(CA.certificate.subject)

    assert status(a_leaf_with(x509.DistributionPoint(uri(POINT), None, None, [other]))).value is StatusValue.INVALID
    assert status(a_leaf_with(x509.DistributionPoint(uri(POINT), None, None, [own]))).value is StatusValue.GOOD


def test_certificate_without_distribution_point_needs_a_crl_without_uri() -> None:
    leaf = a_leaf(omit=[x509.CRLDistributionPoints.oid])

    assert status(leaf).value is StatusValue.GOOD
    assert status(leaf, idp=scope(uris=[POINT])).value is StatusValue.INVALID
    assert status(leaf, idp=scope(directory_name=CA.certificate.subject)).value is StatusValue.GOOD


def test_certificate_with_a_delta_crl_is_invalid() -> None:
    delta = x509.FreshestCRL([x509.DistributionPoint(uri(POINT), None, None, None)])

    said = status(a_leaf(POINT, extra_extensions=[(delta, False)]))

    assert (said.value, said.why) == (StatusValue.INVALID, "the certificate points to a delta CRL")


def test_crl_of_another_issuer_is_invalid() -> None:
    other = read_certificate(a_certificate(operator="kica", serial_number=SERIAL, crl_url=POINT).der)

    said = status(other, Revoked(SERIAL, NOW))

    assert (said.value, said.why) == (StatusValue.INVALID, "the CRL is another issuer's")


def test_entry_of_another_serial_is_invalid() -> None:
    head, entry = found(Revoked(5, NOW), serial=5)

    assert combined([statement_of(LEAF, head, entry, NOW, AGE)]).value is StatusValue.INVALID


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        (NOW - 5 * A_MINUTE, StatusValue.GOOD),
        (NOW - 6 * A_MINUTE, StatusValue.INVALID),
        (NOW + A_DAY + 5 * A_MINUTE, StatusValue.GOOD),
        (NOW + A_DAY + 6 * A_MINUTE, StatusValue.STALE),
    ],
)
@pytest.mark.parametrize("entries", [(), (Revoked(SERIAL + 1, NOW),)])
def test_crl_is_fresh_from_this_update_to_next_update(
    now: Any, answer: StatusValue, entries: tuple[Revoked, ...]
) -> None:
    assert status(LEAF, *entries, now=now).value is answer


def test_maximum_age_limits_a_crl_that_runs_for_a_year() -> None:
    year = NOW + 365 * A_DAY

    assert status(LEAF, now=NOW + 7 * A_DAY, next_update=year).value is StatusValue.GOOD
    assert status(LEAF, now=NOW + 8 * A_DAY, next_update=year).value is StatusValue.STALE


# ---- lists of some reasons each

HOLDS = frozenset({x509.ReasonFlags.certificate_hold})
LISTED = Revoked(SERIAL, NOW)
HELD = Revoked(SERIAL, NOW, x509.ReasonFlags.certificate_hold)


def for_reasons(
    reasons: frozenset[x509.ReasonFlags] | None, *entries: Revoked, certificate: Certificate = LEAF, **crl: Any
) -> Statement:
    """What a list of these reasons says; of all, where there are none."""
    idp = scope(uris=[POINT], only_some_reasons=reasons)
    return statement_of(certificate, *found(*entries, idp=idp, **crl), NOW, AGE)


@pytest.mark.parametrize(
    ("statements", "value"),
    [
        ([for_reasons(COMPROMISE)], StatusValue.INVALID),
        ([for_reasons(COMPROMISE), for_reasons(COMPROMISE)], StatusValue.INVALID),
        ([for_reasons(COMPROMISE), for_reasons(OTHERS - HOLDS)], StatusValue.INVALID),
        ([for_reasons(COMPROMISE), for_reasons(OTHERS)], StatusValue.GOOD),
        ([for_reasons(COMPROMISE), for_reasons(OTHERS - HOLDS), for_reasons(HOLDS)], StatusValue.GOOD),
        ([for_reasons(COMPROMISE), for_reasons(None)], StatusValue.GOOD),
        ([for_reasons(COMPROMISE), for_reasons(OTHERS, LISTED)], StatusValue.REVOKED),
        ([for_reasons(COMPROMISE, LISTED)], StatusValue.REVOKED),
        ([for_reasons(None), for_reasons(COMPROMISE, LISTED)], StatusValue.REVOKED),
        ([for_reasons(HOLDS, HELD)], StatusValue.ON_HOLD),
        ([for_reasons(HOLDS, HELD), for_reasons(COMPROMISE, LISTED)], StatusValue.REVOKED),
    ],
)
def test_crls_are_good_only_where_they_cover_every_reason(statements: list[Statement], value: StatusValue) -> None:
    assert combined(statements).value is value
    assert combined(statements[::-1]).value is value


def test_status_by_several_crls_is_for_the_time_of_the_oldest() -> None:
    older = for_reasons(OTHERS, this_update=NOW - A_DAY, next_update=NOW + A_MINUTE)

    assert combined([for_reasons(COMPROMISE), older]) == Status(
        StatusValue.GOOD, "crl", NOW - A_DAY, NOW + A_MINUTE
    )


def test_outdated_crl_covers_no_reason() -> None:
    outdated = for_reasons(OTHERS, this_update=NOW - 2 * A_DAY, next_update=NOW - A_DAY)

    assert combined([for_reasons(COMPROMISE), outdated]).value is StatusValue.STALE


def test_crl_covers_the_reasons_only_for_which_the_certificate_names_it() -> None:
    """RFC 5280 6.3.3 (d): the reasons of both the list and the distribution point."""
    leaf = a_leaf_with(x509.DistributionPoint(uri(POINT), None, COMPROMISE, None))
    assert for_reasons(None, certificate=leaf).reasons == {"keyCompromise", "cACompromise"}
    assert combined([for_reasons(None, certificate=leaf)]).value is StatusValue.INVALID
    assert combined([for_reasons(None, LISTED, certificate=leaf)]).value is StatusValue.REVOKED
    assert combined([for_reasons(OTHERS, certificate=leaf)]).why == "a CRL for another distribution point"
