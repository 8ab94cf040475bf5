"""Uploads whose issuer is asked: the first answer decides; deferred ones come up when due, and no others."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registrar.aws.tables.due_questions import DueQuestions
from registrar.aws.tables.upload_checks import QUEUED, UploadChecks
from registrar.aws.tables.uploads import Uploads, to_item
from registrar.domain.reasons.errors import ConditionFailed
from registrar.domain.registrations.upload import PROOF_DEADLINE, Upload, UploadState
from tests.support.account import Account
from tests.support.builders import NOW, an_upload
from tests.support.rows import put

GOOD = {"answer": "GOOD", "source": "ocsp", "as_of": "2026-11-23T03:00:00Z"}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def checks(account: Account) -> UploadChecks:
    return UploadChecks(account.client("dynamodb"), account.physical["UploadsTable"])


@pytest.fixture
def due_questions(account: Account) -> DueQuestions:
    return DueQuestions(account.client("dynamodb"), account.physical["UploadsTable"])


@pytest.fixture
def checking(account: Account, checks: UploadChecks) -> Callable[..., Upload]:
    """Puts an upload that is being checked into the table."""

    def make(name: str = "a" * 32) -> Upload:
        put(account, "UploadsTable", to_item(an_upload(id=name, state=UploadState.CHECKING)))
        found = Uploads(checks.client, checks.table).find(name)
        assert found is not None
        return found

    return make


def test_good_starts_the_owners_day_and_text(checks: UploadChecks, checking: Callable[..., Upload]) -> None:
    accepted = checks.accept(checking(), [], GOOD, NOW)
    assert (accepted.state, accepted.status) == (UploadState.AWAITING_PROOF, GOOD)
    assert accepted.expires_at == NOW + PROOF_DEADLINE
    assert accepted.nonce is not None
    assert accepted.nonce_expires_at is not None


def test_silence_defers_and_counts_from_the_first_time(
    checks: UploadChecks, due_questions: DueQuestions, checking: Callable[..., Upload]
) -> None:
    upload = checking()
    first = checks.defer(upload, [], NOW + MINUTE, NOW + DAY, NOW)
    assert (first.state, first.deferred_at, first.due_at) == (UploadState.DEFERRED, NOW, NOW + MINUTE)
    later = checks.defer(upload, [], NOW + 5 * MINUTE, NOW + DAY, NOW + MINUTE)
    assert (later.deferred_at, later.due_at) == (NOW, NOW + 5 * MINUTE)
    accepted = checks.accept(upload, [], GOOD, NOW + 5 * MINUTE)
    assert (accepted.deferred_at, accepted.due_at) == (NOW, None)
    assert list(due_questions.due(NOW + DAY)) == []


def test_only_what_is_due_is_read_the_longest_due_first(
    account: Account, checks: UploadChecks, due_questions: DueQuestions, checking: Callable[..., Upload]
) -> None:
    for name, minutes in (("b", 5), ("a", 1), ("c", 30)):
        checks.defer(checking(name * 32), [], NOW + minutes * MINUTE, NOW + DAY, NOW)
    checking("d" * 32)
    assert [name[0] for name, _ in due_questions.due(NOW + 5 * MINUTE)] == ["a", "b"]
    assert list(due_questions.due(NOW)) == []


def test_a_due_question_is_put_once_until_the_queue_had_its_chance(
    checks: UploadChecks, due_questions: DueQuestions, checking: Callable[..., Upload]
) -> None:
    upload = checking()
    checks.defer(upload, [], NOW + MINUTE, NOW + DAY, NOW)
    ((name, due),) = due_questions.due(NOW + MINUTE)
    due_questions.queue(name, due, NOW + MINUTE)
    with pytest.raises(ConditionFailed):
        due_questions.queue(name, due, NOW + MINUTE)
    assert list(due_questions.due(NOW + MINUTE)) == []
    assert list(due_questions.due(NOW + MINUTE + QUEUED)) == [(name, NOW + MINUTE + QUEUED)]


@pytest.mark.parametrize("late", ["accept", "reject", "defer"])
def test_the_first_word_decides(checks: UploadChecks, checking: Callable[..., Upload], late: str) -> None:
    upload = checking()
    checks.reject(upload, [{"code": "REVOKED_BY_ISSUER"}])
    writes: dict[str, Callable[[], object]] = {
        "accept": lambda: checks.accept(upload, [], GOOD, NOW),
        "reject": lambda: checks.reject(upload, []),
        "defer": lambda: checks.defer(upload, [], NOW + MINUTE, NOW + DAY, NOW),
    }
    with pytest.raises(ConditionFailed):
        writes[late]()
    found = Uploads(checks.client, checks.table).find(upload.id)
    assert found is not None
    assert (found.state, found.findings) == (UploadState.REJECTED, ({"code": "REVOKED_BY_ISSUER"},))


def test_a_word_that_is_too_old_is_asked_for_again_once(
    checks: UploadChecks, checking: Callable[..., Upload]
) -> None:
    upload = checks.accept(checking(), [], GOOD, NOW)
    again = checks.again(upload, NOW + DAY)
    assert again.state_at(NOW + DAY) is UploadState.CHECKING
    with pytest.raises(ConditionFailed):
        checks.again(upload, NOW + DAY)
