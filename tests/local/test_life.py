"""Random histories of registrations in the local cloud's tables, with crashes at writes and restores; races."""

import itertools
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from registrar.aws.tables.registrations import Registrations
from registrar.domain.reasons.errors import AdminStepRefused, CertificateTaken, ConditionFailed
from registrar.domain.registrations.registration import Hold, Lifecycle
from registrar.domain.two_persons import PROPOSAL_LIFE
from tests.support.histories import (
    BEGIN,
    CERTIFICATES,
    DAY,
    Expected,
    Mortal,
    Row,
    a_registration,
    an_awaiting_upload,
    put_back,
    rows_of,
    seen,
)
from tests.support.transitions import confirm, propose
from tools.cloud.local_cloud import LocalCloud

pytestmark = pytest.mark.cloud

_run, _worlds, _uploads = secrets.token_hex(4), itertools.count(), itertools.count()
crashes = st.sampled_from([None, None, None, "before", "after"])
picks, numbers = st.integers(0, 9), st.integers(0, len(CERTIFICATES) - 1)
staff = st.sampled_from(["staff-1", "staff-2"])


class Histories(RuleBasedStateMachine):
    """Two customers, five certificates of three keys, the bank's staff, the issuer, and killed processes."""

    client: Any
    tables: tuple[str, str, str, str]

    @initialize()
    def begin(self) -> None:
        self.world = f"{_run}-{next(_worlds)}"
        self.customers = (f"{self.world}-hong", f"{self.world}-kim")
        self.mortal, self.now = Mortal(self.client), BEGIN
        self.uploads_table, *tables = self.tables
        self.registrations = Registrations(self.mortal, *tables)
        self.expected = Expected()
        for customer, number in ((0, 0), (0, 1), (1, 3)):
            self.register(customer, number, None, None)
        self.keep()

    def row(self, pick: int) -> Row:
        rows = list(self.expected.rows.values())
        return rows[pick % len(rows)]

    def does(self, act: Callable[[], object], crash: str | None, effect: Callable[[], None] | None) -> None:
        """`act` has this effect, or is refused without one; if it is killed before its write, there is none."""
        refused = done = False
        with self.mortal.crashing(crash):
            try:
                act()
                done = True
            except (AdminStepRefused, ConditionFailed):
                refused = True
        if effect is None:
            assert not done or crash is not None
            assert refused or crash == "before"
        elif crash != "before":
            assert not refused
            effect()

    @rule(
        customer=st.integers(0, 1),
        number=st.integers(0, len(CERTIFICATES) - 1),
        old=st.none() | picks,
        crash=crashes,
    )
    def register(self, customer: int, number: int, old: int | None, crash: str | None) -> None:
        name, uploads = self.customers[customer], self.uploads_table
        upload = an_awaiting_upload(self.client, uploads, f"{next(_uploads):08x}{_run}" + "0" * 16, name)
        own = [row for row in self.expected.rows.values() if row.registration.customer_id == name]
        row = own[old % len(own)] if own and old is not None else None
        replaced = self.registrations.get(name, row.registration.id) if row else None
        new = a_registration(self.world, upload, number, replaced)
        if new.not_after < self.now or (replaced and not new.may_succeed(replaced, self.now)):
            return
        refusal = self.expected.refusal(new, row)
        if refusal == "KEY_DENIED":
            return  # check_obstacles refuses it, before the transaction
        took_over = row is not None and self.expected.usable(row, self.now)
        found = None
        with self.mortal.crashing(crash):
            try:
                self.registrations.add(new, upload, uploads, self.now, replaced)
            except CertificateTaken as taken:
                found = taken.code
        assert found == (refusal if crash != "before" else None)
        if refusal is None and crash != "before":
            self.expected.register(new, number, row, self.now)
        if took_over and row is not None:
            both = [self.registrations.find(name, each) for each in (new.id, row.registration.id)]
            assert [r.usable_at(self.now) for r in both if r].count(True) == 1, "never both, never neither"

    @rule(pick=picks, hold=st.sampled_from(Hold), crash=crashes)
    def hold(self, pick: int, hold: Hold, crash: str | None) -> None:
        row = self.row(pick)
        r = row.registration
        self.does(
            lambda: self.registrations.add_hold(r.customer_id, r.id, hold, self.now),
            crash,
            self.if_live(row, lambda: self.held(row, hold)),
        )

    def held(self, row: Row, hold: Hold) -> None:
        row.holds |= {hold}
        row.follows |= hold is Hold.BANK

    @rule(pick=picks, hold=st.sampled_from(Hold), crash=crashes)
    def lift(self, pick: int, hold: Hold, crash: str | None) -> None:
        row = self.row(pick)
        r = row.registration
        lifted = self.if_live(row, lambda: setattr(row, "holds", row.holds - {hold}))
        if hold is Hold.CUSTOMER:
            found = self.registrations.get(r.customer_id, r.id)
            lifted = lifted if hold in row.holds else None
            self.does(lambda: self.registrations.resume(found, self.now), crash, lifted)
        elif hold is Hold.BANK and row.follows:

            def released() -> None:
                row.follows = False
                if lifted:
                    lifted()

            self.does(lambda: self.registrations.lift_hold(r.customer_id, r.id, hold, self.now), crash, released)
        else:
            lift = {
                Hold.BANK: lambda: self.registrations.lift_hold(r.customer_id, r.id, hold, self.now),
                Hold.ISSUER: lambda: self.registrations.lift_by_issuer(r.customer_id, r.id, self.now, self.now),
            }
            self.does(lift[hold], crash, lifted)

    @rule(pick=picks, reason=st.sampled_from(["superseded", "keyCompromise"]), crash=crashes)
    def revoke(self, pick: int, reason: str, crash: str | None) -> None:
        row = self.row(pick)
        r = row.registration
        if reason == "keyCompromise" and crash == "after":
            crash = None  # the first of two writes may fail: tested in tests/aws
        ended = self.ends(row, Lifecycle.REVOKED_BY_ISSUER)
        self.does(lambda: self.registrations.revoke(r.customer_id, r.id, reason, BEGIN, self.now), crash, ended)
        if reason == "keyCompromise" and crash is None:
            self.expected.denied.add(r.key_digest)

    @rule(pick=picks, who=staff, crash=crashes)
    def propose(self, pick: int, who: str, crash: str | None) -> None:
        row = self.row(pick)
        r = row.registration
        self.does(
            lambda: propose(self.registrations, r, who, self.now),
            crash,
            self.if_live(row, lambda: setattr(row, "proposed", (who, self.now))),
        )

    @rule(pick=picks, who=staff, crash=crashes, other=st.booleans())
    def block(self, pick: int, who: str, crash: str | None, other: bool) -> None:
        row = self.row(pick)
        if other:
            self.propose(pick, "staff-3", None)
        live = row.lifecycle is Lifecycle.LIVE
        ended = self.ends(row, Lifecycle.BLOCKED)
        if row.proposed is None or row.proposed[0] == who or self.now - row.proposed[1] > PROPOSAL_LIFE:
            ended = None

        def effect() -> None:
            assert ended is not None
            ended()
            if live:
                self.expected.denied.add(row.registration.key_digest)

        self.does(
            lambda: confirm(self.registrations, row.registration, who, self.now), crash, effect if ended else None
        )

    @rule(pick=picks, crash=crashes)
    def deregister(self, pick: int, crash: str | None) -> None:
        row = self.row(pick)
        live = row.lifecycle is Lifecycle.LIVE
        ended = self.ends(row, Lifecycle.DEREGISTERED)
        if live and (Hold.BANK in row.holds or row.registration.key_digest in self.expected.denied):
            ended = None

        def effect() -> None:
            assert ended is not None
            ended()
            if live:
                self.expected.release(row.registration)

        self.does(
            lambda: self.registrations.deregister(row.registration, self.now), crash, effect if ended else None
        )

    def if_live(self, row: Row, effect: Callable[[], None]) -> Callable[[], None] | None:
        past = self.now > row.registration.not_after
        return effect if row.lifecycle is Lifecycle.LIVE and not past else None

    def ends(self, row: Row, lifecycle: Lifecycle) -> Callable[[], None] | None:
        """End the registration; repeating that is harmless, a different end is refused."""
        if row.lifecycle is lifecycle:
            return lambda: None
        return self.if_live(row, lambda: setattr(row, "lifecycle", lifecycle))

    @rule(days=st.sampled_from([1, 2, 5]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def keep(self) -> None:
        """Take the time to which the table may be restored."""
        self.kept, self.kept_rows = self.expected.copy(), self._rows()

    @rule()
    def restore(self) -> None:
        """Restore the registrations; the deny list and the kept states, other tables, stay."""
        tables = self.registrations.table, self.registrations.kept_table
        put_back(self.client, tables, self._rows(), self.kept_rows)
        self.expected = self.expected.restored(self.kept)

    def _rows(self) -> list[Any]:
        rows = {row.registration.id: row.registration for row in self.expected.rows.values()}
        return rows_of(self.client, self.registrations.table, rows)

    @invariant()
    def the_tables_say_what_is_expected(self) -> None:
        expected, now = self.expected, self.now
        assert seen(self.registrations, self.customers, now) == {
            i: (
                expected.lifecycle(row, now),
                row.holds if row.lifecycle is Lifecycle.LIVE else None,
                expected.usable(row, now),
            )
            for i, row in expected.rows.items()
        }

    @invariant()
    def a_key_is_used_by_one_registration_and_by_none_once_denied(self) -> None:
        usable = [
            row.registration.key_digest
            for row in self.expected.rows.values()
            if self.expected.usable(row, self.now)
        ]
        assert len(set(usable)) == len(usable)
        assert not set(usable) & self.expected.denied


@pytest.fixture
def tables(cloud: LocalCloud) -> tuple[str, str, str, str]:
    names = ("UploadsTable", "RegistrationsTable", "DenyListTable", "KeptStatesTable")
    uploads, registrations, denied, kept = (cloud.physical(name) for name in names)
    return uploads, registrations, denied, kept


@pytest.mark.slow
def test_random_histories_keep_the_invariants(cloud: LocalCloud, tables: tuple[str, str, str, str]) -> None:
    Histories.client, Histories.tables = cloud.client("dynamodb"), tables
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_hundred_concurrent_registrations_store_one(cloud: LocalCloud, tables: tuple[str, str, str, str]) -> None:
    """One certificate, two customers, fifty requests each."""
    client, world = cloud.client("dynamodb"), f"{_run}-race"
    registrations = Registrations(client, *tables[1:])
    customers = (f"{world}-hong", f"{world}-kim")
    uploads = [
        an_awaiting_upload(client, tables[0], f"{number:08x}{secrets.token_hex(12)}", customers[number % 2])
        for number in range(100)
    ]

    def register(number: int) -> str:
        new = a_registration(world, uploads[number], 0)
        try:
            registrations.add(new, uploads[number], tables[0], BEGIN)
        except CertificateTaken as taken:
            return taken.code
        return "registered"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(register, range(100)))
    held = [r for customer in customers for r in registrations.of_customer(customer)]
    assert [r.usable_at(BEGIN) for r in held] == [True]
    winner = customers.index(held[0].customer_id)
    assert outcomes.count("registered") == 1
    assert outcomes[winner::2].count("ALREADY_REGISTERED") == 49
    assert outcomes[1 - winner :: 2] == ["CERT_HELD_BY_OTHER"] * 50


def test_concurrent_loss_report_and_issuer_hold_are_both_stored(
    cloud: LocalCloud, tables: tuple[str, str, str, str]
) -> None:
    client = cloud.client("dynamodb")
    registrations = Registrations(client, *tables[1:])
    upload = an_awaiting_upload(client, tables[0], secrets.token_hex(16), f"{_run}-held")
    r = a_registration(f"{_run}-held", upload, 1)
    registrations.add(r, upload, tables[0], BEGIN)

    def change(number: int) -> None:
        if number % 4 == 3:
            registrations.lift_hold(r.customer_id, r.id, Hold.BANK, BEGIN + DAY)
        else:
            hold = (Hold.ISSUER, Hold.CUSTOMER, Hold.BANK)[number % 4]
            registrations.add_hold(r.customer_id, r.id, hold, BEGIN + DAY)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(change, range(64)))
    found = registrations.lift_hold(r.customer_id, r.id, Hold.BANK, BEGIN + DAY)
    assert found.holds == {Hold.ISSUER, Hold.CUSTOMER}
