"""Texts to sign: a signature for one purpose is none for another, whatever the values in the texts are."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations

import pytest

from registrar.domain.access.certificate_login import CertificateLogin
from registrar.domain.access.challenge import Challenge, Operation, new_challenge
from registrar.domain.access.challenge_text import identity_text
from registrar.domain.bank import SigningBank
from registrar.domain.possession.headings import Heading, Version, compose
from registrar.domain.possession.texts_to_sign import text_to_resume, text_to_sign
from registrar.domain.registrations.new_registration import new_registration
from registrar.domain.signing.kinds import KINDS
from registrar.domain.times import iso
from tests.support.builders import NOW, a_certificate, an_ec_key, an_upload, proves
from tests.support.cms_messages import signed_by
from tests.support.signing import DOCUMENT, a_request
from tools.demo.phone import sign

BANK = SigningBank("JBB", "전북은행")
CERTIFICATE = a_certificate(key=an_ec_key())
# As alike as an attacker could wish: one id, one nonce, one end for all.
ID, NONCE, ENDS = "0" * 32, "0123456789abcdef0123456789abcdef", NOW
UPLOAD = an_upload(CERTIFICATE, id=ID, nonce=NONCE, nonce_expires_at=ENDS)


def a_challenge(operation: Operation, object_id: str, *, login: bool = False) -> Challenge:
    made = new_challenge("hong", "personal", ("certificate",), NOW, operation=operation, object_id=object_id)
    return replace(made, id=ID, nonce=NONCE, expires_at=ENDS, starts_session=login)


def _resuming(version: Version) -> str:
    registration = new_registration(UPLOAD, "signature", "2026-11", NOW)
    return text_to_resume(replace(registration, id=ID, resume_nonce=NONCE), BANK, version)


TEXTS: Mapping[Heading, Callable[[Version], list[str]]] = {
    Heading.REGISTER: lambda version: [text_to_sign(UPLOAD, BANK, version)],
    Heading.RESUME: lambda version: [_resuming(version)],
    Heading.PROVE: lambda version: [
        identity_text(a_challenge(Operation.LOGIN, "", login=True), BANK, version),
        *(identity_text(a_challenge(each, ID), BANK, version) for each in Operation if each is not Operation.LOGIN),
    ],
    Heading.LOG_IN: lambda version: [CertificateLogin(ID, NONCE, NOW, ENDS).text(BANK, version)],
    Heading.SIGN: lambda version: [a_request(kind).text(BANK, version) for kind in KINDS],
}
EVERY = [(heading, text) for heading, make in TEXTS.items() for version in Version for text in make(version)]


def test_every_heading_has_its_texts_here() -> None:
    assert TEXTS.keys() == set(Heading), "name the texts of a new heading"


def test_no_two_headings_could_be_taken_for_each_other() -> None:
    lines = [heading.value for heading in Heading]
    parts = [part for line in lines for part in line.split(" / ")]

    assert len(set(parts)) == 2 * len(lines), "each names its purpose in Korean and in English"
    assert not [pair for pair in permutations(lines, 2) if pair[0].startswith(pair[1])]
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(("heading", "text"), EVERY, ids=lambda each: each.split("\n")[0][:24])
def test_a_text_begins_with_its_heading_and_names_the_bank(heading: Heading, text: str) -> None:
    first, *lines = text.split("\n")
    assert first == heading
    assert lines.count("bank: JBB") + lines.count("은행: 전북은행(JBB)") == 1
    assert sum(line in set(Heading) for line in text.split("\n")) == 1


@pytest.mark.parametrize(("signed", "expected"), list(permutations(EVERY, 2)), ids=lambda each: each[0].name)
def test_a_signature_over_one_text_proves_no_other(
    signed: tuple[Heading, str], expected: tuple[Heading, str]
) -> None:
    signature = base64.b64decode(sign(CERTIFICATE.key, signed[1]))
    message = signed_by(CERTIFICATE, signed[1].encode())
    attached = signed_by(CERTIFICATE, signed[1].encode(), content_in=expected[1].encode())

    assert proves(CERTIFICATE.der, signed[1], signature)
    assert proves(CERTIFICATE.der, signed[1], message, "cms")
    assert not proves(CERTIFICATE.der, expected[1], signature)
    for cms in (message, attached):
        assert not proves(CERTIFICATE.der, expected[1], cms, "cms")


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x85", "\u202e", "\0"])
def test_a_value_cannot_leave_its_line(end: str) -> None:
    """Otherwise it could end with lines of another text."""
    with pytest.raises(ValueError, match="object"):
        compose(Heading.PROVE, {"bank": "JBB", "object": f"-{end}nonce: 0"})


def test_the_text_of_a_login_is_exact_to_the_byte() -> None:
    text = CertificateLogin("A" * 22, "B" * 43, NOW, NOW).text(SigningBank("JBB-037", "전북은행"), Version.ENGLISH)
    expected = (
        b"\xec\x9d\xb8\xec\xa6\x9d\xec\x84\x9c\xeb\xa1\x9c \xeb\xa1\x9c\xea\xb7\xb8\xec\x9d\xb8"
        b" / Log in with a registered certificate\nbank: JBB-037\n"
        b"login: " + b"A" * 22 + b"\nnonce: " + b"B" * 43 + b"\nvalid until: " + iso(NOW).encode()
    )
    assert text.encode() == expected


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (Version.ENGLISH, f"document: sha256 {DOCUMENT}"),
        (Version.KOREAN, f"문서 지문(SHA-256): {DOCUMENT}"),
    ],
)
def test_text_of_a_transaction_names_the_digest_of_its_document(version: Version, line: str) -> None:
    assert a_request().text(BANK, version).split("\n").count(line) == 1
