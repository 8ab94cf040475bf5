"""A proposal to block: another person confirms, within a day, what they were shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from registrar.domain.reasons.errors import AdminStepRefused
from registrar.domain.registrations.block_proposal import ConfirmedBlock, propose_block
from registrar.domain.two_persons import digest_of
from tests.support.builders import NOW

KIM, LEE = "arn:aws:sts::1:assumed-role/Staff/kim", "arn:aws:sts::1:assumed-role/Staff/lee"
PROPOSAL = propose_block("c-1001", "r1", KIM, "stolen phone", NOW)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def test_second_person_reads_all_of_it_and_when_it_expires() -> None:
    assert PROPOSAL.shown == {
        "proposal_id": PROPOSAL.id,
        "customer_id": "c-1001",
        "registration_id": "r1",
        "reason": "stolen phone",
        "proposed_by": KIM,
        "proposed_at": "2026-11-23T03:00:00Z",
        "expires_at": "2026-11-24T03:00:00Z",
    }


def test_another_person_confirms_within_a_day() -> None:
    digest = digest_of(PROPOSAL.shown)

    assert PROPOSAL.confirmed(digest, LEE, NOW + DAY) == ConfirmedBlock(PROPOSAL, LEE)
    with pytest.raises(AdminStepRefused, match="older than a day"):
        PROPOSAL.confirmed(digest, LEE, NOW + DAY + SECOND)
    with pytest.raises(AdminStepRefused, match="cannot confirm"):
        PROPOSAL.confirmed(digest, KIM, NOW)


def test_what_was_not_shown_is_not_confirmed() -> None:
    other = replace(PROPOSAL, registration_id="r2")

    with pytest.raises(AdminStepRefused, match="not the digest"):
        PROPOSAL.confirmed(digest_of(other.shown), LEE, NOW)


def test_each_proposal_has_an_id_of_its_own() -> None:
    again = propose_block("c-1001", "r1", KIM, "stolen phone", NOW)

    assert (len(PROPOSAL.id), len(again.id)) == (32, 32)
    assert again.id != PROPOSAL.id
