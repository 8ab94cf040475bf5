"""The dashboard and saved queries of operations.yaml show what exists: metrics, log groups, members of lines."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from registrar.entry.metrics import Metric
from tests.support.shape import NESTED, OPERATIONS, RESOURCES, events, expanded, of_type, verb
from tools.cloud.emulator import ROOT

PASSED = RESOURCES["Operations"]["Properties"]["Parameters"]
QUERIES = of_type("AWS::Logs::QueryDefinition", OPERATIONS["Resources"])
each_query = pytest.mark.parametrize("name", QUERIES)
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text()
    for folder in ("functions", "layers/registrar/python/registrar")
    for path in (ROOT / folder).rglob("*.py")
)
GROUPS = {
    group["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "${Service}")
    for group in of_type("AWS::Logs::LogGroup", RESOURCES | NESTED).values()
}
ACCESS = {
    member
    for stage in ("Apiv1Stage", "RelyingApiv1Stage")
    for member in json.loads(expanded()[stage]["Properties"]["AccessLogSetting"]["Format"])
}
# What powertools adds to a line.
LOGGER = {"level", "message", "exception", "exception_name"}
# What the members of WAF's and CloudTrail's records are called in their documentation.
OTHERS = {"action", "labels", "nonTerminatingMatchingRules", "terminatingRuleId", "time"}
_WORD = re.compile(r"(?<![\w@.'])[a-z][A-Za-z_]*(?:\.[A-Za-z_]+)*(?!\w|\()")
_SYNTAX = {"as", "desc", "by", "in", "and", "or", "like", "fields", "filter", "stats", "sort", "limit"}


def _board() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The widgets, and the values that the body takes besides parameters."""
    body, values = OPERATIONS["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(body)["widgets"], values


def _metrics() -> Iterator[list[Any]]:
    for widget in _board()[0]:
        yield from widget["properties"].get("metrics", [])


def _queues_in(title: str) -> set[str]:
    """The names of the queues that a graph shows, by its title."""
    (widget,) = [each for each in _board()[0] if each["properties"].get("title") == title]
    return {metric[3].strip("${}") for metric in widget["properties"]["metrics"] if metric[0] == "AWS/SQS"}


def _log_groups(query: dict[str, Any]) -> list[str]:
    """The groups of a saved query, by name."""
    groups = query["LogGroupNames"]
    if isinstance(groups, dict):
        separator, text = groups["Fn::Split"]
        return str(text["Fn::Sub"]).split(separator)
    return [group["Fn::Sub"] for group in groups]


def _check_query(text: str, groups: set[str]) -> None:
    """Each message, and each member that a query reads, is one that the code logs."""
    assert groups <= GROUPS
    for message in re.findall(r"message = '([^']+)'", text):
        assert f'"{message}"' in CODE
    for listed in re.findall(r"message in \[([^]]+)\]", text):
        for message in re.findall(r"'([^']+)'", listed):
            assert f'"{message}"' in CODE
    defined = set(re.findall(r" as (\w+)", text))
    read = set(_WORD.findall(re.sub(r"'[^']*'|/[^/]*/", "", text))) - defined - _SYNTAX
    for member in read:
        first, *rest = member.split(".")
        if first in ("detail", "httpRequest") or member in OTHERS | LOGGER | ACCESS:
            continue
        assert re.search(rf'\b{first}=|"{first}"', CODE), member
        assert all(f'"{inner}"' in CODE for inner in rest), member


@each_query
def test_a_saved_query_reads_what_is_logged(name: str) -> None:
    groups = _log_groups(QUERIES[name])

    assert len(groups) == len(set(groups)) <= 50, "Logs Insights reads 50 groups at most"
    _check_query(QUERIES[name]["QueryString"], set(groups))


@each_query
def test_a_saved_query_is_named_in_the_runbook(name: str) -> None:
    folder, title = QUERIES[name]["Name"]["Fn::Sub"].split("/")

    assert folder == "${Service}"
    assert f'"{title}"' in RUNBOOK


def test_the_log_of_every_function_is_in_a_query_about_errors_and_of_every_route_in_one_about_references() -> None:
    functions = {f"/${{Service}}/{verb(name)}" for name in of_type("AWS::Serverless::Function")}
    routes = {f"/${{Service}}/{verb(name)}" for name, _ in events("Api")}
    requests = set(_log_groups(QUERIES["ErrorsOfRequestsQuery"]))

    assert requests | set(_log_groups(QUERIES["ErrorsOfJobsQuery"])) == functions
    assert requests == set(_log_groups(QUERIES["FunctionByReferenceQuery"])) == routes


def test_the_dashboard_shows_every_count_of_ours_and_no_other() -> None:
    shown = {metric[1] for metric in _metrics() if metric[0] == "${Service}"}

    assert shown == set(Metric)


def test_the_dashboard_has_no_more_metrics_than_are_free() -> None:
    shown = {json.dumps(metric[:-1] if isinstance(metric[-1], dict) else metric) for metric in _metrics()}

    assert len(shown) <= 50


def test_the_dashboard_shows_metrics_by_names_that_exist() -> None:
    _, values = _board()
    for metric in _metrics():
        if isinstance(metric[0], dict):
            assert metric[0]["expression"]
        elif metric[0] == "AWS/SQS":
            assert metric[2] == "QueueName"
            assert metric[3].strip("${}") in values
        elif metric[0] == "AWS/ApiGateway":
            assert (metric[2], metric[4], metric[5]) == ("ApiName", "Stage", "v1")
            assert metric[3] in ("${Service}", "${Service}-relying")
        else:
            assert metric[0] in ("${Service}", "AWS/Lambda", "AWS/SNS")


def test_queues_of_the_dashboard_are_those_of_their_labels() -> None:
    """Lists have no names: both parameters have the queues in one order."""
    _, values = _board()
    queues = [arn["Fn::GetAtt"] for arn in PASSED["Queues"]["Fn::Join"][1]]
    dead = [arn["Fn::GetAtt"][0] for arn in PASSED["DeadLetters"]["Fn::Join"][1]]
    for name, value in values.items():
        if name.startswith("Queue"):
            index, _ = value["Fn::Select"]
            assert queues[index] == [name.removeprefix("Queue") + "Queue", "QueueName"]
        else:
            part, split = value["Fn::Select"]
            index, _ = split["Fn::Split"][1]["Fn::Select"]
            assert part == 5, "arn:aws:sqs:region:account:name"
            assert dead[index] == name.removeprefix("Dead") + "DeadLetters"
    assert {name for name, _ in queues} == {source["Queue"]["Fn::GetAtt"][0] for _, source in events("SQS")}


@pytest.mark.parametrize(
    ("title", "prefix"), [("Oldest message of each queue (s)", "Queue"), ("Dead letters", "Dead")]
)
def test_every_queue_with_a_consumer_is_in_the_graphs_of_ages_and_of_dead_letters(title: str, prefix: str) -> None:
    consumed = {source["Queue"]["Fn::GetAtt"][0].removesuffix("Queue") for _, source in events("SQS")}

    assert _queues_in(title) == {prefix + name for name in consumed}


def test_graphs_of_notices_show_the_queues_that_notices_go_through() -> None:
    sources = [source for name, source in events("SQS") if name == "SendNoticeFunction"]
    queues = {"Queue" + source["Queue"]["Fn::GetAtt"][0].removesuffix("Queue") for source in sources}

    assert _queues_in("Waiting notices") == queues
    # What the expiry run could not send ends in the dead letters of its own queue.
    assert _queues_in("Expiry run: planned, sent, failed") == {"DeadExpiryNotice"}


def test_the_dashboard_answers_the_questions_of_the_service() -> None:
    widgets, _ = _board()
    titles = " ".join(widget["properties"].get("title", "") for widget in widgets)
    for question in (
        "way of a certificate",
        "Reasons of refusal",
        "Latency",
        "Oldest message",
        "Expiry run",
        "Issuers",
    ):
        assert question in titles
    latencies = {metric[-1]["stat"] for metric in _metrics() if metric[1:2] == ["Latency"]}
    assert latencies == {"p50", "p99"}


def test_tables_of_the_dashboard_read_what_is_logged() -> None:
    for widget in _board()[0]:
        if widget["type"] == "log":
            *sources, query = widget["properties"]["query"].split(
                " | ", widget["properties"]["query"].count("SOURCE")
            )
            _check_query(query, {source.removeprefix("SOURCE ").strip("'") for source in sources})


def test_widgets_fill_the_grid_without_overlaps() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in _board()[0]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert max(x for x, _ in cells) < 24
        assert not taken & cells
        taken |= cells
