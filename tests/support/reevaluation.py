"""A re-evaluation as it runs: the admin who asks, reads and confirms, and the workers behind the queue."""

import hashlib
import json
from typing import Any

import pytest

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.registrations import Registrations
from registrar.domain.registrations.registration import Hold
from tests.support.account import Account
from tests.support.app import DONE, a_batch, get_trust, put_trust, trust_demo_issuers
from tests.support.builders import a_certificate, a_trust_document
from tests.support.prepared import prepared
from tests.support.rows import a_registration, registrations_of
from tests.support.staff import act

SHARDS = ("expiry-0", "expiry-1")
KICA = {"operator": "kica"}
PLANNER = {"staff_id": "policy.lee"}
STAFF = {"staff_id": "policy.kim", "reason": "policy no longer accepted, memo 12"}
FREE, BY_STAFF = (frozenset[Hold](), None), (frozenset({Hold.BANK}), None)
BY_REEVALUATION = (frozenset({Hold.BANK}), "reevaluation")


def with_few_shards(account: Account, monkeypatch: pytest.MonkeyPatch) -> Registrations:
    """Issuers that are trusted, no registration yet; few shards: the same writes, fewer reads."""
    monkeypatch.setattr("registrar.aws.tables.registration_items.EXPIRY_SHARDS", SHARDS)
    prepared(account, trust_demo_issuers)
    return registrations_of(account)


def registered(account: Account, customer_id: str, **certificate: Any) -> str:
    return a_registration(account, a_certificate(key="ec", **certificate), customer_id).id


def activate(account: Account, version: int, *refused: str) -> None:
    """A document of this version, in which nothing of the operators `refused` is accepted."""
    document = a_trust_document(version)
    for operator in refused:
        for policy in document["operators"][operator]["policies"]:
            policy["accepted"] = False
    put_trust(account, ACTIVE, json.dumps(document).encode())


def one_that_fails(account: Account) -> str:
    """A registration of kim whose certificate an active document refuses."""
    found = registered(account, "kim", **KICA)
    activate(account, 2, "kica")
    return found


def planned(account: Account) -> list[dict[str, Any]]:
    """An admin asks for a plan: what the workers are sent."""
    account.recorded(lambda: act(account, "plan_reevaluation", PLANNER))
    return account.sent_to("ReevaluationQueue")


def worked(account: Account, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """The workers, until nothing is left in the queue; what they sent to each other."""
    sent: list[dict[str, Any]] = []
    for message in messages:
        account.calls.clear()
        assert account.invoke("reevaluate_segment", a_batch(message)) == DONE
        sent += account.sent_to("ReevaluationQueue")
    return [*sent, *worked(account, *sent)] if sent else []


def a_plan(account: Account) -> dict[str, Any]:
    """A plan from beginning to end: its summary."""
    account.pass_time(minutes=1)
    worked(account, *planned(account))
    return summary(account)


def summary_key(account: Account) -> str:
    return max(key for key in account.keys("TrustBucket") if key.endswith("/summary.json"))


def summary(account: Account) -> dict[str, Any]:
    return get_trust(account, summary_key(account))


def digest(account: Account) -> str:
    """As an admin computes it."""
    bucket = account.physical["TrustBucket"]
    body = account.client("s3").get_object(Bucket=bucket, Key=summary_key(account))["Body"].read()
    return hashlib.sha256(body).hexdigest()


def confirm(account: Account, active: int, /, **overrides: Any) -> dict[str, Any]:
    asked = {"version": active, "confirm": digest(account), **STAFF, **overrides}
    account.calls.clear()
    answer: dict[str, Any] = act(account, "apply_reevaluation", asked)
    return answer


def applied(account: Account, version: int) -> list[dict[str, Any]]:
    """Confirm the last plan, and have all of it done: the messages of the batches."""
    assert "done" in confirm(account, version)
    return worked(account, *account.sent_to("ReevaluationQueue"))


def holds(registrations: Registrations, **owners: str) -> dict[str, tuple[frozenset[Hold], str | None]]:
    found = {name: registrations.get(name, each) for name, each in owners.items()}
    return {name: (each.holds, each.bank_hold_reason) for name, each in found.items()}
