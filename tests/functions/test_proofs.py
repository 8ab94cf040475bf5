"""Proofs of possession, the owner of a certificate, the sealing keys, and the pre-check."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.keys import SealingKey
from tests.support.account import Account
from tests.support.app import App, assert_problem, put_trust
from tests.support.builders import NOW, a_certificate, a_trust_document
from tests.support.containers import SECRET, cms, files_of
from tests.support.prepared import prepared, registered_certificate, uploaded_certificate
from tools.demo.phone import sign

PERSONAL_FINANCIAL = "1.2.410.200005.1.1.1.10"


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_cms_message_proves_possession(app: App, key: str) -> None:
    certificate = a_certificate(key=key)
    view = app.upload(certificate.der)
    response = app.prove(view, certificate, signature=None, cms=cms(certificate, view["proof"]["text"]))
    assert (response.status, response.body["proof"]) == (201, "cms")


def accepting(oid: str, version: int) -> bytes:
    """The active document with one more accepted policy: data alone, as an admin changes it."""
    document = a_trust_document(version)
    for policy in document["operators"]["yessign"]["policies"]:
        policy["accepted"] = policy["accepted"] or policy["oid"] == oid
    return json.dumps(document).encode()


def test_a_financial_certificate_is_registered_with_cms_and_r_where_the_bank_accepts_it(
    app: App, account: Account
) -> None:
    certificate = a_certificate(key="ec", policy_oid=PERSONAL_FINANCIAL)
    refused = app.upload(certificate.der)
    assert (refused["state"], refused["headline"]) == ("REJECTED", "CERT_FINANCIAL_NOT_ACCEPTED")

    put_trust(account, ACTIVE, accepting(PERSONAL_FINANCIAL, 2))
    account.pass_time(minutes=2)
    view = app.upload(certificate.der)
    message = cms(certificate, view["proof"]["text"])
    response = app.prove(view, certificate, signature=None, cms=message)
    assert (response.status, response.body["proof"]) == (201, "cms")
    assert response.body["certificate"]["policy"] == "개인 금융인증서"


def test_a_cms_message_over_another_text_is_refused(app: App) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    response = app.prove(view, certificate, signature=None, cms=cms(certificate, view["proof"]["text"] + "!"))
    assert_problem(response, "PROOF_FAILED", tries_left=2)


@pytest.mark.parametrize("form", ["hex", "HEX", "base64", "21 bytes in hex", "21 bytes in base64"])
def test_r_is_accepted_in_each_form_that_clients_use(app: App, form: str) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    number = (b"\0" if form.startswith("21") else b"") + certificate.random_number
    text = base64.b64encode(number).decode() if "base64" in form else number.hex()
    sealed = app.seal(
        view["upload_id"], view["proof"]["nonce"], text.upper() if form == "HEX" else text, random_number=True
    )
    assert app.prove(view, certificate, random_number=sealed).status == 201


@pytest.mark.parametrize("secret", [None, "R", "00" * 19, "zz" * 20])
def test_without_a_usable_r_the_owner_is_unknown_and_no_try_is_counted(app: App, secret: str | None) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    sealed = secret and app.seal(view["upload_id"], view["proof"]["nonce"], secret, random_number=True)
    assert_problem(app.prove(view, certificate, random_number=sealed), "OWNER_UNVERIFIABLE")
    assert app.prove(view, certificate).status == 201


@pytest.mark.parametrize(
    ("no_fault_of_the_proof", "code"),
    [({"random_number": None}, "OWNER_UNVERIFIABLE"), ({"replaces": "r" + "0" * 32}, "REG_NOT_FOUND")],
)
def test_a_proof_that_was_not_wrong_gives_back_its_own_try_and_no_other(
    app: App, no_fault_of_the_proof: dict[str, str | None], code: str
) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    wrong = sign(certificate.key, "another text")
    assert_problem(app.prove(view, certificate, signature=wrong), "PROOF_FAILED", tries_left=2)
    for _ in range(2):
        assert_problem(app.prove(view, certificate, **no_fault_of_the_proof), code)
    assert_problem(app.prove(view, certificate, signature=wrong), "PROOF_FAILED", tries_left=1)


def test_r_sealed_for_another_upload_is_malformed_and_costs_no_try(app: App) -> None:
    certificate, first = prepared(app, uploaded_certificate)
    second = app.upload(certificate.der)
    replayed = app.seal(
        first["upload_id"], first["proof"]["nonce"], certificate.random_number.hex(), random_number=True
    )
    for _ in range(4):
        response = app.prove(second, certificate, random_number=replayed)
        assert_problem(response, "MALFORMED_REQUEST", field="sealed")
    assert app.prove(second, certificate).status == 201


def test_a_certificate_of_another_person_ends_the_upload_after_three_tries(app: App, account: Account) -> None:
    others, view = prepared(app, uploaded_certificate, idn="9001011234568")
    for _ in range(3):
        assert_problem(app.prove(view, others), "OWNER_MISMATCH")
    assert_problem(app.prove(view, others), "PROOF_ATTEMPTS_EXCEEDED")
    assert account.items("RegistrationsTable") == []


def corporate_policy(app: App) -> str:
    policies = a_trust_document()["operators"]["yessign"]["policies"]
    return str(next(p["oid"] for p in policies if p["kind"] == "corporate" and p["accepted"]))


@pytest.mark.parametrize("container", [False, True])
def test_two_employees_of_one_company_each_register_a_certificate(
    app: App, account: Account, container: bool
) -> None:
    for customer_id in ("emp-1", "emp-2"):
        employee = App(account, customer_id, kind="corporate", idn="1234567890")
        employee.enrol()
        certificate = a_certificate(key="ec", idn="1234567890", policy_oid=corporate_policy(app))
        if container:
            opened = employee.open(employee.upload(*files_of(certificate)), SECRET)
            response = employee.agree(opened.body)
        else:
            response = employee.register(certificate)
        assert response.status == 201
        assert len(employee.registrations()) == 1


def test_the_sealing_keys_are_returned(app: App, account: Account) -> None:
    calls = account.recorded(lambda: app.call("GET", "/sealing-key"))
    assert [call.operation for call in calls] == ["GetPublicKey", "GetPublicKey"]
    assert account.recorded(lambda: app.call("GET", "/sealing-key")) == [], "a warm function has them"
    account.pass_time(hours=1)
    assert len(account.recorded(lambda: app.call("GET", "/sealing-key"))) == 2
    body = app.call("GET", "/sealing-key").body
    random_number = body.pop("random_number")
    for key, name in ((body, "SealingKeyA"), (random_number, "RandomNumberKeyA")):
        assert key.keys() == {"key_id", "algorithm", "public_key"}
        assert (key["key_id"], key["algorithm"]) == (account.physical[name], "RSAES_OAEP_SHA_256")


@pytest.mark.parametrize(("name", "bits"), [("SealingKeyA", 4096), ("RandomNumberKeyA", 2048)])
def test_a_sealing_key_is_as_long_as_what_it_seals_needs(account: Account, name: str, bits: int) -> None:
    public = load_der_public_key(SealingKey(account.client("kms"), account.physical[name]).public_half(NOW))
    assert isinstance(public, RSAPublicKey)
    assert public.key_size == bits


def test_an_upload_comes_with_the_keys_to_seal_to(app: App, account: Account) -> None:
    _, view = prepared(app, uploaded_certificate)
    keys = app.call("GET", "/sealing-key").body
    assert view["proof"]["sealing_keys"] == keys
    app.look(view["upload_id"])
    operations = [call.operation for call in account.recorded(lambda: app.look(view["upload_id"]))]
    assert operations == ["BatchGetItem"], "the row with its certificate: a warm function has the keys"


def test_a_secret_sealed_for_one_purpose_is_refused_for_the_other(app: App) -> None:
    certificate, view = prepared(app, uploaded_certificate)
    sealed = app.seal(view["upload_id"], view["proof"]["nonce"], certificate.random_number.hex())
    assert_problem(app.prove(view, certificate, random_number=sealed), "MALFORMED_REQUEST")


def precheck(app: App, content: bytes, **overrides: Any) -> Any:
    body = {"certificate": base64.b64encode(content).decode(), "customer_kind": "personal"}
    return App(app.account, signed_in=False).call("POST", "/precheck", body | overrides)


def test_the_precheck_returns_the_verdict_and_uses_no_table(app: App, account: Account) -> None:
    certificate, _ = prepared(app, registered_certificate)
    calls = account.recorded(lambda: precheck(app, certificate.der))
    assert {(call.operation, call.params["Bucket"]) for call in calls} == {
        ("GetObject", account.physical["TrustBucket"])
    }
    response = precheck(app, certificate.der)
    assert response.status == 200
    assert (response.body["accepted"], response.body["headline"], response.body["findings"]) == (True, None, [])
    assert "홍길동" not in str(response.body)
    refused = precheck(app, a_certificate(key="ec", encipherment=True).der)
    assert (refused.body["accepted"], refused.body["certificate"]) == (False, None)
    assert refused.body["headline"] == "CERT_USAGE_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"certificate": "?"}, "certificate"),
        ({"certificate": None}, "certificate"),
        ({"customer_kind": "both"}, "customer_kind"),
        ({"customer_kind": None}, "customer_kind"),
    ],
)
def test_the_precheck_names_malformed_members(app: App, overrides: dict[str, Any], field: str) -> None:
    assert_problem(precheck(app, b"x", **overrides), "MALFORMED_REQUEST", field=field)
