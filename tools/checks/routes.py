"""Checks the README's table of routes and functions against template.yaml: `python -m tools.checks.routes`.

`--write` writes the table. It has one row for each function, in the template's order: what starts it, its
folder, and its Description.
"""

from pathlib import Path
from typing import Any

from tools.checks.sections import keep_section
from tools.cloud.emulator import ROOT
from tools.packaging.template import read_template

README = ROOT / "README.md"
BEGIN = "<!-- routes: written by `make docs` from template.yaml -->\n"
END = "<!-- end of routes -->\n"


def main() -> None:
    """Compare the table with the template, or write it."""
    keep_section(README, BEGIN, END, table(read_template(ROOT / "template.yaml")))


def table(template: dict[str, Any]) -> str:
    """Draw one row for each function of a template."""
    resources: dict[str, Any] = template["Resources"]
    functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}
    authorizers = {
        each["FunctionArn"]["Ref"].removesuffix(".Alias")
        for resource in resources.values()
        if resource["Type"] == "AWS::Serverless::Api"
        for each in resource["Properties"]["Auth"].get("Authorizers", {}).values()
    }
    collectors = {
        resource["Properties"]["DestinationArn"]["Fn::GetAtt"][0]
        for resource in resources.values()
        if resource["Type"] == "AWS::Logs::SubscriptionFilter"
    }
    lines = ["| started by | function | what it does |", "| --- | --- | --- |"]
    for name, function in functions.items():
        started = [_cause(event["Type"], event["Properties"]) for event in function.get("Events", {}).values()]
        if name in collectors:
            started = ["audit lines of the log groups"]
        elif not started:
            started = ["every route that is not public" if name in authorizers else "staff, by a document"]
        folder = Path(function["CodeUri"]).name
        lines.append(f"| {', '.join(started)} | `{folder}` | {function['Description']} |")
    return "\n".join(lines) + "\n"


def _cause(kind: str, event: dict[str, Any]) -> str:
    if kind == "Api":
        if event.get("RestApiId") == {"Ref": "RelyingApi"}:
            return f"relying service: `{event['Method']} {event['Path']}`"
        public = " (public)" if event.get("Auth", {}).get("Authorizer") == "NONE" else ""
        return f"`{event['Method']} {event['Path']}`{public}"
    if kind == "SQS":
        return f"queue `{event['Queue']['Fn::GetAtt'][0]}`"
    if kind == "DynamoDB":
        return f"stream of `{event['Stream']['Fn::GetAtt'][0]}`"
    if kind == "ScheduleV2":
        zone = event.get("ScheduleExpressionTimezone")
        return f"`{event['ScheduleExpression']}`" + (f" in {zone}" if zone else "")
    raise ValueError(f"the table has no words for an event of type {kind}")


if __name__ == "__main__":
    main()
