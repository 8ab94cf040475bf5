"""Challenges, sessions and logins, as the app sees them."""

from typing import TYPE_CHECKING, Any

from registrar.domain.possession.headings import ALGORITHMS
from registrar.domain.times import iso

if TYPE_CHECKING:  # a function loads only what it shows
    from registrar.domain.access.certificate_login import CertificateLogin
    from registrar.domain.access.challenge import Challenge, Proved
    from registrar.domain.access.session import Started
    from registrar.domain.bank import SigningBank


def challenge_view(challenge: "Challenge") -> dict[str, Any]:
    """A challenge, and the methods to prove it."""
    return {
        "challenge_id": challenge.id,
        "operation": challenge.operation.value,
        "object": challenge.object_id,
        "methods": list(challenge.methods),
        "tries_left": challenge.tries_left,
        "expires_at": iso(challenge.expires_at),
    }


def proved_view(proved: "Proved") -> dict[str, Any]:
    """The result of a proved challenge: a session, a proof of identity, or both."""
    challenge = proved.challenge
    started = proved.started
    ends = challenge.proof_expires_at
    if started is None:
        operation = {"operation": challenge.operation.value, "object": challenge.object_id}
        expires_at = iso(ends) if ends else None
        return {"kind": "identity_proof", "proof_id": challenge.id, **operation, "expires_at": expires_at}
    earned = {"proof_id": challenge.id, "proof_expires_at": iso(ends)} if ends else {}
    return session_view(started) | earned


def session_view(started: "Started") -> dict[str, Any]:
    """A session that a login started."""
    view: dict[str, Any] = {
        "kind": "session",
        "token": started.token,
        "token_type": "Bearer",
        "expires_at": iso(started.session.expires_at),
        "ended_other_session": started.ended_other_session,
    }
    return view | ({"device_id": started.device_id} if started.device_id else {})


def certificate_login_view(login: "CertificateLogin", bank: "SigningBank") -> dict[str, Any]:
    """The text to sign to log in."""
    return {
        "login_id": login.id,
        "text": login.text(bank),
        "algorithms": ALGORITHMS,
        "expires_at": iso(login.expires_at),
    }
