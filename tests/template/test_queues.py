"""Background work: queues with their dead letters and alarms, and the schedule."""

from datetime import timedelta
from math import ceil
from typing import Any

import pytest

from registrar.aws.queues.event_bus import SOURCE
from registrar.aws.tables.registration_items import EXPIRY_SHARDS
from registrar.domain.notices.notice import CLAIM_PAUSE, NOTICE_LEASE
from registrar.domain.notices.pace import GIVE_UP, LONGEST_DELAY, LONGEST_PAUSE
from registrar.domain.notices.queue_messages import KIND_OF_EVENT
from registrar.domain.registrations.upload import LEASE_PAUSE, MAX_ATTEMPTS, VALIDATION_LEASE
from registrar.steps.wiring import AT_ONCE_SECONDS, AT_ONCE_TRIES, QUEUED_SECONDS
from tests.support.shape import (
    FUNCTIONS,
    PARAMETERS,
    RESOURCES,
    environment,
    events,
    expanded,
    function_property,
    of_type,
)

SOURCES = [(function, source["Queue"]["Fn::GetAtt"][0], source) for function, source in events("SQS")]
each_source = pytest.mark.parametrize(("function", "queue", "source"), SOURCES)


def _dead_letters(queue: str) -> str:
    name: str = RESOURCES[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    return name


def test_every_queue_is_a_source_or_holds_dead_letters() -> None:
    sources = {queue for _, queue, _ in SOURCES}
    dead = {_dead_letters(queue) for queue in sources}

    # Changes that the stream's function could not publish, and audit entries that were not collected.
    given_up = {"UnpublishedEvents", "UncollectedAudit"}
    assert sources | dead | given_up == of_type("AWS::SQS::Queue").keys()
    assert len(dead) == len(sources)


@each_source
def test_a_failed_message_does_not_fail_its_batch(function: str, queue: str, source: dict[str, Any]) -> None:
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    mappings = [
        m
        for m in of_type("AWS::Lambda::EventSourceMapping", expanded()).values()
        if m["FunctionName"] == {"Ref": function}
    ]
    assert [m["FunctionResponseTypes"] for m in mappings] == [["ReportBatchItemFailures"]] * len(mappings)


@each_source
def test_a_message_stays_hidden_while_its_function_runs(function: str, queue: str, source: dict[str, Any]) -> None:
    assert RESOURCES[queue]["Properties"]["VisibilityTimeout"] >= function_property(function, "Timeout")


def test_a_redelivered_message_finds_the_lease_expired() -> None:
    hidden = RESOURCES["ValidationQueue"]["Properties"]["VisibilityTimeout"]

    assert hidden > VALIDATION_LEASE.total_seconds()
    # An upload becomes FAILED with the queue's last delivery, not before and not after.
    assert RESOURCES["ValidationQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == MAX_ATTEMPTS


def test_a_redelivered_notice_finds_its_lease_expired_and_a_delayed_one_is_kept() -> None:
    queue = RESOURCES["NoticeQueue"]["Properties"]

    assert function_property("SendNoticeFunction", "Timeout") < NOTICE_LEASE.total_seconds()
    assert NOTICE_LEASE.total_seconds() < queue["VisibilityTimeout"]
    # Quiet hours take 11 hours; SQS hides a message for 12 at most.
    assert queue["MessageRetentionPeriod"] > 24 * 3600


@pytest.mark.parametrize(
    ("queue", "lease", "pause"),
    [
        ("ValidationQueue", VALIDATION_LEASE, LEASE_PAUSE),
        *((queue, NOTICE_LEASE, CLAIM_PAUSE) for queue in ("NoticeQueue", "ExpiryNoticeQueue")),
    ],
)
def test_a_message_that_meets_a_lease_is_retried_until_it_expires(
    queue: str, lease: timedelta, pause: timedelta
) -> None:
    properties = RESOURCES[queue]["Properties"]

    assert pause.total_seconds() < properties["VisibilityTimeout"]
    # One more try for the quiet hours.
    assert 1 + ceil(lease / pause) < properties["RedrivePolicy"]["maxReceiveCount"]


@pytest.mark.parametrize(
    ("function", "expected"),
    [("FlagShardFunction", "ExpiryQueue"), ("ReevaluateSegmentFunction", "ReevaluationQueue")],
)
def test_shard_messages_are_processed_one_at_a_time(function: str, expected: str) -> None:
    ((_, queue, source),) = [each for each in SOURCES if each[0] == function]

    assert (queue, source["BatchSize"]) == (expected, 1)
    assert source["ScalingConfig"]["MaximumConcurrency"] <= len(EXPIRY_SHARDS)


def test_notices_never_outrun_text_messages() -> None:
    queues = [each[1] for each in SOURCES if each[0] == "SendNoticeFunction"]
    mappings = [
        m
        for m in of_type("AWS::Lambda::EventSourceMapping", expanded()).values()
        if m["FunctionName"] == {"Ref": "SendNoticeFunction"}
    ]

    assert queues == ["NoticeQueue", "ExpiryNoticeQueue"]
    assert len(mappings) == 2
    for mapping in mappings:
        assert mapping["ScalingConfig"] == {
            "MaximumConcurrency": {"Fn::If": ["InAws", {"Ref": "NoticeWorkers"}, 2]}
        }
    assert PARAMETERS["NoticeWorkers"]["MinValue"] == 2, "Lambda's least for a queue"
    assert environment("SendNoticeFunction")["NOTICE_WORKERS"] == {"Ref": "NoticeWorkers"}
    assert "ReservedConcurrentExecutions" not in FUNCTIONS["SendNoticeFunction"], "it would spend receives"
    longest = mappings[0]["BatchSize"] * LONGEST_PAUSE.total_seconds()
    assert longest < function_property("SendNoticeFunction", "Timeout") - 5


def test_a_throttled_notice_is_given_up_before_the_queue_drops_it() -> None:
    assert LONGEST_DELAY.total_seconds() <= 900, "SQS delays a message for 15 minutes at most"
    for queue in ("NoticeQueue", "ExpiryNoticeQueue"):
        retention = timedelta(seconds=RESOURCES[queue]["Properties"]["MessageRetentionPeriod"])
        assert GIVE_UP + timedelta(hours=12) < retention


def test_urgent_notices_do_not_wait_behind_the_expiry_run() -> None:
    expiry, urgent = (RESOURCES[name]["Properties"] for name in ("ExpiryNoticeQueue", "NoticeQueue"))

    assert environment("FlagShardFunction")["EXPIRY_NOTICE_QUEUE"] == {"Ref": "ExpiryNoticeQueue"}
    assert "NOTICE_QUEUE" not in environment("FlagShardFunction")
    ours = ("VisibilityTimeout", "MessageRetentionPeriod")
    assert [expiry[name] for name in ours] == [urgent[name] for name in ours]


def test_a_change_that_cannot_be_published_is_isolated_and_kept() -> None:
    found = list(events("DynamoDB"))

    assert {function for function, _ in found} == {"PublishEventsFunction"}
    read = [stream["Stream"]["Fn::GetAtt"] for _, stream in found]
    assert read == [["RegistrationsTable", "StreamArn"], ["SignatureRequestsTable", "StreamArn"]]
    for _, stream in found:
        assert stream["StartingPosition"] == "TRIM_HORIZON"
        assert stream["BisectBatchOnFunctionError"] is True
        # The stream keeps a record for a day; until then it is retried.
        assert 600 < stream["MaximumRecordAgeInSeconds"] < 24 * 3600
        assert "MaximumRetryAttempts" not in stream
        given_up = stream["DestinationConfig"]["OnFailure"]["Destination"]
        assert given_up == {"Fn::GetAtt": ["UnpublishedEvents", "Arn"]}
    alarm = RESOURCES["UnpublishedEventsAlarm"]["Properties"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["UnpublishedEvents", "QueueName"]}
    assert RESOURCES["UnpublishedEvents"]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_notice_rule_matches_the_events_with_notices() -> None:
    rule = RESOURCES["TellCustomers"]["Properties"]

    assert rule["EventBusName"] == {"Ref": "RegistrationEvents"}
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": list(KIND_OF_EVENT)}
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["NoticeQueue", "Arn"]}]


@each_source
def test_dead_letters_are_kept_and_alarm(function: str, queue: str, source: dict[str, Any]) -> None:
    dead = _dead_letters(queue)
    alarms = [
        alarm
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("Dimensions") == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [dead, "QueueName"]}}]
    ]

    assert RESOURCES[dead]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    (alarm,) = alarms
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize("queue", of_type("AWS::SQS::Queue"))
def test_a_queue_is_encrypted(queue: str) -> None:
    assert RESOURCES[queue]["Properties"]["SqsManagedSseEnabled"] is True


DAILY = {
    "FlagExpiringFunction": "cron(0 9 * * ? *)",
    "WatchIssuersFunction": "cron(10 2 * * ? *)",
    "EraseEndedFunction": "cron(30 3 * * ? *)",
}


def test_the_daily_runs_use_seoul_time_and_are_retried() -> None:
    # The first run sends notices to customers: it has the day until quiet hours (21:00 to 8:00).
    schedules = dict(events("ScheduleV2"))
    every_minute = schedules.pop("RetryDeferredFunction")
    assert every_minute["ScheduleExpression"] == "rate(1 minute)"
    assert {function: schedule["ScheduleExpression"] for function, schedule in schedules.items()} == DAILY
    for schedule in schedules.values():
        assert schedule["ScheduleExpressionTimezone"] == "Asia/Seoul"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert schedule["RetryPolicy"]["MaximumRetryAttempts"] >= 1
        assert "State" not in schedule


@pytest.mark.parametrize("function", DAILY)
def test_a_failed_daily_run_alarms(function: str) -> None:
    alarm = RESOURCES[function.replace("Function", "Alarm")]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_each_function_has_one_trigger() -> None:
    # All but the authorizer, which the API names itself, and the one that log groups send their audit lines to.
    causes = {name: len(function.get("Events", {})) for name, function in FUNCTIONS.items()}

    assert causes.pop("AuthorizeFunction") == 0
    assert causes.pop("CollectAuditFunction") == 0
    # Documents invoke these for the staff of the bank, each with its own role.
    people = (
        *("ProposeRecovery", "ApproveRecovery", "SetBankHold", "LockCustomer", "ConfirmTrust", "Explain"),
        *("ProposeBlock", "ConfirmBlock", "PlanReevaluation", "ApplyReevaluation"),
    )
    assert [causes.pop(f"{name}Function") for name in people] == [0] * len(people)
    assert causes.pop("ReportLossFunction") == 3
    assert causes.pop("GetStatusFunction") == 2
    assert causes.pop("SendNoticeFunction") == 2  # the queue of the expiry run, and that of everything else
    assert causes.pop("PublishEventsFunction") == 2  # the streams of registrations and signature requests
    assert set(causes.values()) == {1}


def test_a_slow_message_provider_holds_no_function_until_it_is_killed() -> None:
    batch = max(source["BatchSize"] for function, _, source in SOURCES if function == "SendNoticeFunction")
    phone_channels = 2
    assert batch * phone_channels * QUEUED_SECONDS <= function_property("SendNoticeFunction", "Timeout") - 5
    for name in FUNCTIONS:
        if "MESSAGE_PROVIDER" in environment(name) and name != "SendNoticeFunction":
            assert function_property(name, "Timeout") - 3 >= AT_ONCE_TRIES * AT_ONCE_SECONDS, name
