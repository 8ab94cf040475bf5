"""A signature request from its creation to a result that never changes."""

import hashlib
from typing import Any

import pytest

from tests.support.app import App, assert_problem
from tests.support.signing import DOCUMENT, Signer, a_transfer


@pytest.fixture(autouse=True)
def standin(monkeypatch):  # TMP
    import hashlib
    from registrar.domain.signing.signature_request import Completed
    class E:
        def keep(self, c):
            return Completed(c.registration.id, c.registration.fingerprint, hashlib.sha256(c.text.encode()).hexdigest(), "kid", b"s"*64)
    monkeypatch.setattr("registrar.steps.wiring.evidence", E)


@pytest.fixture
def signer(app: App) -> Signer:
    return Signer(app)


def test_a_signature_completes_the_request(signer: Signer) -> None:
    created = signer.ask()
    request_id = created.body["request_id"]
    assert (created.status, created.body["state"], created.body["hint"]) == (201, "PENDING", "OUTSTANDING")

    answered = signer.sign(request_id)

    assert (answered.status, answered.body["state"]) == (200, "COMPLETED")
    result = signer.poll(request_id)
    assert (result["state"], result["registration_id"]) == ("COMPLETED", signer.registration.id)
    assert (result["hint"], result["reason"]) == (None, None)
