"""The alarms of our own metrics fire on the local cloud. Why others cannot: tests/template/test_alarms.py.

The local cloud reads no metrics out of logs: the test does that.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from registrar.entry.metrics import Metric, counted
from tests.support.shape import RESOURCES, of_type
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone

pytestmark = pytest.mark.cloud

STACK = {"Ref": "AWS::StackName"}
OURS = {name: alarm for name, alarm in of_type("AWS::CloudWatch::Alarm").items() if alarm.get("Namespace") == STACK}


def _extract(cloud: LocalCloud, line: dict[str, Any], times: int = 1) -> None:
    """Put what a line counts where CloudWatch puts it."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            datum = {"MetricName": metric["Name"], "Value": line[metric["Name"]] * times, "Unit": metric["Unit"]}
            cloud.client("cloudwatch").put_metric_data(Namespace=directive["Namespace"], MetricData=[datum])


def _state(cloud: LocalCloud, alarm: str) -> str:
    client = cloud.client("cloudwatch")
    (found,) = client.describe_alarms(AlarmNames=[cloud.physical(alarm)])["MetricAlarms"]
    return str(found["StateValue"])


def test_deployed_functions_count_in_the_namespace_of_the_alarms(
    cloud: LocalCloud, new_phone: Callable[..., Phone]
) -> None:
    new_phone()
    (alarm,) = cloud.client("cloudwatch").describe_alarms(AlarmNames=[cloud.physical("UnexpectedFailuresAlarm")])[
        "MetricAlarms"
    ]
    lines = [
        json.loads(line)
        for line in cloud.logs("LoginFunction") + cloud.logs("VerifyPasskeyFunction")
        if "_aws" in line
    ]

    assert lines
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == alarm["Namespace"]


@pytest.mark.parametrize("name", OURS)
def test_an_alarm_of_our_own_metrics_fires(cloud: LocalCloud, name: str) -> None:
    assert RESOURCES[name]["Type"] == "AWS::CloudWatch::Alarm"
    line = counted(Metric(OURS[name]["MetricName"]))
    _extract(cloud, line, times=OURS[name]["Threshold"] + 1)

    assert _state(cloud, name) == "ALARM"
