"""What the service costs each month whatever is used, from the expanded template and the nested stack."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.prices import MILLION, PRICES
from registrar.entry.metrics import Metric
from tests.support.shape import NESTED, RELYING_ROUTES, ROUTES, expanded

IDLE_POLLS = 648_000
"""Receives in a month by Lambda's five pollers of a queue, each waiting 20 seconds."""
SECONDS = 2_628_000
AUDIT_OBJECTS = 43_800
"""keep_audit writes an object for a minute's entries, if there are any."""
_EVENTS_OF_AN_OBJECT = 3
"""Data events of CloudTrail: two searches for the chain's end, and the object."""
_METRICS_OF_A_METHOD = 5
"""Count, 4XXError, 5XXError, Latency, IntegrationLatency (API Gateway's detailed metrics)."""

Resources = Mapping[str, dict[str, Any]]


def monthly() -> list[tuple[str, int, float]]:
    """Name, number, USD."""
    own = expanded()
    resources = {**own, **{f"Operations.{name}": each for name, each in NESTED.items()}}
    kinds = Counter(resource["Type"] for resource in resources.values())
    acls = _of(resources, "AWS::WAFv2::WebACL")
    metrics = sum(map(_metrics_of_alarm, _of(resources, "AWS::CloudWatch::Alarm")))
    sources = sum(_is_queue(own, each) for each in _of(own, "AWS::Lambda::EventSourceMapping"))
    return [
        _month("KMS keys", kinds["AWS::KMS::Key"], "kms_key_month"),
        _month("web ACLs", len(acls), "waf_acl_month"),
        _month("rules of web ACLs", sum(len(acl["Rules"]) for acl in acls), "waf_rule_month"),
        _month(f"metrics that {kinds['AWS::CloudWatch::Alarm']} alarms watch", metrics, "alarm_month"),
        _month("metrics counted in log lines", len(Metric) + kinds["AWS::Logs::MetricFilter"], "metric_month"),
        _month("metrics of API methods", _detailed_metrics(resources), "metric_month"),
        _month("dashboards", kinds["AWS::CloudWatch::Dashboard"], "dashboard_month"),
        ("queues that functions poll", sources, sources * IDLE_POLLS / MILLION * PRICES["queue_request"]),
        _snapshots(own),
        _audit_objects(),
    ]


def methods() -> int:
    """How many metrics the methods of both APIs would have."""
    return (len(ROUTES) + len(RELYING_ROUTES)) * _METRICS_OF_A_METHOD


def _month(name: str, number: int, price: str) -> tuple[str, int, float]:
    return name, number, number * PRICES[price]


def _of(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def _metrics_of_alarm(alarm: Mapping[str, Any]) -> int:
    """What an alarm is charged for: its metric, or each that its expression reads (one for a query)."""
    return max(1, sum("MetricStat" in each for each in alarm.get("Metrics", [])))


def _is_queue(resources: Resources, source: Mapping[str, Any]) -> bool:
    """Whether an event source is a queue: polls of streams are free."""
    name = source["EventSourceArn"]["Fn::GetAtt"][0]
    return bool(resources[name]["Type"] == "AWS::SQS::Queue")


def _detailed_metrics(resources: Resources) -> int:
    """Metrics of each method, of the stages that have them switched on."""
    stages = _of(resources, "AWS::ApiGateway::Stage")
    on = any(setting.get("MetricsEnabled") for stage in stages for setting in stage.get("MethodSettings", []))
    return methods() if on else 0


def _snapshots(resources: Resources) -> tuple[str, int, float]:
    """Of each function that starts from one, a snapshot of its memory is kept for the whole month."""
    held = [int(each["MemorySize"]) for each in _of(resources, "AWS::Lambda::Function") if "SnapStart" in each]
    return "snapshots of functions", len(held), sum(held) / 1024 * SECONDS * PRICES["snapshot_gb_second"]


def _audit_objects() -> tuple[str, int, float]:
    """One a minute, with the searches for the chain's end, the function, and what CloudTrail records of both."""
    usd = PRICES["s3_write"] + _EVENTS_OF_AN_OBJECT * PRICES["trail_event"] + PRICES["lambda_request"]
    usd += (_EVENTS_OF_AN_OBJECT - 1) * PRICES["s3_read"]
    return "objects of the audit chain", AUDIT_OBJECTS, AUDIT_OBJECTS / MILLION * usd
