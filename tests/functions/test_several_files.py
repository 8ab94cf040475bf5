"""Several certificates or keys as separate files: one upload is one certificate, and each mistake has a reason."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from tests.support.account import Account
from tests.support.app import App, assert_problem
from tests.support.builders import a_certificate, an_ec_key
from tests.support.containers import SECRET
from tools.pki.authorities import CustomerCertificate
from tools.pki.npki_containers import pfx
from tools.pki.npki_files import Seed, sign_pri_key

SEVERAL, MISMATCH, USAGE = "FILE_SEVERAL_CERTIFICATES", "FILE_KEY_MISMATCH", "CERT_USAGE_NOT_ALLOWED"


@cache
def certificate(name: str) -> CustomerCertificate:
    return a_certificate(key=an_ec_key(name), encipherment=name == "km")


def cert(name: str) -> bytes:
    return certificate(name).der


def key(name: str) -> bytes:
    return sign_pri_key(certificate(name), SECRET, Seed(1))


def container(name: str) -> bytes:
    return pfx(certificate(name), SECRET, key_scheme=Seed(1), mac_rounds=1)


Files = Callable[[], tuple[bytes, ...]]
REFUSED_AT_ONCE: Mapping[str, tuple[Files, str]] = {
    "signCert of two certificates": (lambda: (cert("one"), cert("other")), SEVERAL),
    "two PFX files": (lambda: (container("one"), container("other")), SEVERAL),
    "a PFX and signCert of another": (lambda: (container("one"), cert("other")), SEVERAL),
    "a PFX and signPri.key of another": (lambda: (container("one"), key("other")), SEVERAL),
    "kmCert of two certificates": (
        lambda: (cert("km"), a_certificate(key=an_ec_key("km 2"), encipherment=True).der),
        SEVERAL,
    ),
    "kmCert with signPri.key": (lambda: (cert("km"), key("one")), USAGE),
    "kmCert with kmPri.key": (lambda: (cert("km"), key("km")), USAGE),
    "signPri.key of two certificates": (lambda: (key("one"), key("other")), "FILE_NO_CERTIFICATE"),
    "signPri.key and kmPri.key": (lambda: (key("one"), key("km")), "FILE_NO_CERTIFICATE"),
}


@pytest.mark.parametrize(("files", "code"), REFUSED_AT_ONCE.values(), ids=REFUSED_AT_ONCE)
def test_files_of_several_certificates_are_refused_before_a_password(
    app: App, account: Account, files: Files, code: str
) -> None:
    view = app.upload(*files())

    assert (view["state"], view["headline"]) == ("REJECTED", code)
    assert [finding["next_action"] for finding in view["findings"]] == ["CHOOSE_FILE"]
    assert account.keys("UploadBucket") == []


@pytest.mark.parametrize("other", ["other", "km"])
def test_key_of_another_certificate_is_a_mismatch_after_the_right_password(app: App, other: str) -> None:
    opened = app.open(app.upload(cert("one"), key(other)), SECRET).body

    assert (opened["state"], opened["headline"]) == ("REJECTED", MISMATCH)
    assert [finding["next_action"] for finding in opened["findings"]] == ["CHOOSE_FILE"]


def test_certificate_for_signing_is_taken_beside_one_for_encipherment(app: App) -> None:
    view = app.upload(cert("km"), cert("one"))

    assert view["state"] == "AWAITING_PROOF"
    assert app.prove(view, certificate("one")).status == 201


@pytest.mark.parametrize("count", [3, 4])
def test_more_files_than_a_pair_are_refused_and_the_proof_of_identity_remains(
    app: App, account: Account, count: int
) -> None:
    app.enrol()
    app.log_in()
    proof_id = app.proof_id
    chosen = (cert("one"), key("one"), cert("km"), key("km"))

    refused = app.announce(*chosen[:count], key="one-attempt")
    assert_problem(refused, SEVERAL, count=count)
    assert refused.body["next_action"] == "CHOOSE_FILE"
    assert account.items("AnnouncementsTable") == []

    app.proof_id = proof_id
    assert app.announce(*chosen[:2], key="one-attempt").status == 201
