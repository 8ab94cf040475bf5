"""Every alarm: it fires for what it is about, it ends, it has a chapter of the runbook, and somebody hears of it.

On the local cloud only alarms of our own metrics fire (tests/local/test_alarms.py): WHY_NOT_LOCAL has the reasons.
Here each alarm is evaluated on measured values as CloudWatch documents it (tests/support/alarms.py).
"""

import re
from typing import Any, NamedTuple

import pytest

from registrar.entry.metrics import Metric
from tests.support.alarms import Dimensions, Measured, metric_of, state
from tests.support.shape import FUNCTIONS, NESTED, RESOURCES, events, expanded, of_type, references
from tools.cloud.emulator import ROOT

BESIDE = of_type("AWS::CloudWatch::Alarm")
ALARMS = BESIDE | of_type("AWS::CloudWatch::Alarm", NESTED)
ALARM_ACTIONS = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
STACK = str({"Ref": "AWS::StackName"})
RELYING = str({"Fn::Sub": "${AWS::StackName}-relying"})
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
WHY_NOT_LOCAL = {
    "AWS/SQS": "the local cloud measures no queues",
    "AWS/ApiGateway": "the local cloud measures no APIs",
    "AWS/Lambda": "the local cloud compares alarms without dimensions, and never for missing values",
    "AWS/SNS": "the local cloud measures no text messages",
    "AWS/WAFV2": "the local cloud has no WAF",
    "AWS/Events": "the local cloud has no trail, and measures no rules",
    STACK: "",  # ours: they fire there
}


class Shown(NamedTuple):
    """Values of a metric for which an alarm fires, and values for which it does not."""

    fires: list[float | None]
    quiet: list[float | None]


_ERRORS = Shown([1], [0])
_LETTERS = Shown([1], [0])
SHOWN = {
    "ApiFailuresAlarm": Shown([0.05, 0.0, 0.05], [0.0, 0.05, 0.01]),
    "RelyingApiFailuresAlarm": Shown([0.0, 0.03, 0.03], [0.02, 0.02, 0.02]),
    "ApiLatencyAlarm": Shown([4100, 9000, 4001], [9000, 9000, 900]),
    "RelyingApiLatencyAlarm": Shown([10001] * 3, [10001, 10001, 9999]),
    "ThrottledFunctionsAlarm": Shown([6], [5]),
    "UnexpectedFailuresAlarm": Shown([1], [0]),
    "FailedMessagesAlarm": Shown([21], [20]),
    "MisconfiguredChannelsAlarm": Shown([1], [None]),
    "RevokedAuthoritiesAlarm": Shown([1], [None]),
    "FlagExpiringMissingAlarm": Shown([None] * 25, [*[None] * 24, 1]),
    "WatchIssuersMissingAlarm": Shown([None] * 25, [1, *[None] * 24]),
    "EraseEndedMissingAlarm": Shown([None] * 25, [*[None] * 12, 3, *[None] * 12]),
    "RetryDeferredMissingAlarm": Shown([None] * 3, [5, None, 5]),
    "SmsSpendAlarm": Shown([5001], [5000]),
    "KeyUseAlarm": Shown([1], [None]),
    "PublishEventsAlarm": Shown([600001], [600000]),
    "FlagExpiringAlarm": _ERRORS,
    "WatchIssuersAlarm": _ERRORS,
    "EraseEndedAlarm": _ERRORS,
    "UnpublishedEventsAlarm": _LETTERS,
    "UncollectedAuditAlarm": _LETTERS,
    "ServerErrorsAlarm": Shown([5], [4]),
} | {name: _LETTERS for name in ALARMS if name.endswith("DeadLettersAlarm")}
AGES = {
    # A delayed message deletes an upload's files after eleven minutes.
    "ValidationQueue": 1800,
    "QuestionsQueue": 1200,
    "LossQueue": 300,
    "ExpiryQueue": 4 * 3600,
    # Quiet hours take eleven.
    "NoticeQueue": 14 * 3600,
    "WatchQueue": 4 * 3600,
    "TrustQueue": 2400,
    "ReevaluationQueue": 4 * 3600,
    "AuditQueue": 1800,
    # A full morning takes its day; what is left waits for the next.
    "ExpiryNoticeQueue": 24 * 3600,
}
# A reported loss, and a line that nothing protects yet, cannot wait for all tries.
URGENT = {"LossQueue", "AuditQueue"}
AGE_ALARMS = {queue.removesuffix("Queue") + "AgeAlarm": queue for queue in AGES if queue != "AuditQueue"}
AGE_ALARMS |= {"AuditBehindAlarm": "AuditQueue"}
SHOWN |= {name: Shown([AGES[queue] + 1], [AGES[queue]]) for name, queue in AGE_ALARMS.items()}


def _dimensions(**values: str) -> Dimensions:
    return frozenset(values.items())


AUTHORIZER = _dimensions(FunctionName=str({"Ref": "AuthorizeFunction"}))


def _errors(**measured: float) -> Measured:
    """Errors of the aliases that a release's alarm adds up; none of those that are not named."""
    return {
        ("AWS/Lambda", "Errors", _dimensions(FunctionName=str({"Ref": name}), Resource=_alias(name))): [
            measured.get(name, 0)
        ]
        for name, function in FUNCTIONS.items()
        if "AutoPublishAlias" in function
    }


def _alias(function: str) -> str:
    return str({"Fn::Sub": f"${{{function}}}:live"})


KOREA = _dimensions(Country="KR", SMSType="Transactional")
# Alarms with a formula: what is measured when they fire, and when they do not.
COMPUTED: dict[str, tuple[Measured, Measured]] = {
    "FailedFunctionsAlarm": (
        {("AWS/Lambda", "Errors", frozenset()): [103], ("AWS/Lambda", "Errors", AUTHORIZER): [100]},
        # Requests without a token are errors of the authorizer, and nothing is wrong.
        {("AWS/Lambda", "Errors", frozenset()): [100], ("AWS/Lambda", "Errors", AUTHORIZER): [100]},
    ),
    "ReleaseErrorsAlarm": (
        _errors(LoginFunction=2, RequestUploadFunction=1),
        _errors(LoginFunction=2, SignRequestFunction=1),
    ),
    "MoreReleaseErrorsAlarm": (
        _errors(OpenContainerFunction=1, SignRequestFunction=2),
        _errors(LoginFunction=3, SignRequestFunction=2),
    ),
    "SmsDeliveryAlarm": (
        {("AWS/SNS", "SMSSuccessRate", KOREA): [0.89, 0.5]},
        {("AWS/SNS", "SMSSuccessRate", KOREA): [0.2, 0.95]},
    ),
    "BlockedRequestsAlarm": (
        {
            ("AWS/WAFV2", "BlockedRequests", _dimensions(WebACL=acl, Rule="ALL", Region="r")): [151]
            for acl in ("registrar", "relying")
        },
        {
            ("AWS/WAFV2", "BlockedRequests", _dimensions(WebACL="registrar", Rule=rule, Region="r")): [200]
            for rule in ("ALL", "per-address")
        },
    ),
}
each_alarm = pytest.mark.parametrize("name", ALARMS)


def _namespace(alarm: dict[str, Any]) -> str:
    if "Metrics" not in alarm:
        return str(alarm["Namespace"])
    (found,) = set(re.findall(r"AWS/\w+", str(alarm["Metrics"])))
    return str(found)


@each_alarm
def test_an_alarm_fires_for_what_it_is_about_and_ends(name: str) -> None:
    alarm = ALARMS[name]
    if name in COMPUTED:
        fires, quiet = COMPUTED[name]
    else:
        metric = metric_of(alarm)
        fires, quiet = ({metric: values} for values in SHOWN[name])

    assert state(alarm, fires) == "ALARM"
    assert state(alarm, quiet) == "OK"
    # Nothing happened, or nothing came: a missing run is the only alarm about that.
    assert state(alarm, {}) == ("ALARM" if name.endswith("MissingAlarm") else "OK")


@each_alarm
def test_an_alarm_that_cannot_fire_locally_has_a_reason(name: str) -> None:
    assert _namespace(ALARMS[name]) in WHY_NOT_LOCAL


@each_alarm
def test_an_alarm_names_a_chapter_of_the_runbook_that_names_it(name: str) -> None:
    found = re.search(r'see docs/runbook\.md, "(.+)"$', ALARMS[name]["AlarmDescription"])

    assert found
    headings = [line for line in RUNBOOK.splitlines() if line.startswith(f"## {found[1]}")]
    assert headings, found[1]
    chapter = RUNBOOK.split(headings[0], 1)[1].split("\n## ", 1)[0]
    assert f"`{name}`" in headings[0] + chapter


@each_alarm
def test_somebody_hears_of_an_alarm_and_of_its_end(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == ALARM_ACTIONS
    assert ALARMS[name]["OKActions"] == ALARM_ACTIONS


@each_alarm
def test_what_an_alarm_watches_exists(name: str) -> None:
    """A metric by a name that nobody measures would never fire."""
    alarm = ALARMS[name]
    metrics = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part]
    for metric in metrics or ([alarm] if "Metrics" not in alarm else []):
        namespace, measured, dimensions = metric_of(metric)
        if namespace == STACK:
            assert measured in set(Metric)
            assert not dimensions, "the functions give none"
        for dimension in metric.get("Dimensions", []):
            named, value = dimension["Name"], dimension["Value"]
            if named == "FunctionName":
                assert value["Ref"] in FUNCTIONS
            elif named == "Resource":
                assert references(value) <= FUNCTIONS.keys()
            elif named == "RuleName":
                assert NESTED[value["Ref"]]["Type"] == "AWS::Events::Rule"
            elif named == "Resource":
                (function,) = references(value)
                assert FUNCTIONS[function]["AutoPublishAlias"] == "live"
                assert str(value) == _alias(function)
            elif named == "QueueName":
                resource, attribute = value["Fn::GetAtt"]
                assert (RESOURCES[resource]["Type"], attribute) == ("AWS::SQS::Queue", "QueueName")
            elif named == "ApiName":
                names = {str(api["Name"]) for api in of_type("AWS::ApiGateway::RestApi", expanded()).values()}
                assert str(value) in names
            else:
                assert (named, value) == ("Stage", "v1")


def test_apis_are_measured_apart() -> None:
    """API Gateway's metrics are kept by the API's name: two APIs with one name are one."""
    apis = of_type("AWS::ApiGateway::RestApi", expanded())

    assert {name: str(api["Name"]) for name, api in apis.items()} == {"Api": STACK, "RelyingApi": RELYING}


def test_every_queue_with_a_consumer_has_an_alarm_about_its_age() -> None:
    """It is raised long before SQS deletes the message, and not while the message is only tried again."""
    assert {source["Queue"]["Fn::GetAtt"][0] for _, source in events("SQS")} == AGES.keys()
    for name, queue in AGE_ALARMS.items():
        alarm = ALARMS[name]
        properties = RESOURCES[queue]["Properties"]
        assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
        assert references(alarm["Dimensions"]) == {queue}
        assert alarm["Threshold"] < properties.get("MessageRetentionPeriod", 345600) / 2
        if queue not in URGENT:
            tries = properties["VisibilityTimeout"] * properties["RedrivePolicy"]["maxReceiveCount"]
            assert alarm["Threshold"] > tries


def test_every_schedule_has_an_alarm_about_missing_runs() -> None:
    for function, schedule in events("ScheduleV2"):
        alarm = ALARMS[function.replace("Function", "MissingAlarm")]
        hours = alarm["Period"] * alarm["EvaluationPeriods"] / 3600
        daily = schedule["ScheduleExpression"].startswith("cron")
        assert references(alarm["Dimensions"]) == {function}
        assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Invocations", "breaching")
        assert hours == (25 if daily else 0.25)


def test_alarms_with_formulas_are_made_in_aws_only() -> None:
    """The local cloud rejects a stack that has one."""
    computed = {name for name, alarm in ALARMS.items() if "Metrics" in alarm}

    assert computed == COMPUTED.keys()
    assert {name for name in BESIDE if RESOURCES[name].get("Condition") == "InAws"} == computed & BESIDE.keys()


def test_alarms_that_the_local_cloud_or_a_release_needs_are_not_in_the_nested_stack() -> None:
    """It is made in AWS only, and CodeDeploy gets its alarms by the names that this stack gives them."""
    nested = ALARMS.keys() - BESIDE.keys()

    assert RESOURCES["Operations"]["Condition"] == "InAws"
    assert STACK not in {_namespace(ALARMS[name]) for name in nested}
    assert not {name for name in nested if "Release" in name}
