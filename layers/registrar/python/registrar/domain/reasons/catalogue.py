"""The one catalogue of reasons: every code a customer, the app, the help desk or a relying service can meet.

A reason says which HTTP status it has, whether the same request may succeed later, what to do next, and,
in Korean and English, what is the case. Codes are stable: apps and help-desk notes refer to them.

If you add a reason, touch these: codes.py, `_ROWS` below, its texts in `texts_*.py`, and its entry in
`docs/guide.md`, or `docs/relying.md` for those of texts_relying.py. `tests/domain/reasons/test_catalogue.py` fails
until all four are there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.reason import LANGUAGES, NextAction, Reason
from registrar.domain.reasons.texts_access import ACCESS_TEXTS
from registrar.domain.reasons.texts_certificate import CERTIFICATE_TEXTS
from registrar.domain.reasons.texts_credentials import CREDENTIAL_TEXTS
from registrar.domain.reasons.texts_file import FILE_TEXTS
from registrar.domain.reasons.texts_registration import REGISTRATION_TEXTS
from registrar.domain.reasons.texts_relying import RELYING_TEXTS
from registrar.domain.reasons.texts_revocation import REVOCATION_TEXTS
from registrar.domain.reasons.texts_signing import SIGNING_TEXTS
from registrar.domain.reasons.wording import Wording


class _Row(NamedTuple):
    status: int
    next_action: NextAction
    params: tuple[str, ...] = ()


_ROWS: Mapping[Code, _Row] = {
    # access
    Code.AUTH_REQUIRED: _Row(401, NextAction.LOGIN),
    Code.SESSION_EXPIRED: _Row(401, NextAction.LOGIN),
    Code.LOGIN_FAILED: _Row(401, NextAction.CHECK_INPUT, ("tries_left",)),
    Code.LOGIN_CERTIFICATE_FAILED: _Row(401, NextAction.LOGIN),
    Code.LOGIN_AFTER_RECOVERY: _Row(403, NextAction.LOGIN),
    Code.STEP_UP_REQUIRED: _Row(403, NextAction.STEP_UP),
    Code.STEP_UP_INVALID: _Row(401, NextAction.RETRY_CODE, ("tries_left",)),
    Code.STEP_UP_EXPIRED: _Row(401, NextAction.NEW_CODE),
    Code.STEP_UP_REUSED: _Row(401, NextAction.NEW_CODE),
    Code.STEP_UP_LOCKED: _Row(429, NextAction.WAIT, ("again_at",)),
    Code.STEP_UP_METHOD_UNAVAILABLE: _Row(409, NextAction.CHOOSE_METHOD, ("methods",)),
    Code.STEP_UP_TOO_WEAK: _Row(403, NextAction.CHOOSE_METHOD),
    Code.CREDENTIAL_CHANGE_DELAYED: _Row(403, NextAction.WAIT_UNTIL, ("again_at",)),
    Code.CREDENTIAL_INVALID: _Row(422, NextAction.STEP_UP),
    Code.CREDENTIAL_LIMIT_REACHED: _Row(409, NextAction.MANAGE, ("limit",)),
    Code.CREDENTIAL_NOT_FOUND: _Row(404, NextAction.MANAGE),
    Code.CREDENTIAL_LAST: _Row(409, NextAction.MANAGE),
    Code.RECOVERY_NOT_FOUND: _Row(404, NextAction.MANAGE),
    # upload
    Code.UPLOAD_NOT_FOUND: _Row(404, NextAction.RESTART),
    Code.UPLOAD_EXPIRED: _Row(410, NextAction.RESTART),
    Code.UPLOAD_EMPTY: _Row(422, NextAction.CHOOSE_FILE),
    Code.UPLOAD_TOO_LARGE: _Row(422, NextAction.CHOOSE_FILE, ("max_bytes",)),
    Code.UPLOAD_CHANGED: _Row(422, NextAction.RESTART),
    Code.UPLOAD_LIMIT_REACHED: _Row(429, NextAction.WAIT, ("limit", "again_at")),
    # file
    Code.FILE_UNREADABLE: _Row(422, NextAction.EXPORT_AGAIN),
    Code.FILE_NO_CERTIFICATE: _Row(422, NextAction.CHOOSE_FILE),
    Code.FILE_SEVERAL_CERTIFICATES: _Row(422, NextAction.CHOOSE_FILE, ("count",)),
    Code.FILE_PASSWORD_REQUIRED: _Row(422, NextAction.ENTER_PASSWORD),
    Code.FILE_PASSWORD_WRONG: _Row(422, NextAction.ENTER_PASSWORD, ("tries_left",)),
    Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED: _Row(422, NextAction.RESTART),
    Code.FILE_ENCRYPTION_UNSUPPORTED: _Row(422, NextAction.EXPORT_AGAIN),
    Code.FILE_KDF_COST_TOO_HIGH: _Row(422, NextAction.EXPORT_AGAIN, ("rounds", "limit")),
    Code.FILE_KEY_MISMATCH: _Row(422, NextAction.CHOOSE_FILE),
    # certificate
    Code.CERT_EXPIRED: _Row(422, NextAction.RENEW_AT_ISSUER, ("expired_on", "issuer")),
    Code.CERT_NOT_YET_VALID: _Row(422, NextAction.WAIT_UNTIL, ("valid_from_at",)),
    Code.CERT_EXPIRES_SOON: _Row(422, NextAction.CONTINUE, ("expires_on", "days_left")),
    Code.CERT_IS_CA: _Row(422, NextAction.CHOOSE_FILE),
    Code.CERT_USAGE_NOT_ALLOWED: _Row(422, NextAction.CHOOSE_FILE),
    Code.CERT_POLICY_NOT_ACCEPTED: _Row(422, NextAction.GET_OTHER_CERT, ("found", "accepted")),
    Code.CERT_FINANCIAL_NOT_ACCEPTED: _Row(422, NextAction.GET_OTHER_CERT, ("accepted",)),
    Code.CERT_PERSONAL_REQUIRED: _Row(422, NextAction.GET_OTHER_CERT, ("accepted",)),
    Code.CERT_CORPORATE_REQUIRED: _Row(422, NextAction.GET_OTHER_CERT, ("accepted",)),
    Code.CERT_KEY_TOO_WEAK: _Row(422, NextAction.REISSUE, ("found", "required")),
    Code.CERT_ALGORITHM_WEAK: _Row(422, NextAction.REISSUE, ("found",)),
    Code.CERT_KEY_KNOWN_COMPROMISED: _Row(422, NextAction.REISSUE),
    Code.CERT_MALFORMED: _Row(422, NextAction.CALL_ISSUER),
    Code.CERT_CRITICAL_EXTENSION_UNKNOWN: _Row(422, NextAction.CALL_ISSUER, ("oid",)),
    # trust
    Code.TRUST_ISSUER_UNKNOWN: _Row(422, NextAction.SEE_ISSUER_LIST, ("issuer",)),
    Code.TRUST_GENERATION_NOT_YET: _Row(422, NextAction.SEE_ISSUER_LIST, ("issuer",)),
    Code.TRUST_ISSUER_NOT_ACCEPTED_NOW: _Row(422, NextAction.GET_OTHER_CERT, ("issuer",)),
    Code.TRUST_SIGNATURE_INVALID: _Row(422, NextAction.CALL, ("issuer",)),
    Code.TRUST_CA_REVOKED: _Row(422, NextAction.REISSUE, ("issuer",)),
    # revocation
    Code.REVOKED_BY_ISSUER: _Row(422, NextAction.REISSUE, ("issuer", "revoked_on")),
    Code.REVOKED_RENEWED: _Row(422, NextAction.REGISTER_NEW_CERT, ("issuer",)),
    Code.ISSUER_ON_HOLD: _Row(422, NextAction.CALL_ISSUER, ("issuer",)),
    Code.REVOCATION_STATUS_UNKNOWN: _Row(422, NextAction.CALL_ISSUER, ("issuer",)),
    Code.REVOCATION_UNAVAILABLE: _Row(409, NextAction.WAIT_NOTICE, ("issuer",)),
    Code.REVOCATION_STALE: _Row(409, NextAction.WAIT_NOTICE, ("issuer",)),
    Code.REVOCATION_ANSWER_INVALID: _Row(409, NextAction.WAIT_NOTICE, ("issuer",)),
    Code.REVOCATION_NOT_CONFIRMED: _Row(409, NextAction.WAIT, ("issuer",)),
    Code.REVOCATION_GIVEN_UP: _Row(422, NextAction.RESTART, ("issuer",)),
    # owner
    Code.OWNER_MISMATCH: _Row(422, NextAction.CHOOSE_FILE),
    Code.OWNER_UNVERIFIABLE: _Row(422, NextAction.EXPORT_AGAIN),
    Code.OWN_BANK_CERTIFICATE: _Row(422, NextAction.USE_DIRECTLY),
    # proof and confirmation
    Code.PROOF_FAILED: _Row(422, NextAction.SIGN_AGAIN, ("tries_left",)),
    Code.SIGNATURE_INVALID: _Row(422, NextAction.SIGN_AGAIN),
    Code.PROOF_EXPIRED: _Row(422, NextAction.SIGN_AGAIN),
    Code.PROOF_ATTEMPTS_EXCEEDED: _Row(422, NextAction.RESTART),
    Code.CONSENT_REQUIRED: _Row(422, NextAction.CONTINUE),
    Code.REPLACES_REQUIRED: _Row(422, NextAction.CONTINUE),
    Code.REPLACES_NOT_ACCEPTED: _Row(422, NextAction.MANAGE),
    Code.ALREADY_REGISTERED: _Row(200, NextAction.MANAGE),
    Code.NOT_AVAILABLE_FOR_REGISTRATION: _Row(409, NextAction.CALL),
    # registration
    Code.REG_NOT_FOUND: _Row(404, NextAction.REGISTER_NEW_CERT),
    Code.REG_EXPIRED: _Row(409, NextAction.REGISTER_NEW_CERT, ("expired_on",)),
    Code.REG_SUSPENDED: _Row(409, NextAction.RESUME),
    Code.REG_HELD: _Row(409, NextAction.RESUME),
    Code.REG_BLOCKED: _Row(409, NextAction.REGISTER_NEW_CERT),
    Code.REG_REVOKED: _Row(409, NextAction.REGISTER_NEW_CERT),
    Code.REG_SUPERSEDED: _Row(409, NextAction.REGISTER_NEW_CERT),
    Code.REG_DEREGISTERED: _Row(409, NextAction.REGISTER_NEW_CERT),
    # signature requests
    Code.SIGNING_REQUEST_NOT_FOUND: _Row(404, NextAction.RESTART),
    Code.SIGNING_REQUEST_EXPIRED: _Row(410, NextAction.RESTART),
    Code.SIGNING_SIGNATURE_INVALID: _Row(422, NextAction.SIGN_AGAIN, ("tries_left",)),
    Code.SIGNING_ATTEMPTS_EXCEEDED: _Row(422, NextAction.RESTART),
    # relying services
    Code.SIGNING_KIND_NOT_ALLOWED: _Row(403, NextAction.CALL),
    Code.IDEMPOTENCY_KEY_REUSED: _Row(409, NextAction.CHECK_INPUT),
    Code.NOT_REGISTERED: _Row(404, NextAction.REGISTER_NEW_CERT),
    Code.STATUS_OUTDATED: _Row(409, NextAction.MANAGE),
    Code.SIGNATURE_NOT_VERIFIED: _Row(422, NextAction.SIGN_AGAIN, ("why",)),
    Code.SIGNED_IN_FUTURE: _Row(422, NextAction.CHECK_INPUT),
    Code.STATUS_BEFORE_SIGNING: _Row(422, NextAction.CONTINUE, ("issuer", "stated_at")),
    Code.SIGNING_TIME_DIFFERS: _Row(422, NextAction.CONTINUE, ("stated_at",)),
    Code.REVOKED_AFTER_SIGNING: _Row(422, NextAction.CONTINUE, ("issuer", "revoked_on")),
    Code.REVOCATION_NO_LONGER_STATED: _Row(422, NextAction.CALL_ISSUER, ("issuer",)),
    Code.RELYING_SERVICE_NOT_SIGNED: _Row(403, NextAction.CHECK_INPUT),
    Code.RELYING_SERVICE_UNKNOWN: _Row(403, NextAction.CALL),
    Code.RELYING_SERVICE_NOT_ALLOWED: _Row(403, NextAction.CALL),
    # system
    Code.RATE_LIMITED: _Row(429, NextAction.WAIT),
    Code.IN_PROGRESS: _Row(409, NextAction.WAIT),
    Code.STATE_CONFLICT: _Row(409, NextAction.WAIT),
    Code.MALFORMED_REQUEST: _Row(400, NextAction.CHECK_INPUT, ("field",)),
    Code.ROUTE_NOT_FOUND: _Row(404, NextAction.CHECK_INPUT),
    Code.SYSTEM_RETRY: _Row(500, NextAction.WAIT_NOTICE, ("support_ref",)),
}

# The next action is to wait exactly if nothing has to change. WAIT_UNTIL is not among them: that certificate is
# accepted later, but as a new upload.
_WAITING = frozenset({NextAction.WAIT, NextAction.WAIT_NOTICE})


# Every text may name the bank and its help desk: `domain/bank.py` fills them in, nobody passes them.
STANDARD_PARAMS = ("bank", "help_desk")


def _params(row: _Row, wordings: Mapping[str, Wording]) -> tuple[str, ...]:
    """Those of the row, and the standard ones that a text uses."""
    used = [name for name in STANDARD_PARAMS if any(f"{{{name}}}" in each.text for each in wordings.values())]
    return (*row.params, *used)


def _catalogue() -> dict[Code, Reason]:
    texts = ACCESS_TEXTS | CREDENTIAL_TEXTS | FILE_TEXTS | CERTIFICATE_TEXTS | REGISTRATION_TEXTS | REVOCATION_TEXTS
    texts |= RELYING_TEXTS | SIGNING_TEXTS
    return {
        code: Reason(
            code=code,
            status=row.status,
            retryable=row.next_action in _WAITING,
            next_action=row.next_action,
            title=MappingProxyType({language: texts[code][language].title for language in LANGUAGES}),
            text=MappingProxyType({language: texts[code][language].text for language in LANGUAGES}),
            params=_params(row, texts[code]),
            faq=code.lower().replace("_", "-"),
        )
        for code, row in _ROWS.items()
    }


CATALOGUE: Mapping[Code, Reason] = MappingProxyType(_catalogue())


def reason(code: Code) -> Reason:
    """The entry for `code`; KeyError for a code that is not in the catalogue."""
    return CATALOGUE[code]
