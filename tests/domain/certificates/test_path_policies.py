"""Certificate policies along a path (RFC 5280 6.1), with paths small enough to follow by hand."""

from collections.abc import Sequence

import pytest
from cryptography import x509

from registrar.domain.certificates import path
from registrar.domain.certificates.certificate import Certificate
from registrar.domain.reasons.errors import PathInvalid
from tests.support.builders import Link, a_link, an_ec_key
from tools.pki.authorities import ANY_POLICY, Extensions

ROOT = a_link("A root", policies=None)
P1, P2, P3 = "1.2.3.1", "1.2.3.2", "1.2.3.3"
Policies = Sequence[str] | None


def explicit_after(count: int) -> Extensions:
    return [(x509.PolicyConstraints(require_explicit_policy=count, inhibit_policy_mapping=None), True)]


def inhibit_any_after(count: int) -> Extensions:
    return [(x509.InhibitAnyPolicy(count), True)]


def a_ca(name: str, policies: Policies, extensions: Extensions = (), above: Link = ROOT) -> Certificate:
    return a_link(name, above, policies=policies, extensions=extensions).certificate


def self_issued(policies: Policies) -> Certificate:
    above = a_link("CA", ROOT)
    return a_link("CA", above, policies=policies, key=an_ec_key("CA, new key")).certificate


def a_leaf(policies: Policies, extensions: Extensions = ()) -> Certificate:
    return a_link("홍길동", ROOT, ca=False, usage=None, policies=policies, extensions=extensions).certificate


@pytest.mark.parametrize(
    ("authorities", "leaf", "holding"),
    [
        ([[ANY_POLICY]], [P1], {P1}),
        ([[ANY_POLICY], [ANY_POLICY]], [P1, P2], {P1, P2}),
        ([[P1, P2]], [P2, P3], {P2}),
        ([[P1, P2], [P2, P3]], [P2], {P2}),
        ([[P1]], [ANY_POLICY], {P1}),
        ([[P1, P2], [ANY_POLICY]], [P1], {P1}),
        ([[ANY_POLICY, P1]], [P2], {P2}),
        ([[ANY_POLICY, P1]], [ANY_POLICY], None),
        ([[ANY_POLICY]], [ANY_POLICY], None),
        ([], [P1], {P1}),
        ([], [ANY_POLICY], None),
    ],
)
def test_valid_policies(authorities: list[Policies], leaf: Policies, holding: object) -> None:
    chain = [a_ca(f"CA {index}", policies) for index, policies in enumerate(authorities)]
    assert path.valid_policies(chain, a_leaf(leaf)) == holding


@pytest.mark.parametrize(
    ("authorities", "leaf"),
    [
        ([[P1]], [P2]),
        ([[P1], [P2]], [P1]),
        ([[P1], [P2]], [ANY_POLICY]),
        ([[P1], [P2], [ANY_POLICY]], [P1]),
        ([[ANY_POLICY]], None),
        ([None], [P1]),
        ([None, [ANY_POLICY]], [P1]),
        ([[ANY_POLICY], None], [ANY_POLICY]),
        ([], None),
    ],
)
def test_missing_required_policy_is_refused(authorities: list[Policies], leaf: Policies) -> None:
    chain = [a_ca(f"CA {index}", policies) for index, policies in enumerate(authorities)]
    with pytest.raises(PathInvalid) as caught:
        path.valid_policies(chain, a_leaf(leaf))
    assert caught.value.why == "no policy holds along the path"
    assert path.valid_policies(chain, a_leaf(leaf), explicit=False) == frozenset()


# --- requireExplicitPolicy ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "below", "demanded"),
    [(0, 0, True), (0, 2, True), (1, 0, True), (1, 1, True), (2, 0, False), (2, 1, True), (3, 1, False)],
)
def test_require_explicit_policy_counts_certificates(constraint: int, below: int, demanded: bool) -> None:
    chain = [a_ca("CA", None, explicit_after(constraint))]
    chain += [a_ca(f"CA {index}", None) for index in range(below)]
    if demanded:
        with pytest.raises(PathInvalid):
            path.valid_policies(chain, a_leaf(None), explicit=False)
    else:
        assert path.valid_policies(chain, a_leaf(None), explicit=False) == frozenset()


def test_lower_require_explicit_policy_only_tightens() -> None:
    chain = [a_ca("CA", None, explicit_after(1)), a_ca("CA 1", None, explicit_after(9))]
    with pytest.raises(PathInvalid):
        path.valid_policies(chain, a_leaf(None), explicit=False)


def test_last_certificate_can_require_a_policy() -> None:
    chain = [a_ca("CA", None)]
    with pytest.raises(PathInvalid):
        path.valid_policies(chain, a_leaf(None, explicit_after(0)), explicit=False)
    assert path.valid_policies(chain, a_leaf(None, explicit_after(1)), explicit=False) == frozenset()


def test_self_issued_certificate_does_not_reduce_require_explicit_policy() -> None:
    constraining = a_ca("CA", None, explicit_after(2))
    self_issued_below, other_below = self_issued(None), a_ca("CA 1", None)
    assert path.valid_policies([constraining, self_issued_below], a_leaf(None), explicit=False) == frozenset()
    with pytest.raises(PathInvalid):
        path.valid_policies([constraining, other_below], a_leaf(None), explicit=False)


def test_required_policy_is_satisfied() -> None:
    chain = [a_ca("CA", [ANY_POLICY], explicit_after(0))]
    assert path.valid_policies(chain, a_leaf([P1]), explicit=False) == frozenset({P1})


# --- inhibitAnyPolicy -----------------------------------------------------------------------------


def test_any_policy_inhibited_from_the_start_gives_no_policy() -> None:
    with pytest.raises(PathInvalid):
        path.valid_policies([a_ca("CA", [ANY_POLICY])], a_leaf([P1]), inhibit_any=True)
    assert path.valid_policies([a_ca("CA", [ANY_POLICY, P1])], a_leaf([P1]), inhibit_any=True) == frozenset({P1})


@pytest.mark.parametrize(("skip", "holding"), [(0, None), (1, {P1}), (2, {P1})])
def test_inhibit_any_policy_counts_certificates(skip: int, holding: object) -> None:
    chain = [a_ca("CA", [P1], inhibit_any_after(skip)), a_ca("CA 1", [ANY_POLICY])]
    if holding is None:
        with pytest.raises(PathInvalid):
            path.valid_policies(chain, a_leaf([P1]))
    else:
        assert path.valid_policies(chain, a_leaf([P1])) == holding


def test_any_policy_of_the_last_certificate_is_inhibited() -> None:
    constraining = a_ca("CA", [P1], inhibit_any_after(0))
    with pytest.raises(PathInvalid):
        path.valid_policies([constraining], a_leaf([ANY_POLICY]))
    assert path.valid_policies([constraining], a_leaf([ANY_POLICY, P1])) == frozenset({P1})


def test_self_issued_ca_may_assert_inhibited_any_policy() -> None:
    constraining = a_ca("CA", [P1], inhibit_any_after(0))
    assert path.valid_policies([constraining, self_issued([ANY_POLICY])], a_leaf([P1])) == frozenset({P1})
    with pytest.raises(PathInvalid):
        path.valid_policies([constraining, a_ca("CA 1", [ANY_POLICY])], a_leaf([P1]))


def test_self_issued_last_certificate_may_not_assert_any_policy() -> None:
    constraining = a_ca("CA", [P1], inhibit_any_after(0))
    with pytest.raises(PathInvalid):
        path.valid_policies([constraining], self_issued([ANY_POLICY]))


def test_lower_inhibit_any_policy_only_tightens() -> None:
    chain = [
        a_ca("CA", [P1], inhibit_any_after(1)),
        a_ca("CA 1", [P1], inhibit_any_after(9)),
        a_ca("CA 2", [ANY_POLICY]),
    ]
    with pytest.raises(PathInvalid):
        path.valid_policies(chain, a_leaf([P1]))
