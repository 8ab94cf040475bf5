"""Permissions: single actions on named resources, in each function's own inline policy."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.attribute_names import Write, writable, writes_of
from tests.support.grants import HOLDERS, POWERLESS, POWERS, SECRET_KEYS, START_SESSIONS, USE_PROOF, VERIFY, Power
from tests.support.shape import (
    FUNCTIONS,
    TEMPLATE,
    as_list,
    by_provider,
    environment,
    expanded,
    of_type,
    references,
    statements,
    verb,
    written,
)

each_function = pytest.mark.parametrize("name", FUNCTIONS)
TEXT_MESSAGES = {
    "Sid": "TextMessages",
    "Effect": "Allow",
    "Action": "sns:Publish",
    "NotResource": {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"},
}
PHONES = {
    "Sid": "Phones",
    "Effect": "Allow",
    "Action": "sns:Publish",
    "Resource": {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:endpoint/*"},
}
PROVIDER = {
    "Sid": "MessageProvider",
    "Effect": "Allow",
    "Action": "secretsmanager:GetSecretValue",
    "Resource": {"Ref": "MessageProviderSecretArn"},
}
# A query belongs to nobody in IAM; its id is a secret of whoever started it.
QUERY_RESULTS = {"Sid": "QueryResults", "Effect": "Allow", "Action": "logs:GetQueryResults", "Resource": "*"}
SEARCH_LOGS = {
    "Sid": "SearchLogs",
    "Effect": "Allow",
    "Action": "logs:StartQuery",
    "Resource": {
        "Fn::If": [
            "InAws",
            {
                "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                ":log-group:/${AWS::StackName}/*"
            },
            "*",
        ]
    },
}
# Statements that SAM adds itself: writing logs, and reading the queue or the stream of an event.
SAMS_OWN = {
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
}


@each_function
def test_a_function_has_exactly_one_inline_policy(name: str) -> None:
    assert [policy.keys() for policy in FUNCTIONS[name]["Policies"]] == [{"Statement"}]
    assert "Role" not in FUNCTIONS[name]
    assert bool(statements(name)) is (name not in POWERLESS)


@each_function
def test_no_action_is_a_wildcard(name: str) -> None:
    for statement in statements(name):
        assert statement == TEXT_MESSAGES or statement.keys() <= {
            "Sid",
            "Effect",
            "Action",
            "Resource",
            "Condition",
        }
        assert not [action for action in as_list(statement["Action"]) if "*" in action]


@each_function
def test_no_resource_is_a_wildcard_but_phones(name: str) -> None:
    for statement in statements(name):
        if statement in (TEXT_MESSAGES, PHONES, SEARCH_LOGS, QUERY_RESULTS):
            continue
        for resource in as_list(statement["Resource"]):
            # A prefix of one bucket is the widest a function is given; executions have no names before they start.
            assert (
                re.sub(
                    r"/(audit|uploads|crl|evidence|reports/reevaluation)/\*|:automation-execution/\*",
                    "",
                    json.dumps(resource),
                ).count("*")
                == 0
            )
            assert references(resource)


def test_text_messages_are_restricted_to_few_functions() -> None:
    senders = {name for name in FUNCTIONS if TEXT_MESSAGES in statements(name)}

    assert senders == {f"{name}Function" for name in HOLDERS["sns:Publish", "phone"]}
    assert senders == {name for name, acts in _allowed().items() if acts & {"sns:Publish", "ses:SendEmail"}}
    assert [s for s in statements("SendNoticeFunction") if s["Action"] == "sns:Publish"] == [TEXT_MESSAGES, PHONES]
    # The local cloud checks every identity where AWS checks the sender's: functions send no mail there.
    (mail,) = (s for s in statements("SendNoticeFunction") if s["Action"] == "ses:SendEmail")
    prefix = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
    identities = ("${MailDomain}", "notice@${MailDomain}")
    assert mail["Resource"] == [{"Fn::Sub": f"{prefix}{identity}"} for identity in identities]


def test_with_a_provider_the_same_functions_read_its_secret_and_send_nothing_by_sns_to_a_number() -> None:
    assert {name for name in FUNCTIONS if by_provider(name)} == {
        name for name in FUNCTIONS if TEXT_MESSAGES in statements(name)
    }
    for name in FUNCTIONS:
        assert by_provider(name) in ([], [PROVIDER])
    assert TEMPLATE["Conditions"]["SendsByProvider"] == {"Fn::Equals": [{"Ref": "MessageProvider"}, "http"]}


def test_only_authentication_attributes_of_a_customer_are_written() -> None:
    # The password's hash, the name and the resident number belong to the bank: they are never written.
    ours = ["id", "version", "phone", "totp_ciphertext", "passkeys", "passkey_removed_at", "pending"]
    ours += ["recovery", "recovered_at"]
    for name in FUNCTIONS:
        for statement in statements(name):
            if statement["Action"] == "dynamodb:UpdateItem" and "CustomersTable" in references(
                statement["Resource"]
            ):
                assert statement["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:Attributes": ours}}


def test_confirming_an_authenticator_app_writes_only_the_time_step_of_a_session() -> None:
    (statement,) = (s for s in statements("AddTotpFunction") if "SessionsTable" in references(s.get("Resource")))

    assert statement["Action"] == "dynamodb:UpdateItem"
    attributes = ["customer_id", "totp_step"]
    assert statement["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:Attributes": attributes}}


# What only these functions may write, in AWS: the local cloud does not check the attributes of a write. The tests
# of functions compare each write with its role (tests/support/account.py).
DECISIVE = {
    ("UploadsTable", "opened"): {"OpenContainer"},
    ("UploadsTable", "summary"): {"OpenContainer", "ValidateUpload"},
    ("UploadsTable", "certificate"): {"OpenContainer", "RegisterCertificate", "ValidateUpload"},
    ("UploadsTable", "customer_id"): {"ValidateUpload"},
    ("UploadsTable", "status"): {"CheckRevocation"},
    ("UploadsTable", "bad_proofs"): {"RegisterCertificate"},
    ("UploadsTable", "password_tries"): {"OpenContainer"},
    ("SessionsTable", "secret_digest"): START_SESSIONS | {"LockCustomer"},
    ("SessionsTable", "cleared"): VERIFY,
    ("SessionsTable", "totp_step"): {"AddTotp", "VerifyOtp"},
    ("SessionUsesTable", "seen_at"): {"Authorize"},
    ("SessionUsesTable", "ended_at"): {"Logout"},
    ("ChallengesTable", "sms_digest"): VERIFY | USE_PROOF | {"SendOtp"},
    ("ChallengesTable", "proved_at"): VERIFY | USE_PROOF,
}


@pytest.mark.parametrize(("table", "attribute"), DECISIVE, ids=" ".join)
def test_an_attribute_that_decides_is_written_by_its_functions_only(table: str, attribute: str) -> None:
    writers = {
        name.removesuffix("Function")
        for name in FUNCTIONS
        for action in ("dynamodb:PutItem", "dynamodb:UpdateItem")
        if any(attribute in names for names in writable(verb(name), action, table))
    }

    assert writers == DECISIVE[table, attribute]


def test_the_attributes_of_a_write_are_those_of_key_item_and_expressions() -> None:
    call = {
        "TableName": "t",
        "Key": {"id": {"S": "x"}},
        "UpdateExpression": "SET #state = :to, since = if_not_exists(since, :now) REMOVE der ADD tries :one",
        "ConditionExpression": "attribute_not_exists(locked_at) AND (proved.at < :now OR size(files) = :one)",
        "ExpressionAttributeNames": {"#state": "state"},
    }
    named = {"id", "state", "since", "der", "tries", "locked_at", "proved", "files"}

    assert list(writes_of("UpdateItem", call)) == [Write("dynamodb:UpdateItem", "t", frozenset(named))]
    assert list(writes_of("TransactWriteItems", {"TransactItems": [{"ConditionCheck": call}]})) == [
        Write("dynamodb:ConditionCheckItem", "t", frozenset(named))
    ]


@each_function
def test_a_function_may_use_only_resources_of_its_settings(name: str) -> None:
    pseudo = {"AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::StackName"}
    known = references([*environment(name).values(), FUNCTIONS[name].get("Events", {})])

    for statement in statements(name):
        assert references(statement.get("Resource")) <= known | pseudo


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_customer_secrets_are_decrypted_in_a_customers_context_only(key: str) -> None:
    # The local cloud knows this form only.
    context = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["customer"]}}
    (*decrypts,) = (s for name in FUNCTIONS for s in statements(name) if _grants(s, "kms:Decrypt", key))

    assert decrypts
    expected = None if key.startswith(("Sealing", "RandomNumber")) else context
    assert all(statement.get("Condition") == expected for statement in decrypts)


@pytest.mark.parametrize("power", POWERS, ids=str)
def test_each_power_is_limited_to_its_functions(power: Power) -> None:
    found = {
        name.removesuffix("Function")
        for name in FUNCTIONS
        if any(_grants(statement, power.action, power.resource) for statement in statements(name))
    }

    assert found == power.holders


def test_one_function_searches_logs() -> None:
    for statement in (SEARCH_LOGS, QUERY_RESULTS):
        assert [name for name in FUNCTIONS if statement in statements(name)] == ["ExplainFunction"]
    searching = {name for name, actions in _allowed().items() if any(each.startswith("logs:") for each in actions)}
    assert searching == {"ExplainFunction"}


def test_each_power_is_declared_once() -> None:
    assert len(HOLDERS) == len(POWERS)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "s3:GetObject", "Resource": {"Fn::Sub": "${TrustBucket.Arn}/active/*"}}, True),
        ({"Action": ["s3:PutObject", "s3:GetObject"], "Resource": [{"Fn::Sub": "${TrustBucket.Arn}/*"}]}, True),
        ({"Action": "s3:GetObject", "Resource": "*"}, True),
        ({"Action": "s3:GetObject", "Resource": {"Fn::Sub": "${TrustBucket.Arn}/incoming/*"}}, False),
        ({"Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["TrustBucket", "Arn"]}}, False),
        ({"Action": "s3:PutObject", "Resource": {"Fn::Sub": "${TrustBucket.Arn}/active/*"}}, False),
    ],
)
def test_grants_of_a_statement_are_recognised(statement: dict[str, Any], expected: bool) -> None:
    assert _grants(statement, "s3:GetObject", "TrustBucket/active/trust.json") is expected


def test_every_use_of_a_key_is_declared() -> None:
    used: dict[str, set[str]] = {}
    for name, actions in _allowed().items():
        for action in actions:
            used.setdefault(action, set()).add(name.removesuffix("Function"))
    decided: dict[str, set[str]] = {}
    for power in POWERS:
        decided.setdefault(power.action, set()).update(power.holders)

    assert {a: names for a, names in used.items() if a.startswith("kms:")} == {
        a: names for a, names in decided.items() if a.startswith("kms:") and names
    }


def test_one_function_deletes_items_and_only_the_dry_run_scans() -> None:
    dangerous = {"dynamodb:BatchWriteItem", "dynamodb:DeleteTable"}

    assert not [name for name, actions in _allowed().items() if actions & dangerous]
    assert [n for n, actions in _allowed().items() if "dynamodb:DeleteItem" in actions] == ["EraseEndedFunction"]
    assert [n for n, actions in _allowed().items() if "dynamodb:Scan" in actions] == ["ActivateTrustFunction"]


@pytest.mark.parametrize("function", ["PrecheckFunction", "ListIssuersFunction"])
def test_public_functions_read_the_active_trust_document_and_nothing_else(function: str) -> None:
    (statement,) = statements(function)

    assert statement["Action"] == "s3:GetObject"
    assert statement["Resource"] == {"Fn::Sub": "${TrustBucket.Arn}/active/trust.json"}


def test_expanded_roles_carry_the_inline_policy_and_what_sam_adds() -> None:
    for name in FUNCTIONS:
        role = of_type("AWS::IAM::Role", expanded())[f"{name}Role"]
        managed = {arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]}
        assert managed <= SAMS_OWN
        documents = [as_list(policy["PolicyDocument"]["Statement"]) for policy in role["Policies"]]
        own = written(name)
        assert own in documents
        added = [each for each in documents if each != own]
        # Lambda writes failed records with the role of the stream's function.
        # It does so for failed deliveries with the role of the function that is called.
        given_up = {"PublishEventsFunction": "UnpublishedEvents", "CollectAuditFunction": "UncollectedAudit"}
        queue = {"Fn::GetAtt": [given_up.get(name), "Arn"]}
        sams = [{"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": queue}]
        assert added == ([sams] if name in given_up else [])
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": ["lambda.amazonaws.com"]}


# What SAM's managed policies allow on every log group, queue and stream of the account.
# `dynamodb:ListStreams` knows no resource, and names streams only.
WRITE_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
READ_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]


@each_function
def test_an_expanded_role_writes_its_own_log_group_only(name: str) -> None:
    own = {"Fn::GetAtt": [name.removesuffix("Function") + "Logs", "Arn"]}

    assert _denied_elsewhere(name)[0] == (WRITE_LOGS, own)


@each_function
def test_an_expanded_role_reads_the_queue_and_the_streams_of_its_events_only(name: str) -> None:
    mappings = [
        mapping["EventSourceArn"]
        for mapping in of_type("AWS::Lambda::EventSourceMapping", expanded()).values()
        if references(mapping["FunctionName"]) == {name}
    ]
    streams = sorted((s for s in mappings if s["Fn::GetAtt"][1] == "StreamArn"), key=str)
    queues = [source for source in sorted(mappings, key=str) if source not in streams]
    expected: list[Any] = [(READ_QUEUE, queues[0] if len(queues) == 1 else queues)] if queues else []
    # Not by the stream's own ARN: a table that is restored under its name gets a new one.
    tables = [{"Fn::Sub": f"${{{stream['Fn::GetAtt'][0]}.Arn}}/stream/*"} for stream in streams]
    expected += [(READ_STREAM, tables)] if streams else []

    assert _denied_elsewhere(name)[1:] == expected
    managed = {arn.rpartition("/")[2] for arn in _role(name)["ManagedPolicyArns"]} - {"AWSLambdaBasicExecutionRole"}
    assert managed == (
        {"AWSLambdaDynamoDBExecutionRole"} if streams else {"AWSLambdaSQSQueueExecutionRole"} if mappings else set()
    )


def _role(name: str) -> dict[str, Any]:
    return of_type("AWS::IAM::Role", expanded())[f"{name}Role"]


def _denied_elsewhere(name: str) -> list[tuple[list[str], Any]]:
    """The actions that an expanded role is denied everywhere but on a resource, without any condition."""
    documents = [policy["PolicyDocument"] for policy in _role(name)["Policies"]]
    denying = [s for document in documents for s in as_list(document["Statement"]) if s.get("Effect") == "Deny"]
    assert all(s.keys() == {"Sid", "Effect", "Action", "NotResource"} for s in denying)
    return [(s["Action"], s["NotResource"]) for s in denying]


def test_expanded_wildcards_are_known() -> None:
    found = [statement for policy in _documents() for statement in _open(policy)]

    assert found
    assert all(statement in (TEXT_MESSAGES, QUERY_RESULTS) for statement in found)


@pytest.mark.parametrize(
    ("function", "schedule"),
    [("FlagExpiringFunction", "Daily"), ("WatchIssuersFunction", "Nightly"), ("EraseEndedFunction", "Nightly")],
)
def test_the_schedules_role_may_invoke_its_function_only(function: str, schedule: str) -> None:
    role = of_type("AWS::IAM::Role", expanded())[f"{function}{schedule}Role"]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Action"] == "lambda:InvokeFunction"
    assert references(statement["Resource"]) == {function}


def test_a_queue_takes_messages_from_s3_of_this_account_or_from_one_rule_only() -> None:
    for policy in of_type("AWS::SQS::QueuePolicy").values():
        (queue,) = policy["Queues"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        by_rule = queue == {"Ref": "NoticeQueue"}
        assert statement["Principal"] == {"Service": "events.amazonaws.com" if by_rule else "s3.amazonaws.com"}
        assert statement["Action"] == "sqs:SendMessage"
        assert statement["Resource"] == {"Fn::GetAtt": [queue["Ref"], "Arn"]}
        assert statement["Condition"] == (
            {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["TellCustomers", "Arn"]}}}
            if by_rule
            else {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        )


def test_only_api_schedule_and_the_stacks_logs_may_invoke() -> None:
    permissions = of_type("AWS::Lambda::Permission", expanded()).values()

    by_logs = [permission for permission in permissions if permission["Principal"] == "logs.amazonaws.com"]
    others = [permission for permission in permissions if permission not in by_logs]
    assert {permission["Principal"] for permission in others} == {"apigateway.amazonaws.com"}
    assert all(references(permission["SourceArn"]) & {"Api", "RelyingApi"} for permission in others)
    (collecting,) = by_logs
    assert collecting["FunctionName"] == {"Ref": "CollectAuditFunction"}
    assert collecting["SourceAccount"] == {"Ref": "AWS::AccountId"}
    groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/${AWS::StackName}/*"
    assert collecting["SourceArn"] == {"Fn::Sub": groups}


def _grants(statement: dict[str, Any], action: str, resource: str) -> bool:
    """Whether a statement lets its function take an action on a resource named as in tests/support/grants.py."""
    if action not in as_list(statement["Action"]):
        return False
    if "NotResource" in statement:
        return resource == "phone"  # everything but topics: see TEXT_MESSAGES
    return any(fnmatchcase(resource, _named(each)) for each in as_list(statement["Resource"]))


def _named(resource: Any) -> str:
    """`Bucket/path` for an ARN with the template's names."""
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    text = resource["Fn::Sub"] if isinstance(resource, dict) else resource
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text)


def _allowed() -> dict[str, set[str]]:
    return {
        name: {a for s in statements(name) if s["Effect"] == "Allow" for a in as_list(s["Action"])}
        for name in FUNCTIONS
    }


def _documents() -> list[dict[str, Any]]:
    roles = of_type("AWS::IAM::Role", expanded()).values()
    resource_policies = [
        p["PolicyDocument"]
        for kind in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy")
        for p in of_type(kind, expanded()).values()
    ]
    return [p["PolicyDocument"] for role in roles for p in role.get("Policies", [])] + resource_policies


def _open(document: dict[str, Any]) -> list[dict[str, Any]]:
    either = [each for s in as_list(document["Statement"]) for each in s.get("Fn::If", ("", s))[1:]]
    allowing = [s for s in either if s["Effect"] == "Allow"]
    return [
        s
        for s in allowing
        if "NotResource" in s
        or "*" in as_list(s["Resource"])
        or any("*" in action for action in as_list(s["Action"]))
        or s.get("Principal") in ("*", {"AWS": "*"})
    ]
