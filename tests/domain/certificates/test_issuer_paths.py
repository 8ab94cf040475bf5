"""Paths from configured CAs to the anchors: every valid one counts, and finding them takes bounded time."""

import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.certificates.decision import Report
from registrar.domain.certificates.file_decision import decide
from registrar.domain.certificates.issuer_paths import (
    MOST_AUTHORITIES,
    MOST_OF_ONE_NAME,
    MOST_PATHS,
    IssuerPaths,
)
from registrar.domain.certificates.trust import Anchor, Period, TrustStore
from registrar.domain.certificates.trust_document import read_document
from registrar.domain.reasons.errors import TrustDocumentRejected, TrustEntryInvalid
from tests.support.builders import NOW, Link, a_document_of, a_link, a_pin, an_ec_key, an_entry
from tools.pki.authorities import ANY_POLICY

POLICY = "1.2.410.200004.5.2.1.2"
ROOT = a_link("A root")


def read(document: dict[str, Any], *roots: Link) -> TrustStore:
    pins = [a_pin(root.certificate.parsed) for root in roots or [ROOT]]
    return read_document(json.dumps(document).encode(), pins)


def reasons(document: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(TrustDocumentRejected) as caught:
        read(document)
    return caught.value.reasons


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every signature that is checked."""
    found: list[object] = []
    verify = path.verify_signature

    def count(certificate: Certificate, issuer: Certificate) -> None:
        found.append(certificate)
        verify(certificate, issuer)

    monkeypatch.setattr(path, "verify_signature", count)
    return found


# --- bounded --------------------------------------------------------------------------------------


def of_one_name_and_key(count: int) -> list[Link]:
    """Each of them could have issued every other."""
    first = a_link("A CA")
    return [a_link("A CA", first, key=first.key) for _ in range(count)]


@pytest.mark.parametrize("count", [2, 8, 12, MOST_OF_ONE_NAME])
def test_cas_of_one_name_and_key_without_an_anchor_are_refused_at_once(count: int, checked: list[object]) -> None:
    found = reasons(a_document_of(ROOT, *of_one_name_and_key(count)))
    why = "no pinned anchor issued it, nor a CA of this document below one"
    assert found == tuple(f"issuers[{n}]: CA {n}: {why}" for n in range(count))
    assert len(checked) <= count**2 + 1


def test_more_cas_of_one_name_are_refused_before_their_signatures_are_checked(checked: list[object]) -> None:
    found = reasons(a_document_of(ROOT, *of_one_name_and_key(MOST_OF_ONE_NAME + 1)))
    assert found == (f"document: more than {MOST_OF_ONE_NAME} CAs have the name A CA",)
    assert len(checked) == 1


def test_cas_of_one_name_and_key_below_an_anchor_have_one_path_each(checked: list[object]) -> None:
    key = an_ec_key("A CA")
    same = [a_link("A CA", ROOT, key=key) for _ in range(8)]
    assert len(read(a_document_of(ROOT, *same)).issuers) == 8
    assert len(checked) <= 8**2 + 1


def certified_by_each_other(count: int) -> list[Link]:
    """CAs of different names, each certified by the root and by each of the others."""
    own = [a_link(f"CA {n}", ROOT) for n in range(count)]
    crossed = [a_link(f"CA {one}", own[other], key=own[one].key) for one, other in permutations(range(count), 2)]
    return [*own, *crossed]


def test_cas_that_certify_each_other_are_accepted_up_to_the_number_of_chains() -> None:
    store = read(a_document_of(ROOT, *certified_by_each_other(3)))
    assert all(issuer.anchor.certificate == ROOT.certificate for issuer in store.issuers)
    assert len(store.issuers) > 9


def test_cas_that_certify_each_other_too_often_are_refused(checked: list[object]) -> None:
    links = certified_by_each_other(6)
    found = reasons(a_document_of(ROOT, *links))
    assert found[0] == f"issuers[6]: CA 6: more than {MOST_PATHS} chains of CAs lead from it towards the anchors"
    assert len(checked) <= len(links) * 7 + 1


# --- every valid path counts ----------------------------------------------------------------------

NEW_ROOT = a_link("A new root")
UPPER = an_ec_key("Upper CA")
LOWER = an_ec_key("Lower CA")


def good_upper(root: Link = NEW_ROOT, **overrides: Any) -> Link:
    return a_link("Upper CA", root, key=UPPER, **overrides)


def decided(uppers: list[dict[str, Any]], *roots: dict[str, Any]) -> Report:
    """The decision on a certificate of a CA below an upper CA that has several certificates."""
    lower = a_link("Lower CA", good_upper(), key=LOWER)
    leaf = a_link(
        "홍길동", lower, ca=False, policies=[POLICY], usage=("digital_signature", "content_commitment")
    ).certificate
    document = a_document_of(ROOT)
    document["anchors"] = list(roots)
    document["issuers"] = [{"operator": "kica", **each} for each in (an_entry(lower, "lower"), *uppers)]
    return decide(leaf.der, read(document, ROOT, NEW_ROOT), "personal", NOW)


def over(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"accepted_until": "2026-01-01T00:00:00Z", "accepted_from": "2025-01-01T00:00:00Z"}


OTHERS: dict[str, Callable[[], tuple[dict[str, Any], dict[str, Any], str]]] = {
    "expired": lambda: (
        an_entry(good_upper(ROOT, days=(-20, -10)), "upper"),
        an_entry(ROOT, "root"),
        "TRUST_ISSUER_NOT_ACCEPTED_NOW",
    ),
    "no longer accepted": lambda: (
        over(an_entry(good_upper(ROOT), "upper")),
        an_entry(ROOT, "root"),
        "TRUST_ISSUER_NOT_ACCEPTED_NOW",
    ),
    "below a root that is no longer accepted": lambda: (
        an_entry(good_upper(ROOT), "upper"),
        over(an_entry(ROOT, "root")),
        "TRUST_ISSUER_NOT_ACCEPTED_NOW",
    ),
    "for other policies": lambda: (
        an_entry(good_upper(ROOT, policies=["1.2.3"]), "upper"),
        an_entry(ROOT, "root"),
        "CERT_POLICY_NOT_ACCEPTED",
    ),
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", OTHERS)
def test_valid_path_through_another_generation_counts(kind: str, first: bool) -> None:
    upper, root, why = OTHERS[kind]()
    alone = decided([upper], root)
    assert [finding.code for finding in alone.findings] == [why]
    uppers = [upper, an_entry(good_upper(), "new upper")]
    roots = [root, an_entry(NEW_ROOT, "new root")]
    both = decided(uppers if first else uppers[::-1], *(roots if first else roots[::-1]))
    assert both.accepted
    assert both.findings == ()


@pytest.mark.parametrize("first", [True, False])
def test_path_beyond_the_length_of_one_generation_is_valid_through_another(first: bool) -> None:
    uppers = [an_entry(good_upper(ROOT, path_length=0), "upper"), an_entry(good_upper(), "new upper")]
    roots = [an_entry(ROOT, "root"), an_entry(NEW_ROOT, "new root")]
    assert decided(uppers if first else uppers[::-1], *roots).accepted


def test_issuer_of_a_registration_is_the_path_accepted_at_the_time() -> None:
    lower = a_link("Lower CA", good_upper(), key=LOWER)
    leaf = a_link("홍길동", lower, ca=False, policies=[ANY_POLICY], usage=None).certificate
    document = a_document_of(ROOT, lower, good_upper(ROOT, days=(-20, -10)), good_upper())
    document["anchors"].append(an_entry(NEW_ROOT, "new root"))
    store = read(document, ROOT, NEW_ROOT)
    (found,) = store.issuers_of(leaf, lower.certificate.key_digest, NOW)
    assert found.anchor.certificate == NEW_ROOT.certificate


# --- limits, exactly -----------------------------------------------------------------------------


def several(name: str, issuer: Link, count: int) -> list[Link]:
    """Certificates of one CA under one issuer."""
    key = an_ec_key(name)
    return [a_link(name, issuer, key=key) for _ in range(count)]


def paths_of(link: Link, *others: Link) -> list[tuple[Certificate, ...]]:
    """The paths from `link` to the root."""
    anchor = Anchor(ROOT.certificate, Period(NOW, NOW))
    found = IssuerPaths([each.certificate for each in (link, *others)], [anchor]).above(link.certificate)
    return [each.authorities for each in found]


def refusal_of(link: Link, *others: Link) -> str:
    with pytest.raises(TrustEntryInvalid) as caught:
        paths_of(link, *others)
    return caught.value.why


def test_as_many_chains_as_allowed_are_followed_and_no_more() -> None:
    top = several("Top CA", ROOT, 5)
    upper = several("Upper CA", top[0], 5)
    (lower,) = several("Lower CA", upper[0], 1)
    last = a_link("Last CA", lower)
    assert MOST_PATHS == 1 + 1 + 5 + 25
    assert len(paths_of(last, *top, *upper, lower)) == 25

    top = several("Top CA", ROOT, 4)
    upper = several("Upper CA", top[0], 3)
    lowers = several("Lower CA", upper[0], 2)
    last = a_link("Last CA", lowers[0])
    assert MOST_PATHS + 1 == 1 + 2 + 6 + 24
    why = f"more than {MOST_PATHS} chains of CAs lead from it towards the anchors"
    assert refusal_of(last, *top, *upper, *lowers) == why


def test_a_longer_path_than_allowed_is_not_followed_beside_a_shorter_one() -> None:
    """Each CA is near enough to the anchor by a certificate of its second one."""
    chain = [a_link("CA 1", ROOT)]
    for number in range(2, MOST_AUTHORITIES + 2):
        chain.append(a_link(f"CA {number}", chain[-1]))
    second = a_link("CA 2", ROOT, key=chain[1].key)
    assert [len(each) for each in paths_of(chain[-1], *chain[:-1], second)] == [MOST_AUTHORITIES]


def test_cas_without_an_anchor_do_not_count_among_the_chains() -> None:
    count = 6
    own = [a_link(f"CA {n}") for n in range(count)]
    crossed = [a_link(f"CA {one}", own[other], key=own[one].key) for one, other in permutations(range(count), 2)]
    upper = a_link("An upper CA", ROOT)
    others = [a_link("An upper CA", each, key=upper.key) for each in own]
    assert [len(each) for each in paths_of(a_link("A CA", upper), *crossed, upper, *others)] == [2]


def test_a_path_that_an_upper_ca_does_not_allow_is_refused() -> None:
    upper = a_link("An upper CA", ROOT, path_length=0)
    assert refusal_of(a_link("A CA", upper), upper) == "path length exceeded"


def test_limits_are_those_decided() -> None:
    assert (MOST_AUTHORITIES, MOST_PATHS, MOST_OF_ONE_NAME) == (4, 32, 16)
