"""Passkeys (WebAuthn Level 3): the checks of a new credential (section 7.1) and of an assertion (7.2).

`fido2` reads the structures and checks type, challenge, origin, RP id, user presence, user verification and the
signature. This module checks what `fido2` leaves to its caller: the frame around the page, the counter, the backup
flag, which key types are accepted.
"""

import json
import logging
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import ES256, RS256
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)

from registrar.domain.access.credentials import Passkey, descriptors
from registrar.domain.reasons.errors import PasskeyInvalid

ALGORITHMS = (ES256.ALGORITHM, RS256.ALGORITHM)
MAX_CREDENTIAL_ID_BYTES = 1023
MAX_CLIENT_DATA_BYTES = 2048
MAX_AUTHENTICATOR_DATA_BYTES = 2048
MAX_ATTESTATION_BYTES = 8192
_VERIFIED = "required"
# What hostile bytes make the library's readers raise.
_UNREADABLE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, AssertionError, OverflowError,
    MemoryError, struct.error, UnsupportedAlgorithm,
)  # fmt: skip

# At its default level it logs credential ids.
logging.getLogger("fido2").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The bank towards authenticators: `id` is a domain, `origins` are the pages and apps that may ask
    (`https://…`, `android:apk-key-hash:…`), compared whole."""

    id: str
    name: str
    origins: frozenset[str]

    def server(self) -> Fido2Server:
        """The library's checks, without attestation: authenticators of any manufacturer are accepted."""
        return Fido2Server(
            PublicKeyCredentialRpEntity(name=self.name, id=self.id),
            attestation=AttestationConveyancePreference.NONE,
            verify_origin=self.origins.__contains__,
        )


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion by a passkey, as the authenticator and the app made it (WebAuthn L3 5.2.2)."""

    credential_id: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def check_assertion(
    party: RelyingParty, challenge: str, passkeys: Sequence[Passkey], assertion: Assertion
) -> Passkey:
    """Check an assertion against the customer's passkeys; return the passkey used, with its new counter.

    Raises PasskeyInvalid. The caller counts the try before and saves the counter under a condition after.
    """
    known = next((each for each in passkeys if each.credential_id == assertion.credential_id), None)
    if known is None:
        raise PasskeyInvalid("no passkey of this customer")
    try:
        client_data = CollectedClientData(assertion.client_data)
        data = AuthenticatorData(assertion.authenticator_data)
        response = AuthenticationResponse(
            raw_id=assertion.credential_id,
            response=AuthenticatorAssertionResponse(
                client_data=client_data, authenticator_data=data, signature=assertion.signature
            ),
        )
        state = {"challenge": challenge, "user_verification": _VERIFIED}
        party.server().authenticate_complete(state, [AttestedCredentialData(known.credential)], response)
    except _UNREADABLE as error:
        raise PasskeyInvalid(str(error)) from None
    _check_frame(party, client_data)
    _check_backup(data)
    if data.is_backup_eligible() != known.backup_eligible:
        raise PasskeyInvalid("backup eligibility changed")
    # 7.2 step 22: zero and zero is an authenticator that does not count; else it must have grown.
    if (data.counter or known.counter) and data.counter <= known.counter:
        raise PasskeyInvalid("signature counter did not grow: the authenticator may have been copied")
    return replace(known, counter=data.counter)


def check_creation(
    party: RelyingParty, challenge: str, client_data_json: bytes, attestation: bytes, name: str, now: datetime
) -> Passkey:
    """Check an authenticator's response to `creation_options`; return the new passkey. Raises PasskeyInvalid."""
    try:
        client_data = CollectedClientData(client_data_json)
        made = AttestationObject(attestation)
        new = made.auth_data.credential_data
        if new is None:
            raise PasskeyInvalid("no credential")
        response = RegistrationResponse(
            raw_id=new.credential_id,
            response=AuthenticatorAttestationResponse(client_data=client_data, attestation_object=made),
        )
        state = {"challenge": challenge, "user_verification": _VERIFIED}
        data = party.server().register_complete(state, response)
        _check_key(new.public_key)
    except _UNREADABLE as error:
        raise PasskeyInvalid(str(error)) from None
    _check_frame(party, client_data)
    _check_backup(data)
    if not 16 <= len(new.credential_id) <= MAX_CREDENTIAL_ID_BYTES:
        raise PasskeyInvalid("credential id too short or too long")
    return Passkey(new.credential_id, bytes(new), data.counter, data.is_backup_eligible(), name, now)


def creation_options(
    party: RelyingParty, challenge: str, customer_handle: bytes, name: str, known: Sequence[Passkey]
) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptions in JSON form (WebAuthn L3 5.4), for this customer's next passkey.

    `challenge` is base64url without padding. `customer_handle` names the customer to the authenticator and must not
    reveal who it is (14.6.1).
    """
    return {
        "rp": {"id": party.id, "name": party.name},
        "user": {"id": websafe_encode(customer_handle), "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "excludeCredentials": descriptors(known),
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": _VERIFIED},
        "attestation": "none",
    }


def _check_frame(party: RelyingParty, client_data: CollectedClientData) -> None:
    # A page inside another's frame could dress up what the customer confirms (7.1 and 7.2: crossOrigin, topOrigin).
    # Some clients write members that they leave out (5.8.1) as null.
    if client_data.cross_origin is not False and client_data.cross_origin is not None:
        raise PasskeyInvalid("made inside another page's frame")
    top = json.loads(client_data).get("topOrigin")
    if top is not None and (not isinstance(top, str) or top not in party.origins):
        raise PasskeyInvalid("made below another page")


def _check_backup(data: AuthenticatorData) -> None:
    # 7.1 and 7.2: what is not eligible for a backup cannot be backed up.
    if data.is_backed_up() and not data.is_backup_eligible():
        raise PasskeyInvalid("backed up, but not eligible")


def _check_key(key: Any) -> None:
    if key.get(3) not in ALGORITHMS:
        raise PasskeyInvalid("a kind of key that was not asked for")
    if key.get(3) == RS256.ALGORITHM and len(key[-1]) < 2048 // 8:
        raise PasskeyInvalid("RSA key too short")
    if key.get(3) == ES256.ALGORITHM and (key.get(-1), len(key[-2]), len(key[-3])) != (1, 32, 32):
        raise PasskeyInvalid("not a P-256 key")
