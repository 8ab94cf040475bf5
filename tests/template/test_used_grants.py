"""No role of a function allows what no test needs: least privilege, compared with what the functions call.

tests/fixtures/used_grants.json names a test for each grant; that test itself fails where it no longer needs it
(tests/functions/conftest.py). The grants of other roles, and those of SAM, are decided in test_policies.py.
"""

import ast
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.iam import Grant, every_grant, grants_of, named, using
from tests.support.released_grants import released
from tests.support.shape import FUNCTIONS
from tests.support.unused_grants import FORMER_RELEASE, UNUSED
from tests.support.used_grants import claimed, fewest
from tools.cloud.emulator import ROOT

LOGICAL = {"sessions": "SessionsTable", "trust": "TrustBucket", "notices": "NoticeQueue", "t": "RegistrationsTable"}


def unused() -> list[str]:
    return sorted(map(str, every_grant() - frozenset[Grant]().union(*claimed().values())))


def test_each_grant_is_used_by_a_test_or_kept_for_a_reason() -> None:
    assert not [each for each in unused() if not any(fnmatchcase(each, pattern) for pattern in UNUSED)], (
        "Remove grants that no function needs, and run python -m tests.support.used_grants. One that no test can "
        "use stands in tests/support/unused_grants.py with the reason."
    )


@pytest.mark.parametrize("pattern", UNUSED)
def test_a_reason_is_that_of_an_unused_grant(pattern: str) -> None:
    assert [each for each in unused() if fnmatchcase(each, pattern)]


def test_tests_name_grants_of_the_template() -> None:
    assert not frozenset[Grant]().union(*claimed().values()) - every_grant()


@pytest.mark.parametrize("test", claimed())
def test_the_named_test_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    assert name.partition("[")[0] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_grants_kept_for_a_former_release_are_dated_in_the_template() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    kept = {pattern.partition(" ")[0] for pattern, why in UNUSED.items() if why == FORMER_RELEASE}

    for function in kept:
        resource = text.partition(f"\n  {function}Function:\n")[2].partition("\n  " + function + "Logs:\n")[0]
        assert "until the release after 2026-12" in resource, function


def test_a_live_function_keeps_what_its_former_release_used() -> None:
    for pattern in (pattern for pattern, why in UNUSED.items() if why == FORMER_RELEASE):
        function, action, resource = pattern.split(" ")
        former = released().get(f"{function}Function")
        assert former is None or any(
            each.startswith(f"{action} ") and f'"{resource}"' in each for each in former
        ), pattern


def test_reasons_say_something() -> None:
    assert all(len(why) > 20 for why in UNUSED.values())


@pytest.mark.parametrize(
    ("folder", "operation", "params", "allowed"),
    [
        ("login", "GetItem", {"TableName": "sessions"}, [True]),
        ("logout", "GetItem", {"TableName": "sessions"}, [False]),
        ("login", "BatchGetItem", {"RequestItems": {"sessions": {}, "t": {}}}, [True, False]),
        ("list_issuers", "GetObject", {"Bucket": "trust", "Key": "active/trust.json"}, [True]),
        ("list_issuers", "GetObject", {"Bucket": "trust", "Key": "incoming/trust.json"}, [False]),
        ("list_issuers", "GetObject", {"Bucket": "trust", "Key": "active/trust.json", "VersionId": "1"}, [False]),
        ("activate_trust", "ListObjectsV2", {"Bucket": "trust"}, [True]),
        ("list_issuers", "ListObjectsV2", {"Bucket": "trust"}, [False]),
        ("login", "SendMessage", {"QueueUrl": "notices"}, [True]),
        ("logout", "SendMessageBatch", {"QueueUrl": "notices"}, [False]),
        ("flag_shard", "Query", {"TableName": "t", "IndexName": "by-expiry"}, [True]),
        ("flag_shard", "Query", {"TableName": "t"}, [False]),
        ("send_notice", "Publish", {"PhoneNumber": "+82"}, [True]),
        ("send_notice", "Publish", {"TargetArn": "arn"}, [True]),
        ("send_otp", "Publish", {"TargetArn": "arn"}, [False]),
    ],
)
def test_calls_are_allowed_as_iam_would(
    folder: str, operation: str, params: dict[str, Any], allowed: list[bool]
) -> None:
    assert [bool(grants) for grants in using(folder, operation, params, LOGICAL)] == allowed


def test_a_transaction_needs_a_grant_for_each_write() -> None:
    key = {"Key": {"id": {"S": "x"}}}
    items = [{"Update": {"TableName": "sessions", **key}}, {"ConditionCheck": {"TableName": "t", **key}}]

    found = using("verify_otp", "TransactWriteItems", {"TransactItems": items}, LOGICAL)

    assert [[grant.action for grant in grants] for grants in found] == [["dynamodb:UpdateItem"], []]


def test_an_operation_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError, match="DeleteTable"):
        using("login", "DeleteTable", {"TableName": "sessions"}, LOGICAL)


def test_resources_of_all_statements_have_names() -> None:
    names = {grant.resource for name in FUNCTIONS for grant in grants_of(name)}

    assert not [name for name in names if "$" in name and not name.startswith("identity/")]
    assert named({"Fn::Sub": "${TrustBucket.Arn}/active/*"}) == "TrustBucket/active/*"


def test_few_tests_are_named() -> None:
    one, two, three = sorted(every_grant())[:3]

    assert fewest({"a": frozenset({one}), "b": frozenset({one, two}), "c": frozenset({three, two})}) == {
        "b": sorted([str(one), str(two)]),
        "c": [str(three)],
    }
