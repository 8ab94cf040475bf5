"""What a history of registrations is made of: certificates that share keys, the tables as they are now, crashes.

`Expected` is the rules of the registration written down a second time, as plain dictionaries.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from registrar.aws.tables.registration_items import lock_keys, row_key
from registrar.aws.tables.registrations import Registrations
from registrar.domain.certificates.summary import Summary
from registrar.domain.registrations.registration import Hold, Lifecycle, Registration
from registrar.domain.registrations.upload import AwaitingProof
from registrar.domain.revocation.status import RecordedStatus, StatusValue
from tools.admin.restore import write_back

BEGIN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WRITES = ("put_item", "update_item", "transact_write_items")
# Certificate: its key, and how many days after BEGIN it ends. The later it stands, the later it began.
CERTIFICATES = (("k0", 9), ("k1", 40), ("k0", 40), ("k2", 12), ("k1", 40))


class Killed(BaseException):
    """The process ended here."""


class Mortal:
    """A DynamoDB client of a process that may end before or right after a write."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.crash: str | None = None

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.client, name)
        return self._writing(real) if name in WRITES else real

    def _writing(self, real: Any) -> Any:
        def call(**arguments: Any) -> Any:
            if self.crash == "before":
                raise Killed
            answer = real(**arguments)
            if self.crash == "after":
                raise Killed
            return answer

        return call

    @contextmanager
    def crashing(self, crash: str | None) -> Iterator[None]:
        """Within, the first write that is done is the process's last."""
        self.crash = crash
        try:
            with suppress(Killed):
                yield
        finally:
            self.crash = None


def an_awaiting_upload(client: Any, table: str, upload_id: str, customer_id: str) -> AwaitingProof:
    """What the transaction that registers looks at, in the table."""
    upload = AwaitingProof(
        id=upload_id,
        customer_id=customer_id,
        customer_kind="personal",
        files=(),
        method="otp",
        proved_at=BEGIN,
        created_at=BEGIN,
        expires_at=BEGIN + 900 * DAY,
        summary=_summary(),
        der=b"",
        status=RecordedStatus(StatusValue.GOOD, "ocsp", BEGIN, None, BEGIN + DAY, BEGIN, ()),
        nonce="00" * 16,
        accepted_as="00" * 16,
        nonce_expires_at=BEGIN + DAY,
    )
    item = {
        "id": {"S": upload_id},
        "state": {"S": upload.state.value},
        "nonce": {"S": upload.nonce},
        "expires_at": {"S": "2030-01-01T00:00:00Z"},
    }
    client.put_item(TableName=table, Item=item)
    return upload


def _summary() -> Summary:
    """The transaction reads nothing of it: the registration says what is registered."""
    names = {"ko": "", "en": ""}
    return Summary("yessign", names, "", "personal", names, "0", "", "", "", BEGIN, BEGIN)


def a_registration(
    world: str, upload: AwaitingProof, number: int, replaces: Registration | None = None
) -> Registration:
    """Certificate `number` of a world of its own, registered by this upload."""
    key, days = CERTIFICATES[number]
    name = f"{world}-{number}"
    der = name.encode()
    return Registration(
        id=f"r{upload.id}",
        customer_id=upload.customer_id,
        lifecycle=Lifecycle.LIVE,
        operator="yessign",
        issuer={"ko": "yessign", "en": "yessign"},
        name_masked="홍*동",
        kind="personal",
        policy={"ko": "은행용", "en": "banking"},
        serial=f"{int(_digest(name)[:15], 16):x}",
        fingerprint=_digest(name),
        key_digest=_digest(f"{world}-{key}"),
        issuer_key_digest=_digest("issuer"),
        not_before=BEGIN - timedelta(minutes=60 - number),
        not_after=BEGIN + days * DAY,
        der=der,
        registered_at=BEGIN - DAY,  # before every hold of the bank: it is not under way
        proof="signature",
        consent_version="2026-11",
        replaces=replaces.id if replaces else None,
    )


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def rows_of(client: Any, table: str, registrations: Mapping[str, Registration]) -> list[Any]:
    """The items of these registrations as they are: rows and locks, with their keys."""
    keys = [row_key(r.customer_id, r.id) for r in registrations.values()]
    keys += [key for r in registrations.values() for key in lock_keys(r)]
    unique = {str(key): key for key in keys}.values()
    return [(key, client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")) for key in unique]


def put_back(client: Any, tables: tuple[str, str], now: list[Any], then: list[Any]) -> None:
    """Lose the rows as they are `now`, and write back those of `then`, as an admin does after a restore."""
    table, kept = tables
    for key, _ in now:
        client.delete_item(TableName=table, Key=key)
    write_back(client, [item for _, item in then if item], table, kept)


@dataclass
class Row:
    """What is expected of one registration."""

    registration: Registration
    number: int
    lifecycle: Lifecycle = Lifecycle.LIVE
    holds: frozenset[Hold] = frozenset()
    proposed: tuple[str, datetime] | None = None
    follows: bool = False
    """Whether staff hold its person for it."""


@dataclass
class Expected:
    """The registrations of one world, who holds which certificate and key, and which keys are denied."""

    rows: dict[str, Row] = field(default_factory=dict)
    locks: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)

    def copy(self) -> "Expected":
        """As it is now, unaffected by later changes."""
        return Expected({i: replace(row) for i, row in self.rows.items()}, dict(self.locks), set(self.denied))

    def lifecycle(self, row: Row, now: datetime) -> Lifecycle:
        """The lifecycle that a reader gets."""
        if row.lifecycle is not Lifecycle.LIVE:
            return row.lifecycle
        if row.registration.key_digest in self.denied:
            return Lifecycle.BLOCKED
        return Lifecycle.EXPIRED if now > row.registration.not_after else Lifecycle.LIVE

    def usable(self, row: Row, now: datetime) -> bool:
        """Whether a transaction may use it."""
        return self.lifecycle(row, now) is Lifecycle.LIVE and not row.holds

    def refusal(self, new: Registration, replaced: Row | None) -> str | None:
        """Why it cannot be registered."""
        if new.key_digest in self.denied:
            return "KEY_DENIED"
        certificate, key = self.locks.get(new.fingerprint), self.locks.get(new.key_digest)
        for lock, code in ((certificate, "CERT_HELD_BY_OTHER"), (key, "KEY_HELD_BY_OTHER")):
            if lock and lock[0] != new.customer_id:
                return code
        if certificate and not certificate[2]:
            return "ALREADY_REGISTERED"
        if key is None or key[2] or (replaced and key[1] == replaced.registration.id):
            return None
        return "REPLACES_REQUIRED"

    def register(self, new: Registration, number: int, replaced: Row | None, now: datetime) -> None:
        """It is registered, in the place of another where there is one."""
        if replaced and self.lifecycle(replaced, now) is Lifecycle.LIVE:
            replaced.lifecycle = Lifecycle.SUPERSEDED
        self.rows[new.id] = Row(new, number)
        for name in (new.fingerprint, new.key_digest):
            self.locks[name] = (new.customer_id, new.id, False)

    def restored(self, kept: "Expected") -> "Expected":
        """What is left when the table is lost and its state `kept` is written back: no change since is undone, and
        what was registered since is lost."""
        rows = {i: replace(self.rows[i], proposed=row.proposed) for i, row in kept.rows.items()}
        found = Expected(rows, dict(kept.locks), set(self.denied))
        for row in rows.values():
            for name in (row.registration.fingerprint, row.registration.key_digest):
                if row.lifecycle is Lifecycle.DEREGISTERED and found.locks[name][1] == row.registration.id:
                    found.locks[name] = (*found.locks[name][:2], True)
        return found

    def release(self, registration: Registration) -> None:
        """Its customer took it back: only they may register it again."""
        for name in (registration.fingerprint, registration.key_digest):
            self.locks[name] = (registration.customer_id, registration.id, True)


def seen(registrations: Registrations, customers: tuple[str, ...], now: datetime) -> dict[str, tuple[Any, ...]]:
    """What the tables say now of every registration of these customers."""
    return {
        r.id: (r.lifecycle_at(now), r.holds if r.lifecycle is Lifecycle.LIVE else None, r.usable_at(now))
        for customer in customers
        for r in registrations.of_customer(customer)
    }
