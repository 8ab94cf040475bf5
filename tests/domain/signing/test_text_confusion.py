"""A signature for one purpose is valid for no other: every text that a registered key may sign."""

import base64
import itertools
from dataclasses import replace

import pytest

from registrar.domain.access.challenge import Operation, new_challenge
from registrar.domain.access.challenge_text import identity_text
from registrar.domain.possession.texts_to_sign import text_to_resume, text_to_sign
from registrar.domain.registrations.registration import Hold, new_registration
from registrar.domain.signing.kinds import KINDS
from tests.support.builders import NOW, a_certificate, an_upload, proves
from tests.support.cms_messages import signed_by
from tests.support.signing import a_request
from tools.demo.phone import sign

BANK = "JBB-037"
CERTIFICATE = a_certificate(key="ec")
UPLOAD = an_upload(CERTIFICATE)
LOST = replace(
    new_registration(UPLOAD, "signature", "2026-11", NOW), holds=frozenset({Hold.CUSTOMER}), resume_nonce="ab" * 16
)
TEXTS = {
    "registration": text_to_sign(UPLOAD, BANK),
    "resume": text_to_resume(LOST, BANK),
    **{
        f"challenge to {operation}": identity_text(
            new_challenge("hong", "personal", ("certificate",), NOW, operation=operation, object_id="r1"), BANK
        )
        for operation in Operation
    },
    **{f"signing of a {kind}": a_request(kind).text(BANK) for kind in KINDS},
}
SIGNATURES = {name: base64.b64decode(sign(CERTIFICATE.key, text)) for name, text in TEXTS.items()}
MESSAGES = {name: signed_by(CERTIFICATE, text.encode()) for name, text in TEXTS.items()}
PURPOSES = {name.split(" ")[0] for name in TEXTS}


def test_each_purpose_has_a_heading_of_its_own() -> None:
    headings = {(name.split(" ")[0], text.split("\n")[0]) for name, text in TEXTS.items()}

    assert len(headings) == len(PURPOSES) == len({heading for _, heading in headings})


@pytest.mark.parametrize(("signed", "expected"), [*itertools.permutations(TEXTS, 2)])
def test_a_signature_over_one_text_proves_no_other(signed: str, expected: str) -> None:
    signature = SIGNATURES[signed]
    message = MESSAGES[signed]

    assert not proves(CERTIFICATE.der, TEXTS[expected], signature)
    assert not proves(CERTIFICATE.der, TEXTS[expected], message, "cms")


@pytest.mark.parametrize("name", TEXTS)
def test_a_signature_over_a_text_proves_it(name: str) -> None:
    assert proves(CERTIFICATE.der, TEXTS[name], SIGNATURES[name])
    assert proves(CERTIFICATE.der, TEXTS[name], MESSAGES[name], "cms")
