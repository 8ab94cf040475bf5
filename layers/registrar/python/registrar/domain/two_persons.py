"""Two persons: one of the staff proposes, another reads the proposal and confirms what they read, within a day.

A person is the ARN of whoever started the document that acts (registrar/domain/staff.py). IAM lets no person start
the documents of both (docs/security.md, "Two persons"); the checks here refuse whoever can nevertheless.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from registrar.domain.reasons.errors import AdminStepRefused

PROPOSAL_LIFE = timedelta(days=1)


def same_person(one: str, other: str) -> bool:
    """Whether two ARNs are of one person: the names of their users or sessions are the same, whatever the role.

    IAM Identity Center names a session after the person. Names that differ in case, in form or in punctuation at
    most are the same.
    """
    return _letters(one) == _letters(other)


def _letters(arn: str) -> str:
    name = arn.rpartition("/")[2]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(each for each in folded if each.isalnum())


def check_second_person(proposed_by: str, proposed_at: datetime, staff: str, now: datetime) -> None:
    """Raises AdminStepRefused where the proposal expired, or `staff` made it."""
    if now - proposed_at > PROPOSAL_LIFE:
        raise AdminStepRefused("the proposal is older than a day: propose it again")
    if same_person(proposed_by, staff):
        raise AdminStepRefused("whoever proposed it cannot confirm it")


def digest_of(shown: Mapping[str, object]) -> str:
    """SHA-256 (hex) of what the second person is shown."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def check_read(shown: Mapping[str, object], confirmed: str) -> None:
    """Check that `confirmed` is the digest of what is shown now. Raises AdminStepRefused."""
    if digest_of(shown) != confirmed:
        raise AdminStepRefused("confirm is not the digest of this proposal: view it again")
