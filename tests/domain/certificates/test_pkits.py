"""NIST's path validation suite: nothing is accepted that RFC 5280 refuses; a valid case refused has its reason.

Of 114 valid cases 68 are accepted where the path is judged as the case asks, and 42 where the service decides (one
case in 249 sets an option that the bank does not have); of 135 invalid ones none. Paths, CRLs and revocation are
judged by the steps that the functions run (tests/support/pkits_service.py). Without CRLs it would be 82 and 56, and
46 invalid ones: those differ from valid ones in a CRL alone.
"""

from pathlib import Path
from typing import Protocol

import pytest

from tests.support.npki_samples import openssl
from tests.support.pkits import Case, by_bank, by_path, cases
from tools.pki.npki_containers import pem

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")
Refusals = dict[str, tuple[str, str]]

# What these cases break is in a CRL, or the lack of one.
LEFT_TO_A_CRL = """
    4.4.1.1 4.4.2.1 4.4.3.1 4.4.4.1 4.4.5.1 4.4.6.1 4.4.8.1 4.4.9.1 4.4.10.1 4.4.11.1 4.4.12.1 4.4.15.1 4.4.18.1
    4.4.20.1 4.4.21.1 4.5.2.1 4.5.5.1 4.5.7.1 4.7.4.1 4.7.5.1 4.14.2.1 4.14.3.1 4.14.6.1 4.14.8.1 4.14.9.1
    4.14.11.1 4.14.12.1 4.14.14.1 4.14.15.1 4.14.16.1 4.14.17.1 4.14.20.1 4.14.21.1 4.14.23.1 4.14.26.1
    4.14.27.1 4.14.31.1 4.14.32.1 4.14.34.1 4.14.35.1 4.15.1.1 4.15.3.1 4.15.4.1 4.15.6.1 4.15.9.1 4.15.10.1
"""
BY_A_CRL_ONLY = frozenset(LEFT_TO_A_CRL.split())
# Its certificate is that of a CA: the bank refuses it whatever a CRL says.
REFUSED_BY_THE_BANK_ALL_THE_SAME = frozenset({"4.14.11.1"})

# Valid cases that are refused on purpose: what one of the reasons says, and the cases. No Korean CA signs with
# DSA, maps policies or constrains names; a root signs CAs and never a customer's certificate. No CA signs CRLs for
# another, and a delta CRL may be newer than what was fetched, so both kinds are refused (crl.py). RFC 5280
# 6.3.3 (f) lets any key of the CA sign a CRL; here one on the certificate's path has to (Issuer.list_signers).
MAPPINGS = """4.10.1.1 4.10.3.2 4.10.5.1 4.10.6.1 4.10.9.1 4.10.11.1 4.10.12.1 4.10.12.2 4.10.13.1 4.10.13.2
    4.10.14.1 4.11.2.1 4.11.4.1 4.11.7.1"""
CONSTRAINTS = """4.13.1.1 4.13.4.1 4.13.5.1 4.13.6.1 4.13.11.1 4.13.14.1 4.13.18.1 4.13.19.1 4.13.21.1 4.13.23.1
    4.13.25.1 4.13.27.1 4.13.30.1 4.13.32.1 4.13.34.1 4.13.36.1"""
REFUSED_BY_PATH: Refusals = {
    "DSA": ("key-type", "4.1.4.1"),
    "a key that inherits its DSA parameters": ("malformed", "4.1.5.1"),
    "policy mappings": ("2.5.29.33", MAPPINGS),
    "name constraints": ("2.5.29.30", CONSTRAINTS),
    "an indirect CRL": ("an indirect CRL", "4.14.22.1"),
    "a CRL of another issuer": (
        "names no list at an accepted address",
        "4.14.24.1 4.14.25.1 4.14.28.1 4.14.29.1 4.14.30.1 4.14.33.1",
    ),
    # The compromise of a key beside the path would let a revoked certificate pass, and nothing on the path tells.
    "a CRL signed by a key of the CA that is not on the path": ("authority key identifier differs", "4.5.4.1"),
    # No issuer of a trust document: it cannot sign certificates.
    "a CRL signed by a key for CRLs only, certified by the CA": ("authority key identifier differs", "4.5.6.1"),
    "a CRL signed by a key for CRLs only, certified by the anchor": ("keyUsage lacks cRLSign", "4.4.19.1"),
    "a delta CRL": ("a delta CRL", "4.15.2.1 4.15.5.1 4.15.7.1 4.15.8.1"),
}
# The bank wants a customer's certificate, and in it exactly one policy, which holds along the path.
REFUSED_BY_BANK: Refusals = {
    **REFUSED_BY_PATH,
    "a key that inherits its DSA parameters": ("CERT_MALFORMED", "4.1.5.1"),
    "issued by the anchor itself": ("TRUST_ISSUER_UNKNOWN", "4.8.15.1 4.8.19.1 4.16.1.1"),
    "a CA's certificate": ("CERT_IS_CA", "4.6.8.1 4.6.14.1 4.8.6.1 4.8.6.2 4.14.13.1"),
    "no policy, several, or anyPolicy": (
        "CERT_POLICY_NOT_ACCEPTED",
        """4.8.2.1 4.8.3.1 4.8.10.1 4.8.10.2 4.8.10.3 4.8.11.1 4.8.11.2 4.8.13.1 4.8.13.2 4.8.13.3 4.8.16.1 4.8.17.1
        4.8.18.1 4.8.18.2 4.9.1.1 4.9.2.1 4.9.6.1 4.12.2.1""",
    ),
}


class Decide(Protocol):
    """Why a case is refused; nothing where it is accepted."""

    def __call__(self, case: Case, *, with_crls: bool) -> tuple[str, ...]: ...


LEVELS = [
    pytest.param(by_path, REFUSED_BY_PATH, id="path"),
    pytest.param(by_bank, REFUSED_BY_BANK, id="bank"),
]


def asked_of(decide: Decide) -> list[Case]:
    """The cases of a level: the bank always lets CAs assert anyPolicy, as Korean ones do."""
    return [case for case in cases() if decide is by_path or not case.inhibit_any]


def test_suite_is_complete() -> None:
    assert len(cases()) == 249
    assert sum(case.expect for case in cases()) == 114
    assert [case.id for case in cases() if case.inhibit_any] == ["4.12.3.2"]


@pytest.mark.parametrize("decide", [by_path, by_bank])
def test_invalid_cases_are_refused(decide: Decide) -> None:
    assert not {case.id for case in asked_of(decide) if not case.expect and not decide(case, with_crls=True)}


@pytest.mark.parametrize(
    ("decide", "left_to_a_crl"),
    [
        pytest.param(by_path, BY_A_CRL_ONLY, id="path"),
        pytest.param(by_bank, BY_A_CRL_ONLY - REFUSED_BY_THE_BANK_ALL_THE_SAME, id="bank"),
    ],
)
def test_cases_decided_by_a_crl_are_accepted_without_one(decide: Decide, left_to_a_crl: frozenset[str]) -> None:
    accepted = {case.id for case in asked_of(decide) if not case.expect and not decide(case, with_crls=False)}
    assert accepted == left_to_a_crl


@pytest.mark.parametrize(("decide", "refused"), LEVELS)
def test_valid_case_is_accepted_or_refused_for_a_listed_reason(decide: Decide, refused: Refusals) -> None:
    found = {case.id: said for case in asked_of(decide) if case.expect and (said := decide(case, with_crls=True))}
    stated = {number: says for says, numbers in refused.values() for number in numbers.split()}
    assert found.keys() == stated.keys()
    assert not {n: reasons for n, reasons in found.items() if not any(stated[n] in said for said in reasons)}


@pytest.mark.parametrize(("decide", "with_crls", "without"), [(by_path, 68, 82), (by_bank, 42, 56)])
def test_number_of_accepted_valid_cases(decide: Decide, with_crls: int, without: int) -> None:
    valid = [case for case in asked_of(decide) if case.expect]
    assert sum(not decide(case, with_crls=True) for case in valid) == with_crls
    assert sum(not decide(case, with_crls=False) for case in valid) == without


def test_openssl_without_crls_accepts_the_cases_decided_by_a_crl(tmp_path: Path) -> None:
    anchor, others, leaf = (tmp_path / name for name in ("anchor", "others", "leaf"))
    for case in cases():
        if case.id in BY_A_CRL_ONLY:
            anchor.write_bytes(pem("CERTIFICATE", case.anchor))
            others.write_bytes(b"".join(pem("CERTIFICATE", der) for der in case.intermediates))
            leaf.write_bytes(pem("CERTIFICATE", case.leaf))
            files = ("-CAfile", str(anchor), "-untrusted", str(others), str(leaf))
            openssl("verify", "-attime", str(int(case.at.timestamp())), *files)
