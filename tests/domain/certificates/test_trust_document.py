"""A valid trust document: what it makes the bank accept, and when it may become active."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import read_certificate
from registrar.domain.certificates.trust import Issuer, TrustStore
from registrar.domain.certificates.trust_document import check_activation, read_document
from registrar.domain.reasons.errors import TrustDocumentRejected
from registrar.domain.times import iso
from tests.support.builders import (
    NOW,
    a_certificate,
    a_document_of,
    a_link,
    a_pin,
    a_pki,
    a_trust_document,
    a_trust_store,
)
from tests.support.others import a_vector
from tools.admin.trust_document import build_document, load_operators

KISA_ROOT_CA_4 = "a002ff556c601863b08b9aa33a8e6666e97e72bbe552f66eb9f2395c68c7bc98"
ISSUING_CAS = ("yessignCA-Class-3", "SignKorea-CA4", "signGATE-CA6", "TradeSignCA4", "CrossCertCA4")


def read(document: object, *roots: x509.Certificate) -> TrustStore:
    pins = [a_pin(root) for root in roots or [a_pki().root.certificate]]
    return read_document(json.dumps(document).encode(), pins)


def test_demo_document_is_read() -> None:
    store = read(a_trust_document(7))
    assert store.version == 7
    assert [issuer.operator.id for issuer in store.issuers] == list(a_pki().issuers)
    yessign = store.issuers[0]
    assert yessign.operator.name == {"ko": "금융결제원 (yessign)", "en": "KFTC yessign"}
    bank_use = yessign.operator.policies["1.2.410.200005.1.1.4"]
    assert (bank_use.kind, bank_use.accepted, bank_use.label["ko"]) == ("personal", True, "개인 은행·보험용")
    assert not yessign.operator.policies["1.2.410.200005.1.1.6.2"].accepted
    assert yessign.authorities == (yessign.certificate,)
    assert yessign.anchor.certificate.self_issued
    assert yessign.accepted_at(NOW)


def test_production_hierarchy_matches_its_published_pin() -> None:
    root = x509.load_der_x509_certificate(a_vector("ca/KISA-RootCA-4.der"))
    issuers = [x509.load_der_x509_certificate(a_vector(f"ca/{name}.der")) for name in ISSUING_CAS]
    assert a_pin(root) == KISA_ROOT_CA_4
    store = read(build_document(1, [root], issuers, load_operators()), root)
    assert [issuer.operator.id for issuer in store.issuers] == [
        "yessign",
        "signkorea",
        "kica",
        "tradesign",
        "crosscert",
    ]
    check_can_be_used_until(store, 2031)


def test_demo_hierarchy_can_be_used_until_it_expires() -> None:
    issuers = [issuer.certificate for issuer in a_pki().issuers.values()]
    root = a_pki().root.certificate
    check_can_be_used_until(read(build_document(1, [root], issuers, load_operators()), root), 2032)


def check_can_be_used_until(store: TrustStore, year: int) -> None:
    for issuer in store.issuers:
        path.check_issuance(issuer.certificate, issuer.anchor.certificate)
        path.check_ca_profile(issuer.certificate)
        assert issuer.accepted_at(NOW)
        assert not issuer.accepted_at(NOW.replace(year=year))
    check_activation(store, None, NOW)


def test_upper_case_pins_are_accepted() -> None:
    root = a_pki().root.certificate
    raw = json.dumps(a_trust_document()).encode()
    assert read_document(raw, [a_pin(root).upper()]).version == 1


def test_wrapped_certificates_are_accepted() -> None:
    document = a_trust_document()
    text = document["issuers"][0]["certificate"]
    document["issuers"][0]["certificate"] = "\n".join(text[n : n + 64] for n in range(0, len(text), 64))
    assert read(document) == read(a_trust_document())


def test_byte_order_mark_is_ignored() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(a_trust_document(), ensure_ascii=False).encode()
    assert read_document(raw, [a_pin(a_pki().root.certificate)]).version == 1


# --- generations and levels -----------------------------------------------------------------------


def two_generations() -> dict[str, Any]:
    first, second = a_trust_document(), a_pki(2).trust_document()
    return {
        **first,
        "anchors": first["anchors"] + second["anchors"],
        "issuers": first["issuers"] + second["issuers"],
    }


def test_two_generations_are_accepted_together() -> None:
    store = read(two_generations(), a_pki().root.certificate, a_pki(2).root.certificate)
    assert len(store.issuers) == 10
    first, second = store.issuers[0], store.issuers[5]
    assert first.operator == second.operator
    assert first.anchor != second.anchor


def test_ca_below_a_listed_ca_is_accepted() -> None:
    root = a_link("A root")
    policy_ca = a_link("Policy CA", root, path_length=1)
    issuing_ca = a_link("Issuing CA", policy_ca, path_length=0)
    roots = [root.certificate.parsed]
    for issuers in ((policy_ca, issuing_ca), (issuing_ca, policy_ca)):
        store = read(a_document_of(root, *issuers), *roots)
        lowest = next(issuer for issuer in store.issuers if issuer.certificate == issuing_ca.certificate)
        assert lowest.authorities == (policy_ca.certificate, issuing_ca.certificate)
        assert lowest.anchor.certificate == root.certificate
        assert lowest.accepted_at(NOW)


def test_expired_certificate_in_the_path_is_refused() -> None:
    root = a_link("A root")
    policy_ca = a_link("Policy CA", root, path_length=1, days=(-10, 10))
    issuing_ca = a_link("Issuing CA", policy_ca, path_length=0)
    store = read(a_document_of(root, issuing_ca, policy_ca), root.certificate.parsed)
    for issuer in store.issuers:
        assert issuer.accepted_at(NOW + timedelta(days=10))
        assert not issuer.accepted_at(NOW + timedelta(days=10, seconds=1))


# --- when -----------------------------------------------------------------------------------------


def the_issuer(**changes: str) -> Issuer:
    document = a_trust_document()
    for name, value in changes.items():
        where, field = name.split("_", 1)
        document[where][0][field] = value
    return read(document).issuers[0]


@pytest.mark.parametrize("where", ["issuers", "anchors"])
def test_acceptance_period_includes_both_ends(where: str) -> None:
    start, end, second = NOW - timedelta(days=3), NOW + timedelta(days=3), timedelta(seconds=1)
    issuer = the_issuer(**{f"{where}_accepted_from": iso(start), f"{where}_accepted_until": iso(end)})
    assert issuer.accepted_at(start)
    assert issuer.accepted_at(end)
    assert not issuer.accepted_at(start - second)
    assert not issuer.accepted_at(end + second)


def test_validity_of_the_ca_limits_a_longer_acceptance_period() -> None:
    issuer = the_issuer(
        issuers_accepted_until="2099-01-01T00:00:00Z", anchors_accepted_until="2099-01-01T00:00:00Z"
    )
    end = issuer.certificate.not_after
    assert issuer.accepted_at(end)
    assert not issuer.accepted_at(end + timedelta(seconds=1))


def test_candidates_match_the_name_and_start_with_the_named_key() -> None:
    root = a_link("A root")
    old, new = (a_link("A CA", root, key=a_link(name).key) for name in ("old key", "new key"))
    store = read(a_document_of(root, old, new, a_link("Another CA", root)), root.certificate.parsed)
    for issuer in (old, new):
        found = store.candidates(a_link("홍길동", issuer, ca=False, usage=None).certificate)
        assert len(found) == 2
        assert found[0].certificate == issuer.certificate
    assert store.candidates(read_certificate(a_certificate().der)) == ()


# --- activation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "active"), [(1, None), (2, 1), (10, 9)])
def test_a_higher_version_may_become_active(version: int, active: int | None) -> None:
    check_activation(TrustStore(version, a_trust_store().issuers, a_trust_store().rules), active, NOW)


@pytest.mark.parametrize("active", [3, 4, 100])
def test_version_that_is_not_higher_is_refused(active: int) -> None:
    with pytest.raises(TrustDocumentRejected) as caught:
        check_activation(TrustStore(3, a_trust_store().issuers, a_trust_store().rules), active, NOW)
    assert caught.value.reasons == (f"version: 3 is not above the active version {active}",)


def test_document_without_an_accepted_issuer_now_is_refused() -> None:
    later = NOW.replace(year=NOW.year + 20)
    with pytest.raises(TrustDocumentRejected) as caught:
        check_activation(a_trust_store(), 1, later)
    assert len(caught.value.reasons) == 2
    assert caught.value.reasons[1].startswith("issuers: none would be accepted now")
    with pytest.raises(TrustDocumentRejected):
        check_activation(read({**a_trust_document(), "issuers": []}), None, NOW)


def test_one_issuer_that_is_accepted_now_is_enough() -> None:
    document = a_trust_document()
    for entry in document["issuers"][1:]:
        entry["accepted_until"] = iso(NOW - timedelta(seconds=1))
    check_activation(read(document), None, NOW)
