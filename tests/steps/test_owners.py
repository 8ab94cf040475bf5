"""Whose a certificate is: its VID compared with the number that the bank knows of its customer."""

from typing import Any

import pytest

from registrar.aws.keys import CustomerSecrets, SealingKeys
from registrar.domain.access.customer import Customer
from registrar.domain.reasons.errors import Refusal
from registrar.steps.owners import Owners
from tests.support.account import Account
from tests.support.builders import a_certificate
from tests.support.rows import a_customer

IDN = "9001011234567"


def owners(account: Account, idn: str | None = IDN) -> tuple[Owners, Customer]:
    """With a customer of this number."""
    keys = [account.physical[f"SealingKey{name}"] for name in "AB"]
    physical = account.physical
    kms = account.client("kms")
    made = Owners(
        CustomerSecrets(kms, physical["IdentityKey"]),
        SealingKeys(kms, keys),
    )
    ciphertext = made.secrets.seal("hong", idn.encode()) if idn else None
    return made, a_customer(idn_ciphertext=ciphertext)


def refusal(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_whose_a_certificate_is(account: Account) -> None:
    certificate = a_certificate(key="ec", idn=IDN)
    known, customer = owners(account)
    known.check(customer, certificate.der, certificate.random_number)
    other = a_certificate(key="ec", idn="9001011234568")
    assert refusal(lambda: known.check(customer, other.der, other.random_number)) == "OWNER_MISMATCH"
    assert refusal(lambda: known.check(customer, certificate.der, bytes(20))) == "OWNER_MISMATCH"
    assert refusal(lambda: known.check(None, certificate.der, bytes(20))) == "OWNER_UNVERIFIABLE"


def test_the_number_is_not_opened_without_an_r_to_compare(account: Account) -> None:
    known, customer = owners(account)
    calls = account.recorded(lambda: refusal(lambda: known.check(customer, b"der", None)) == "OWNER_UNVERIFIABLE")
    assert calls == []


def test_a_customer_without_a_number(account: Account) -> None:
    certificate = a_certificate(key="ec")
    known, customer = owners(account, idn=None)
    code = refusal(lambda: known.check(customer, certificate.der, certificate.random_number))
    assert code == "OWNER_UNVERIFIABLE"
