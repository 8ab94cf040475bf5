"""Files that arrive in pairs, in any order, and remaining files: every file is deleted."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from registrar.aws.queues.sweeps import DELAY
from registrar.domain.registrations.upload import PASSWORD_DEADLINE
from tests.support.account import Account
from tests.support.app import DONE, App
from tests.support.builders import a_certificate, a_pki
from tests.support.containers import SECRET, files_of, steps
from tools.pki.npki_containers import p7b, p7b_unsorted

FAILED = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 0, 1), (1, 1, 0), (0, 1, 0, 1)])
def test_a_pair_is_validated_when_both_files_have_arrived(
    app: App, account: Account, order: tuple[int, ...]
) -> None:
    upload_id = app.sent(*files_of(a_certificate(key="ec")))
    seen: set[int] = set()
    for index in order:
        assert app.look(upload_id).body["state"] == ("NEEDS_PASSWORD" if len(seen) == 2 else "ISSUED")
        assert app.deliver(upload_id, index) == DONE
        seen.add(index)
    view = app.look(upload_id).body
    assert view["state"] == "NEEDS_PASSWORD"
    assert app.open(view, SECRET).body["state"] == "AWAITING_PROOF"
    for index in (0, 1):
        assert app.deliver(upload_id, index) == DONE
    assert app.look(upload_id).body["state"] == "AWAITING_PROOF"


def test_half_a_pair_is_deleted_after_its_deadline(app: App, account: Account) -> None:
    certificate, key = files_of(a_certificate(key="ec"))
    upload_id = str(app.announce(certificate, key).body["upload_id"])
    app.send_file(upload_id, key, 1)
    assert app.deliver(upload_id, 1) == DONE
    assert account.messages() == [{"body": {"sweep": upload_id}, "delay": DELAY.total_seconds()}]
    assert app.sweep(upload_id) == DONE
    assert account.keys("UploadBucket") == [f"uploads/{upload_id}/1"], "an open upload still needs it"
    account.pass_time(seconds=DELAY.total_seconds())
    assert app.sweep(upload_id) == DONE
    assert account.keys("UploadBucket") == []
    assert app.look(upload_id).body["state"] == "EXPIRED"


def test_a_container_without_a_password_is_deleted_by_the_sweep(app: App, account: Account) -> None:
    upload_id = app.upload(*files_of(a_certificate(key="ec"), "PFX"))["upload_id"]
    assert account.messages()[-1]["body"] == {"sweep": upload_id}
    account.pass_time(seconds=PASSWORD_DEADLINE.total_seconds() - 1)
    app.sweep(upload_id)
    assert len(account.keys("UploadBucket")) == 1
    account.pass_time(seconds=2)
    app.sweep(upload_id)
    assert account.keys("UploadBucket") == []


def test_a_sweep_of_an_unknown_upload_does_nothing(app: App, account: Account) -> None:
    assert app.sweep("0" * 32) == DONE
    upload_id = app.upload(a_certificate(key="ec").der)["upload_id"]
    before = account.items("UploadsTable")
    assert app.sweep(upload_id) == DONE
    assert account.items("UploadsTable") == before


def test_the_second_file_of_a_pair_is_retried_during_a_lease(app: App, account: Account) -> None:
    upload_id = app.sent(*files_of(a_certificate(key="ec")))
    app.deliver(upload_id, 0)
    account.function("validate_upload").uploads.receive(upload_id, 1, account.at)
    assert app.deliver(upload_id, 1) == FAILED
    account.pass_time(seconds=61)
    assert app.deliver(upload_id, 1) == DONE
    assert app.look(upload_id).body["state"] == "NEEDS_PASSWORD"


@pytest.mark.parametrize("index", [0, 1])
def test_each_file_of_a_pair_must_be_the_announced_one(app: App, account: Account, index: int) -> None:
    upload_id = app.sent(*files_of(a_certificate(key="ec")))
    app.send_file(upload_id, b"swapped", index)
    app.deliver(upload_id, 0)
    calls = account.recorded(lambda: app.deliver(upload_id, 1))
    assert steps(calls)[-4:] == ["save REJECTED", "delete 0", "delete 1", "write REJECTED"]
    assert app.look(upload_id).body["headline"] == "UPLOAD_CHANGED"
    assert account.keys("UploadBucket") == []


@pytest.mark.parametrize("content", [b"no certificate", a_certificate(key="ec", encipherment=True).der])
def test_every_refusal_deletes_the_files_before_it_is_visible(app: App, account: Account, content: bytes) -> None:
    upload_id = app.sent(content)
    calls = account.recorded(lambda: app.deliver(upload_id))
    assert steps(calls)[-3:] == ["save REJECTED", "delete 0", "write REJECTED"]


def test_a_chain_in_a_p7b_or_a_bundle_is_the_customers_certificate(app: App, account: Account) -> None:
    certificate, pki = a_certificate(key="ec"), a_pki()
    chain = [pki.issuers["yessign"].certificate, pki.root.certificate]
    ders = [certificate.der, *(each.public_bytes(Encoding.DER) for each in chain)]
    pems = b"".join([*(each.public_bytes(Encoding.PEM) for each in chain), certificate.pem])
    view: dict[str, Any] = {}
    for content in (p7b(*ders), p7b_unsorted(*reversed(ders)), pems):
        view = app.upload(content)
        assert (view["state"], view["headline"]) == ("AWAITING_PROOF", None)
        assert view["certificate"]["fingerprint"] == certificate.certificate.fingerprint(SHA256()).hex()
    assert app.prove(view, certificate).body["proof"] == "signature"
    assert account.keys("UploadBucket") == []
