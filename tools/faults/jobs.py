"""What the bank does in the scenarios: nightly jobs, the issuers' lists, a trust document, a re-evaluation."""

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from cryptography import x509

from registrar.aws.buckets.trust_bucket import ACTIVE
from registrar.aws.tables.registration_items import row_key
from registrar.domain.certificates.certificate import spki_digest
from registrar.domain.registrations.retention import RULES
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.times import iso
from tools.cloud import expiry_run, seed
from tools.cloud.local_cloud import InvocationError
from tools.faults.customer import TRIES, Broken
from tools.faults.world import LIST_PATH, LISTING_OPERATOR, World
from tools.pki.authorities import CustomerCertificate
from tools.pki.crls import Revoked, make_crl, scope

JOB_SECONDS = 90
POLICY = "1.2.410.200012.1.1.101"
"""Personal certificates of tradesign."""
_T = TypeVar("_T")


def repeated(act: Callable[[], _T]) -> _T:
    """As Lambda repeats an invocation that failed, the schedule comes again, a person fills in the form again."""
    failures = []
    for _ in range(TRIES):
        try:
            return act()
        except (InvocationError, RuntimeError) as failed:
            failures.append(str(failed))
            time.sleep(1)
    raise Broken(f"failed {TRIES} times in a row: {failures[-1]}")


def flag_expiring(world: World) -> None:
    """The expiry run of a new day, until it is finished."""
    expiry_run.forget(world.cloud)
    repeated(lambda: world.cloud.invoke("FlagExpiringFunction", {}))
    expiry_run.wait(world.cloud, seconds=JOB_SECONDS)


def let_retention_pass(world: World, customer_id: str, registration_id: str) -> None:
    """As if the registration had ended when its retention began."""
    world.cloud.client("dynamodb").update_item(
        TableName=world.cloud.physical("RegistrationsTable"),
        Key=row_key(customer_id, registration_id),
        UpdateExpression="SET over_since = :past",
        ExpressionAttributeValues={":past": {"S": iso(datetime.now(UTC) - RULES["ended registrations"])}},
    )


def publish_list(world: World, *revoked: CustomerCertificate) -> None:
    """A new list (CRL) of the operator that publishes one."""
    now = datetime.now(UTC)
    day_before = now - timedelta(days=1)
    entries = [Revoked(each.certificate.serial_number, day_before, x509.ReasonFlags.superseded) for each in revoked]
    idp = scope(uris=[world.web.url(LIST_PATH)])
    issuer = world.pki.issuers[LISTING_OPERATOR]
    world.web.put(
        LIST_PATH, make_crl(issuer, entries, this_update=now, idp=idp, number=int(now.timestamp() * 1000))
    )


def forget_fetches(world: World) -> None:
    """As if the list had last been fetched, and watched, long ago."""
    dynamodb = world.cloud.client("dynamodb")
    table = world.cloud.physical("IssuersTable")
    for item in dynamodb.scan(TableName=table)["Items"]:
        key = {"pk": item["pk"], "sk": item["sk"]}
        if item["pk"]["S"] in ("BREAKER", "FETCH"):
            dynamodb.delete_item(TableName=table, Key=key)
        elif "watched_from" in item:
            dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE watched_from")


def list_point(world: World) -> Point:
    """Where the operator publishes its list."""
    key = spki_digest(world.pki.issuers[LISTING_OPERATOR].certificate.public_key())
    return Point(key, world.web.url(LIST_PATH), LISTING_OPERATOR)


def watch(world: World) -> None:
    """The watch of the operator's list."""
    repeated(lambda: world.cloud.invoke("WatchIssuersFunction", {"operator": LISTING_OPERATOR}))


def _read(world: World, key: str) -> bytes:
    stored = world.cloud.client("s3").get_object(Bucket=world.cloud.outputs["TrustBucket"], Key=key)
    content: bytes = stored["Body"].read()
    return content


def activate(world: World, *, accepted: bool) -> int:
    """Propose and confirm a document that does or does not accept POLICY; its version."""
    document = json.loads(_read(world, ACTIVE))
    document["version"] += 1
    for policy in document["operators"]["tradesign"]["policies"]:
        policy["accepted"] = accepted if policy["oid"] == POLICY else policy["accepted"]
    report = seed.propose_trust(world.cloud, document)
    if "reasons" in report:
        raise Broken(f"a good trust document was refused: {report['reasons']}")
    repeated(lambda: seed.confirm_trust(world.automation, report))
    return int(document["version"])


def reevaluate(world: World, version: int) -> None:
    """One person plans, another applies the plan."""
    begun = repeated(lambda: done(world.automation.act("policy.lee", "PlanReevaluation")))
    summary = _waited_for(world, begun["summary"])
    wanted = {
        "Version": str(version),
        "Confirm": hashlib.sha256(summary).hexdigest(),
        "Reason": "policies, memo 12",
    }
    repeated(lambda: done(world.automation.act("policy.kim", "ApplyReevaluation", **wanted)))


def done(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a document did. Raises RuntimeError where it was refused."""
    if "done" not in result:
        raise RuntimeError(f"refused: {result}")
    return dict(result["done"])


def _waited_for(world: World, key: str) -> bytes:
    end = time.monotonic() + JOB_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(ClientError):
            return _read(world, key)
        time.sleep(0.1)
    raise Broken(f"{key} was not written in {JOB_SECONDS} s")
