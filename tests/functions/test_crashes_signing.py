"""A function of signature requests killed at each of its writes: evidence before COMPLETED, nothing lost."""

import pytest

from registrar.domain.registrations.registration import Hold
from tests.support.app import App, assert_problem
from tests.support.builders import an_ec_key
from tests.support.crashes import SIDES, each_crash
from tests.support.rows import registrations_of
from tests.support.signing import Signer, a_signer
from tools.demo.phone import sign


@pytest.fixture(params=SIDES)
def after(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def asked(app: App) -> tuple[Signer, str]:
    signer = a_signer(app)
    return signer, signer.asked()


def test_create(after: bool) -> None:
    for crash in each_crash(a_signer, lambda app, signer: signer.at(app).ask(key="transfer-77"), after=after):
        signer = crash.state.at(crash.app)
        request_id = signer.ask(key="transfer-77").body["request_id"]
        assert signer.pending() == [request_id]
        assert len(crash.account.items("SignatureRequestsTable")) == 1


def test_show(after: bool) -> None:
    for crash in each_crash(asked, lambda app, state: state[0].at(app).look(state[1]), after=after):
        signer, request_id = crash.state[0].at(crash.app), crash.state[1]
        assert signer.sign(request_id).body["state"] == "COMPLETED"


def test_sign(after: bool) -> None:
    def looked_at(app: App) -> tuple[Signer, str, str]:
        signer, request_id = asked(app)
        return signer, request_id, sign(signer.certificate.key, signer.text(request_id))

    def act(app: App, state: tuple[Signer, str, str]) -> None:
        state[0].at(app).give(*state[1:])

    for crash in each_crash(looked_at, act, after=after):
        _, request_id, signature = crash.state
        signer = crash.state[0].at(crash.app)
        found = signer.poll(request_id)
        if found["state"] == "COMPLETED":
            assert found["evidence"]["key"] in crash.account.keys("EvidenceBucket")
        else:
            assert (found["state"], found["receipt"], found["evidence"]) == ("PENDING", None, None)

        assert signer.give(request_id, signature).body["state"] == "COMPLETED"
        result = signer.poll(request_id)
        assert result["evidence"]["key"] in crash.account.keys("EvidenceBucket")
        assert found["state"] == "PENDING" or result == found


def test_sign_when_the_registration_is_suspended_after_the_crash(after: bool) -> None:
    """What was not completed fails; what was completed stays."""

    def act(app: App, state: tuple[Signer, str]) -> None:
        state[0].at(app).sign(state[1])

    for crash in each_crash(asked, act, after=after):
        signer, request_id = crash.state[0].at(crash.app), crash.state[1]
        before = signer.poll(request_id)["state"]
        text = signer.look(request_id).body.get("text", "")
        registrations = registrations_of(crash.account)
        registrations.add_hold("hong", signer.registration.id, Hold.CUSTOMER, crash.account.at)
        answer = signer.give(request_id, sign(signer.certificate.key, text))
        assert answer.body["state"] == ("COMPLETED" if before == "COMPLETED" else "FAILED")


def test_sign_with_a_revoked_certificate(after: bool) -> None:
    def revoked(app: App) -> tuple[Signer, str]:
        signer, request_id = asked(app)
        app.account.issuers.set_mode(signer.certificate.certificate, "revoked")
        return signer, request_id

    for crash in each_crash(revoked, lambda app, state: state[0].at(app).sign(state[1]), after=after):
        signer, request_id = crash.state[0].at(crash.app), crash.state[1]
        text = signer.look(request_id).body.get("text", "")
        answer = signer.give(request_id, sign(signer.certificate.key, text))
        assert (answer.body["state"], answer.body["reason"]["code"]) == ("FAILED", "REG_REVOKED")
        found = registrations_of(crash.account).get("hong", signer.registration.id)
        assert found.reason_at(crash.account.at) == "REG_REVOKED"


def test_the_third_wrong_signature(after: bool) -> None:
    def twice_wrong(app: App) -> tuple[Signer, str, str]:
        signer, request_id = asked(app)
        wrong = sign(an_ec_key("other"), signer.text(request_id))
        for _ in range(2):
            assert_problem(signer.give(request_id, wrong), "SIGNING_SIGNATURE_INVALID")
        return signer, request_id, wrong

    def act(app: App, state: tuple[Signer, str, str]) -> None:
        state[0].at(app).give(*state[1:])

    for crash in each_crash(twice_wrong, act, after=after):
        _, request_id, wrong = crash.state
        signer = crash.state[0].at(crash.app)
        answer = signer.give(request_id, wrong)
        assert (answer.body["state"], answer.body["reason"]["code"]) == ("FAILED", "SIGNING_ATTEMPTS_EXCEEDED")


def test_decline(after: bool) -> None:
    for crash in each_crash(asked, lambda app, state: state[0].at(app).decline(state[1]), after=after):
        signer, request_id = crash.state[0].at(crash.app), crash.state[1]
        assert signer.decline(request_id).body["state"] == "DECLINED"
        assert signer.poll(request_id)["state"] == "DECLINED"
