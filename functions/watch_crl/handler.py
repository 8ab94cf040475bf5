"""SQS: fetch one list, and apply its changes since the last run to the registrations it names.

A message with registrations instead names some that no list covers: the responder is queried about each.

The list is recorded as processed only after all changes are applied: the run after a crash applies the same changes
again. A list that cannot be fetched changes nothing; once it is past its nextUpdate the message fails and goes to
the dead letters, which raise an alarm.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registrar.aws import wiring as stores
from registrar.aws.buckets.crl_indexes import WATCHED
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.reasons.errors import CrlOverdue, CrlUnusable, IssuerUnreachable, StatusOverdue
from registrar.domain.revocation.applied_lists import AppliedList
from registrar.domain.revocation.distribution_points import Point
from registrar.domain.revocation.watch import publisher
from registrar.domain.times import has_passed
from registrar.entry.batch import each_message
from registrar.entry.clock import deadline, now
from registrar.entry.log import audit, logger
from registrar.entry.metrics import Metric, counted
from registrar.net.limits import Limits
from registrar.settings import setting
from registrar.steps import wiring as use_cases
from registrar.steps.crl_store import CrlQuery
from registrar.steps.issuer_changes import apply_changes, authorities_on
from registrar.steps.unlisted_watch import is_overdue

MOST_SECONDS = 45.0
MOST_SECONDS_OF_ONE = 12.0
PRIVATE = setting("PRIVATE_ADDRESSES") == "allowed"
trust = stores.trust_bucket()
issuers = stores.issuers()
indexes = stores.crl_indexes()
crls = use_cases.crl_store()
registrations = stores.registrations()
unlisted = use_cases.unlisted_watch()


@each_message
def lambda_handler(message: Mapping[str, Any]) -> None:
    at = now()
    store = trust.active(at)
    if "registrations" in message:
        _query_each(message["registrations"], message["operator"], store)
    else:
        _watch_list(Point(**message["point"]), store, at, whole=message.get("whole", False))


def _query_each(named: list[list[str]], operator: str | None, store: TrustStore) -> None:
    """Query the status of each registration, of `operator` only where it is given. Raises StatusOverdue."""
    counts = Counter[str]()
    overdue = []
    for customer_id, registration_id in named:
        at = now()
        found = unlisted.find(customer_id, registration_id, at)
        if found is None or operator not in (None, found.operator):
            continue
        value = unlisted.watch(found, store, at, Limits(deadline(MOST_SECONDS_OF_ONE), 0, PRIVATE))
        counts[value or "none"] += 1
        audit("registration.queried", customer_id=customer_id, registration_id=registration_id, answer=value)
        if value is None and is_overdue(found, store, at):
            overdue.append(registration_id)
    logger.info("unlisted watched", counts=dict(counts))
    if overdue:
        raise StatusOverdue(f"no status of today: {', '.join(overdue)}")


def _watch_list(point: Point, store: TrustStore, at: datetime, *, whole: bool) -> None:
    counts = Counter[str]()
    found = publisher(store, point, at)
    if found is None:
        raise CrlOverdue(f"the issuer is not in the trust document: {point}")
    signers, operator = found
    query = CrlQuery(signers, operator, store.rules.revocation, at, Limits(deadline(MOST_SECONDS), 0, PRIVATE))
    try:
        counts["fetched_bytes"] = crls.renew(point, query)
    except (IssuerUnreachable, CrlUnusable) as error:
        missing = counted(Metric.STATUSES_MISSING)
        logger.warning("crl not fetched", why=error.why, url=point.url, operator=point.operator, **missing)
    lists = dict(indexes.lists(point))
    if lists:
        issuers.begin_watch(point, now())
    for place in lists:
        for hit in apply_changes(indexes, registrations, point, place, at, counts, whole=whole):
            audit(
                "registration.watched",
                customer_id=hit.customer_id,
                registration_id=hit.registration_id,
                step=hit.step,
                live=hit.live,
            )
    if lists:
        applied = [indexes.index(point, place + WATCHED) for place in lists]
        issuers.end_watch(point, [AppliedList.from_head(index.head) for index in applied if index])
        for authority, entry in authorities_on(indexes, point, store):
            count = counted(Metric.REVOKED_AUTHORITIES)
            logger.error("authority revoked", fingerprint=authority.fingerprint, reason=entry.reason, **count)
    logger.info("crl watched", url=point.url, operator=point.operator, counts=dict(counts))
    is_over = not lists or any(index.head.next_update < at - query.rules.skew for index in lists.values())
    if is_over and not has_passed(signers[0].not_after, at):  # an expired issuer publishes no lists
        raise CrlOverdue(f"no list of today: {point}")
