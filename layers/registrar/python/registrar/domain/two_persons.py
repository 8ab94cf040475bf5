"""Two persons: one of the staff proposes, another reads the proposal and confirms what they read, within a day.

A function cannot see who invokes it: the names are what callers state. IAM lets no person invoke both functions
(docs/security.md, "Two persons"). The checks here stop mistakes, and leave a trace of lies.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from registrar.domain.reasons.errors import AdminStepRefused

PROPOSAL_LIFE = timedelta(days=1)


def same_person(one: str, other: str) -> bool:
    """Whether two staff ids name one person: they differ in case, in form or in punctuation at most."""
    return _letters(one) == _letters(other)


def _letters(staff_id: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", staff_id).casefold())
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
