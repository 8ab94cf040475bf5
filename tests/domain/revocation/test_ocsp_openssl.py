"""Requests and responses of openssl are read here, and ours by openssl."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp

from registrar.domain.revocation.ocsp import request_for
from registrar.domain.revocation.status import Status, StatusValue
from tests.support.builders import NOW, a_pki, an_ec_key
from tests.support.npki_samples import openssl
from tests.support.ocsp_answers import (
    DAY,
    NONCE,
    YEAR,
    a_responder,
    asked,
    ca_itself,
    customer,
    delegated,
    issuer,
    issuing_ca,
    of_the_root,
    status,
)
from tools.pki.responder_servers import Entry, index_line
from tools.pki.responders import Responder, ResponseFields, sign_response

# openssl responds by the clock of this machine.
LONG_AGO, LONG_AFTER = NOW - 5 * YEAR, NOW + 50 * YEAR
HashName = Literal["sha1", "sha256"]


def files(folder: Path, responder: Responder) -> dict[str, str]:
    """The certificates and the key as openssl wants them, by name."""
    contents = {
        "root": a_pki().root.certificate.public_bytes(Encoding.PEM),
        "ca": issuing_ca().certificate.public_bytes(Encoding.PEM),
        "customer": customer().pem,
        "signer": responder.certificate.public_bytes(Encoding.PEM),
        "key": responder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}


def status_from_openssl(
    folder: Path, responder: Responder, entries: list[Entry], hash_name: HashName, *options: str
) -> Status:
    """Our status from openssl's response to our request, at the time of the response."""
    paths = files(folder, responder)
    (folder / "index").write_text("".join(map(index_line, entries)))
    (folder / "request").write_bytes(request_for(asked(), issuer(), NONCE, hash_name))
    signing = (
        "-index",
        str(folder / "index"),
        "-CA",
        paths["ca"],
        "-rsigner",
        paths["signer"],
        "-rkey",
        paths["key"],
    )
    exchange = ("-reqin", str(folder / "request"), "-respout", str(folder / "answer"))
    openssl("ocsp", *signing, *exchange, "-rmd", "sha256", "-nmin", "60", *options)
    answer = (folder / "answer").read_bytes()
    return status(answer, now=ocsp.load_der_ocsp_response(answer).this_update_utc)


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("options", [(), ("-resp_key_id",), ("-resp_no_certs",)])
def test_openssl_response_by_ca_is_accepted(hash_name: HashName, options: tuple[str, ...], tmp_path: Path) -> None:
    found = status_from_openssl(tmp_path, ca_itself(), [Entry(asked().serial)], hash_name, *options)

    assert found.value is StatusValue.GOOD
    assert found.as_of is not None
    assert found.until == found.as_of + timedelta(hours=1)


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("options", [(), ("-resp_key_id",)])
@pytest.mark.parametrize("by_root", [False, True])
@pytest.mark.parametrize("key", [None, an_ec_key("responder")], ids=["RSA", "EC"])
def test_openssl_response_by_a_responder_is_accepted(
    hash_name: HashName, options: tuple[str, ...], by_root: bool, key: Any, tmp_path: Path
) -> None:
    given = {"key": key} if key else {}
    authority = a_pki().root if by_root else issuing_ca()
    responder = a_responder(authority, not_before=LONG_AGO, not_after=LONG_AFTER, **given)

    found = status_from_openssl(tmp_path, responder, [Entry(asked().serial)], hash_name, *options)
    assert found.value is StatusValue.GOOD


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry(asked().serial, "keyCompromise", NOW - DAY), (StatusValue.REVOKED, NOW - DAY, "keyCompromise")),
        (Entry(asked().serial, "superseded", NOW - DAY), (StatusValue.REVOKED, NOW - DAY, "superseded")),
        (Entry(asked().serial, "certificateHold", NOW - DAY), (StatusValue.ON_HOLD, NOW - DAY, "certificateHold")),
        (Entry(asked().serial + 1), (StatusValue.UNKNOWN, None, None)),
    ],
)
def test_openssl_statuses_are_read(entry: Entry, expected: tuple[Any, ...], tmp_path: Path) -> None:
    found = status_from_openssl(tmp_path, ca_itself(), [entry], "sha1")

    assert (found.value, found.revoked_at, found.reason) == expected


def test_openssl_response_with_a_bad_signature_is_refused(tmp_path: Path) -> None:
    found = status_from_openssl(tmp_path, ca_itself(), [Entry(asked().serial)], "sha1", "-badsig")

    assert (found.value, found.why) == (StatusValue.INVALID, "signature does not verify")


def test_openssl_response_with_a_weak_signature_is_refused(tmp_path: Path) -> None:
    found = status_from_openssl(tmp_path, ca_itself(), [Entry(asked().serial)], "sha1", "-rmd", "sha1")

    assert (found.value, found.why) == (StatusValue.INVALID, "signature algorithm not accepted")


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_openssl_reads_our_request(hash_name: HashName, tmp_path: Path) -> None:
    (tmp_path / "request").write_bytes(request_for(asked(), issuer(), NONCE, hash_name))
    printed = openssl("ocsp", "-reqin", str(tmp_path / "request"), "-req_text", "-noverify").decode()

    assert f"Hash Algorithm: {hash_name}" in printed
    assert f"{asked().serial:X}" in printed
    assert f"0420{NONCE[:14].hex().upper()}" in printed.replace("\n", "")


@pytest.mark.parametrize("responder", [ca_itself(), delegated()], ids=["the CA", "delegated"])
def test_openssl_accepts_our_test_response(responder: Responder, tmp_path: Path) -> None:
    assert "customer: good" in printed_by_openssl(tmp_path, responder)


def test_openssl_refuses_the_responders_of_a_root(tmp_path: Path) -> None:
    """openssl cannot test Korean responders; and it verifies what it accepts."""
    with pytest.raises(AssertionError, match="Response Verify Failure"):
        printed_by_openssl(tmp_path, of_the_root())


def printed_by_openssl(folder: Path, responder: Responder) -> str:
    paths = files(folder, responder)
    request = request_for(asked(), issuer(), NONCE, "sha1")
    (folder / "answer").write_bytes(sign_response(request, responder, NOW, ResponseFields(nonce=NONCE)))
    about = ("-issuer", paths["ca"], "-cert", paths["customer"], "-respin", str(folder / "answer"), "-no_nonce")
    trust = ("-CAfile", paths["root"], "-verify_other", paths["ca"], "-attime", str(int(NOW.timestamp())))
    return openssl("ocsp", *about, *trust, "-validity_period", str(10**9)).decode()
