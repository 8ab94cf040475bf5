"""A function killed at any of its writes, where the files hold a private key: see test_crashes.

In the end there is exactly one verdict, no file, and no try charged beyond those that were made.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.account import Account
from tests.support.app import DONE, Answer, App
from tests.support.builders import NOW, a_certificate
from tests.support.containers import SECRET, files_of, mismatch, tries
from tests.support.crashes import AFTER_THE_LEASE, SIDES, Crash, each_crash
from tools.pki.npki_containers import pfx

View = dict[str, Any]
each_side = pytest.mark.parametrize("after", SIDES)


def row(account: Account, upload_id: str) -> dict[str, Any]:
    (found,) = [item for item in account.items("UploadsTable") if item["id"]["S"] == upload_id]
    return found


def settled(crash: Crash, upload_id: str) -> None:
    """Nothing under way is left in the row, and no file in the bucket."""
    assert crash.account.keys("UploadBucket") == []
    assert not {"outcome", "lease_until"} & row(crash.account, upload_id).keys()


def one_arrived(files: Callable[[], list[bytes]]) -> Callable[[App], str]:
    def prepare(app: App) -> str:
        upload_id = app.sent(*files())
        for index in range(len(files()) - 1):
            app.deliver(upload_id, index)
        return upload_id

    return prepare


@each_side
def test_the_first_file_of_a_pair(after: bool) -> None:
    def sent(app: App) -> str:
        return app.sent(*files_of(a_certificate(key="ec")))

    for crash in each_crash(sent, lambda app, upload_id: app.deliver(upload_id, 0), after=after):
        crash.account.pass_time(seconds=1)
        for index in (0, 1):
            assert crash.app.deliver(crash.state, index) == DONE
        assert crash.app.look(crash.state).body["state"] == "NEEDS_PASSWORD"
        assert row(crash.account, crash.state)["arrived"]["NS"] == ["0", "1"]


@each_side
def test_the_last_file_of_a_pair(after: bool) -> None:
    prepare = one_arrived(lambda: files_of(a_certificate(key="ec")))
    for crash in each_crash(prepare, lambda app, upload_id: app.deliver(upload_id, 1), after=after):
        crash.account.pass_time(seconds=AFTER_THE_LEASE.total_seconds())
        assert crash.app.deliver(crash.state, 1) == DONE
        view = crash.app.look(crash.state).body
        assert view["state"] == "NEEDS_PASSWORD"
        assert len(crash.account.keys("UploadBucket")) == 2
        assert crash.app.open(view, SECRET).body["state"] == "AWAITING_PROOF"
        settled(crash, crash.state)


@each_side
@pytest.mark.parametrize("code", ["CERT_USAGE_NOT_ALLOWED", "FILE_UNREADABLE"])
def test_a_pair_that_is_refused(after: bool, code: str) -> None:
    bad = a_certificate(key="ec", encipherment=True)
    files = files_of(bad) if code.startswith("CERT") else [bad.der, b"no key"]
    for crash in each_crash(one_arrived(lambda: files), lambda app, i: app.deliver(i, 1), after=after):
        crash.account.pass_time(seconds=AFTER_THE_LEASE.total_seconds())
        assert crash.app.deliver(crash.state, 1) == DONE
        view = crash.app.look(crash.state).body
        assert (view["state"], view["headline"]) == ("REJECTED", code)
        settled(crash, crash.state)


def waiting(files: Callable[[], list[bytes]], wrong: int = 0) -> Callable[[App], View]:
    def prepare(app: App) -> View:
        view = app.upload(*files())
        for _ in range(wrong):
            app.open(view, "wrong")
        return view

    return prepare


def give(password: str) -> Callable[[App, View], Answer]:
    return lambda app, view: app.open(view, password)


GOOD = a_certificate(key="ec")
CASES: dict[str, tuple[Callable[[], list[bytes]], str]] = {
    "a pair": (lambda: files_of(GOOD), "AWAITING_PROOF"),
    "a PFX": (lambda: [pfx(GOOD, SECRET)], "AWAITING_PROOF"),
    "another key": (mismatch, "REJECTED"),
    "a PFX that is over": (
        lambda: [pfx(a_certificate(key="ec", not_after=NOW - timedelta(days=1)), SECRET)],
        "REJECTED",
    ),
}


@each_side
@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.slow if "PFX" in case else []) for case in CASES]
)
def test_open_container(after: bool, case: str) -> None:
    files, state = CASES[case]
    for crash in each_crash(waiting(files), give(SECRET), after=after):
        upload_id = crash.state["upload_id"]
        made = tries(crash.account, upload_id)
        decided = "findings" in row(crash.account, upload_id)
        crash.account.pass_time(seconds=2)
        again = crash.app.open(crash.state, SECRET)
        view = crash.app.look(upload_id).body
        assert view["state"] == state
        assert again.status == (200 if state == "AWAITING_PROOF" or "state" in again.body else 422)
        assert tries(crash.account, upload_id) == made + (0 if decided else 1)
        assert made <= 1
        settled(crash, upload_id)


@each_side
@pytest.mark.parametrize("case", ["a pair"])
def test_open_container_without_a_retry_by_the_customer(after: bool, case: str) -> None:
    """The sweep, delayed past the deadline, finishes what was decided and deletes what was not."""
    files, state = CASES[case]
    for crash in each_crash(waiting(files), give(SECRET), after=after):
        upload_id = crash.state["upload_id"]
        decided = "findings" in row(crash.account, upload_id)
        crash.account.pass_time(minutes=10, seconds=30)
        assert crash.app.sweep(upload_id) == DONE
        assert crash.app.ask_issuer(upload_id) == DONE
        assert crash.app.look(upload_id).body["state"] == (state if decided else "EXPIRED")
        settled(crash, upload_id)


@each_side
@pytest.mark.parametrize("wrong", [0, 4])
def test_a_wrong_password(after: bool, wrong: int) -> None:
    for crash in each_crash(waiting(lambda: files_of(GOOD), wrong), give("wrong"), after=after):
        upload_id = crash.state["upload_id"]
        made = tries(crash.account, upload_id)
        assert made in (wrong, wrong + 1)
        again = crash.app.open(crash.state, SECRET)
        if made == 5:
            assert again.body["code"] == "FILE_PASSWORD_ATTEMPTS_EXCEEDED"
            assert crash.app.sweep(upload_id) == DONE
        else:
            assert again.body["state"] == "AWAITING_PROOF"
        settled(crash, upload_id)


@each_side
def test_the_fifth_try_that_is_right(after: bool) -> None:
    for crash in each_crash(waiting(lambda: files_of(GOOD), 4), give(SECRET), after=after):
        upload_id = crash.state["upload_id"]
        decided = "findings" in row(crash.account, upload_id)
        again = crash.app.open(crash.state, SECRET)
        if decided or (tries(crash.account, upload_id) == 5 and again.status == 200):
            assert again.body["state"] == "AWAITING_PROOF"
        else:
            assert again.body["code"] == "FILE_PASSWORD_ATTEMPTS_EXCEEDED"
            crash.app.sweep(upload_id)
        settled(crash, upload_id)


@each_side
def test_registering_an_opened_container(after: bool) -> None:
    def opened(app: App) -> View:
        return app.open(app.upload(*files_of(GOOD)), SECRET).body

    for crash in each_crash(opened, lambda app, view: app.agree(view), after=after):
        crash.account.pass_time(minutes=6)
        response = crash.app.agree(crash.state)
        assert response.status in (200, 201)
        assert response.body["proof"] == "container"
        assert len(crash.account.items("RegistrationsTable")) == 4


@each_side
def test_registering_another_persons_certificate_counts_one_proof(after: bool) -> None:
    """The owner check fails: a bad proof, counted at most once for each time it was given."""
    others = a_certificate(key="ec", idn="9001011234568")

    def prepare(app: App) -> View:
        return app.upload(others.der)

    for crash in each_crash(prepare, lambda app, view: app.prove(view, others), after=after):
        counted = int(row(crash.account, crash.state["upload_id"]).get("bad_proofs", {"N": "0"})["N"])
        assert counted <= 1
        assert crash.app.prove(crash.state, others).body["code"] == "OWNER_MISMATCH"
        assert row(crash.account, crash.state["upload_id"])["bad_proofs"]["N"] == str(counted + 1)
        assert crash.account.items("RegistrationsTable") == []
