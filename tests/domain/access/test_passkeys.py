"""Passkeys: each step of WebAuthn L3 sections 7.1 and 7.2 that rejects a forged or stolen assertion."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from registrar.domain.access.credentials import Passkey, request_options
from registrar.domain.access.passkeys import (
    Assertion,
    RelyingParty,
    check_assertion,
    check_creation,
    creation_options,
)
from registrar.domain.reasons.errors import PasskeyInvalid
from tests.support.builders import NOW
from tools.demo.authenticator import (
    ATTESTED,
    BACKUP_ELIGIBLE,
    PRESENT,
    VERIFIED,
    Authenticator,
    from_websafe,
    websafe,
)

ORIGIN, APP = "https://bank.example", "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
PARTY = RelyingParty("bank.example", "Demo Bank", frozenset({ORIGIN, APP}))
NONCE = bytes(range(32))
BACKED_UP = 0x10
CHALLENGE, ANOTHER = websafe(NONCE), websafe(bytes(32))


def an_authenticator(**facts: Any) -> Authenticator:
    return Authenticator(**{"rp_id": PARTY.id, "origin": ORIGIN} | facts)


def created(authenticator: Authenticator, **wrong: Any) -> Passkey:
    answer = {name: base64.b64decode(value) for name, value in authenticator.create(NONCE, **wrong).items()}
    return check_creation(PARTY, CHALLENGE, answer["client_data_json"], answer["attestation_object"], "phone", NOW)


def an_assertion(answer: dict[str, str]) -> Assertion:
    values = {name: base64.b64decode(value) for name, value in answer.items()}
    return Assertion(
        values["credential_id"], values["authenticator_data"], values["client_data_json"], values["signature"]
    )


def proved(authenticator: Authenticator, passkey: Passkey, asked: str = CHALLENGE, **wrong: Any) -> Passkey:
    return check_assertion(PARTY, asked, [passkey], an_assertion(authenticator.get(NONCE, **wrong)))


@pytest.mark.parametrize("origin", [ORIGIN, APP])
def test_valid_assertion_is_accepted_and_the_counter_is_updated(origin: str) -> None:
    authenticator = an_authenticator(origin=origin)
    passkey = created(authenticator)

    used = proved(authenticator, passkey)

    assert (passkey.counter, used.counter) == (0, 1)
    assert used == replace(passkey, counter=1)


WRONG = {
    "another origin": {"origin": "https://bank.example.evil.example"},
    "an origin below ours": {"origin": "https://www.bank.example"},
    "our origin without https": {"origin": "http://bank.example"},
    "another app": {"origin": "android:apk-key-hash:AAAA"},
    "another RP id": {"rp_id": "evil.example"},
    "another challenge": {"challenge": bytes(32)},
    "inside another page's frame": {"cross_origin": True},
    "crossOrigin is not a boolean": {"cross_origin": "false"},
    "crossOrigin is a number": {"cross_origin": 0},
    "below another page": {"top_origin": "https://evil.example"},
    "below no page": {"top_origin": ""},
    "topOrigin is no text": {"top_origin": [ORIGIN]},
    "backed up but not eligible": {"flags": PRESENT | VERIFIED | BACKED_UP},
    "user not present": {"flags": VERIFIED},
    "user not verified": {"flags": PRESENT},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_assertion_with_one_wrong_value_is_refused(wrong: dict[str, Any]) -> None:
    authenticator = an_authenticator()
    passkey = created(authenticator)

    with pytest.raises(PasskeyInvalid):
        proved(authenticator, passkey, **wrong)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_creation_with_one_wrong_value_is_refused(wrong: dict[str, Any]) -> None:
    flags = {"flags": wrong["flags"] | ATTESTED} if "flags" in wrong else {}

    with pytest.raises(PasskeyInvalid):
        created(an_authenticator(), **wrong | flags)


@pytest.mark.parametrize("facts", [{"cross_origin": None}, {"top_origin": None}, {"top_origin": ORIGIN}], ids=str)
def test_members_that_say_nothing_else_are_accepted(facts: dict[str, Any]) -> None:
    authenticator = an_authenticator()
    passkey = created(authenticator, **facts)
    assert proved(authenticator, passkey, **facts).counter == 1


def test_creation_and_assertion_are_not_interchangeable() -> None:
    authenticator = an_authenticator()
    passkey = created(authenticator)

    with pytest.raises(PasskeyInvalid):
        proved(authenticator, passkey, type="webauthn.create")
    with pytest.raises(PasskeyInvalid):
        created(authenticator, type="webauthn.get")


def test_assertion_for_another_challenge_is_refused() -> None:
    authenticator = an_authenticator()
    passkey = created(authenticator)

    with pytest.raises(PasskeyInvalid):
        proved(authenticator, passkey, asked=ANOTHER)


@pytest.mark.parametrize(("last", "now"), [(5, 5), (5, 4), (5, 0), (1, 1)])
def test_counter_that_does_not_grow_is_refused(last: int, now: int) -> None:
    authenticator = an_authenticator()
    passkey = replace(created(authenticator), counter=last)

    with pytest.raises(PasskeyInvalid, match="counter"):
        proved(authenticator, passkey, counter=now)


def test_authenticator_without_a_counter_is_accepted() -> None:
    authenticator = an_authenticator(step=0)
    passkey = created(authenticator)

    assert proved(authenticator, proved(authenticator, passkey)).counter == 0


def test_other_key_and_other_customers_passkey_are_refused() -> None:
    authenticator, another = an_authenticator(), an_authenticator()
    passkey = created(authenticator)

    with pytest.raises(PasskeyInvalid, match="signature"):
        proved(authenticator, passkey, key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(PasskeyInvalid, match="no passkey of this customer"):
        proved(another, passkey)
    with pytest.raises(PasskeyInvalid, match="signature"):
        proved(another, passkey, credential_id=passkey.credential_id)


def test_device_bound_credential_that_becomes_backup_eligible_is_refused() -> None:
    authenticator = an_authenticator()
    passkey = created(authenticator)

    with pytest.raises(PasskeyInvalid, match="backup"):
        proved(authenticator, passkey, flags=PRESENT | VERIFIED | BACKUP_ELIGIBLE)


def test_key_type_that_was_not_offered_is_refused() -> None:
    short_rsa = {1: 3, 3: -257, -1: b"\xff" * 128, -2: b"\x01\x00\x01"}
    ed25519, p384 = {1: 1, 3: -8, -1: 6, -2: bytes(32)}, {1: 2, 3: -7, -1: 2, -2: bytes(48), -3: bytes(48)}
    for cose in (short_rsa, ed25519, p384):
        with pytest.raises(PasskeyInvalid):
            created(an_authenticator(), cose=cose)


def test_credential_id_of_wrong_length_is_refused() -> None:
    for length in (0, 15, 1024):
        with pytest.raises(PasskeyInvalid):
            created(an_authenticator(credential_id=bytes(length)))


def test_response_without_a_credential_is_refused() -> None:
    with pytest.raises(PasskeyInvalid):
        created(an_authenticator(), flags=PRESENT | VERIFIED)


_AUTHENTICATOR = an_authenticator()
_PASSKEY = created(_AUTHENTICATOR)
_GOOD = an_assertion(_AUTHENTICATOR.get(NONCE))
_MADE = {name: base64.b64decode(value) for name, value in an_authenticator().create(NONCE).items()}


@given(place=st.integers(0, 2000), bits=st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_assertion_with_one_changed_byte_is_refused(place: int, bits: int) -> None:
    parts = [_GOOD.authenticator_data, _GOOD.client_data, _GOOD.signature]
    place %= sum(map(len, parts))
    for index, part in enumerate(parts):
        if place < len(part):
            parts[index] = part[:place] + bytes([part[place] ^ bits]) + part[place + 1 :]
            break
        place -= len(part)

    with pytest.raises(PasskeyInvalid):
        check_assertion(PARTY, CHALLENGE, [_PASSKEY], Assertion(_GOOD.credential_id, *parts))


@given(st.binary(max_size=400), st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused_as_a_new_credential(client_data: bytes, attestation: bytes) -> None:
    with pytest.raises(PasskeyInvalid):
        check_creation(PARTY, CHALLENGE, _MADE["client_data_json"], attestation, "phone", NOW)
    with pytest.raises(PasskeyInvalid):
        check_creation(PARTY, CHALLENGE, client_data, _MADE["attestation_object"], "phone", NOW)


@pytest.mark.parametrize("hostile", [b"\x81" * 8000, b"\xa1" * 8000, b"\x9b" + b"\xff" * 8, b"\x5b" + b"\xff" * 8])
def test_unterminated_structures_are_refused(hostile: bytes) -> None:
    with pytest.raises(PasskeyInvalid):
        check_creation(PARTY, CHALLENGE, _MADE["client_data_json"], hostile, "phone", NOW)
    with pytest.raises(PasskeyInvalid):
        check_creation(PARTY, CHALLENGE, b"[" * 8000, _MADE["attestation_object"], "phone", NOW)


def test_request_options_for_the_authenticator() -> None:
    passkey = created(an_authenticator())

    made = creation_options(PARTY, CHALLENGE, b"handle", "홍길동", [passkey])
    asked = request_options(PARTY.id, CHALLENGE, [passkey])

    assert from_websafe(made["challenge"]) == from_websafe(asked["challenge"]) == NONCE
    assert [each["alg"] for each in made["pubKeyCredParams"]] == [-7, -257]
    assert made["authenticatorSelection"]["userVerification"] == asked["userVerification"] == "required"
    assert made["attestation"] == "none"
    assert from_websafe(made["excludeCredentials"][0]["id"]) == passkey.credential_id
    assert from_websafe(asked["allowCredentials"][0]["id"]) == passkey.credential_id
    assert asked["rpId"] == made["rp"]["id"] == "bank.example"
