"""What docs/runbook.md names exists: chapters, log groups, resources, parameters, outputs, forms, tools, log lines.

Somebody reads it at night: a name that nothing has any more costs them the hour.
"""

import importlib.util
import re
import shlex

import pytest
from botocore import xform_name
from botocore.session import get_session

from registrar.entry.metrics import Metric
from tests.support.shape import NESTED, OPERATIONS, RESOURCES, of_type
from tools.cloud.automation import checked, documents, policy_for
from tools.cloud.emulator import ROOT
from tools.packaging.template import read_template

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
CHAPTERS = re.findall(r"^###? (.+)$", RUNBOOK, re.MULTILINE)
INDEX = RUNBOOK.split("## Find the chapter\n")[1].split("\n## ")[0]
TEMPLATE = read_template(ROOT / "template.yaml")
FORMS = documents()
FILLED_IN = {name for content in FORMS.values() for name in content.get("parameters", {})}
PARAMETERS = set(TEMPLATE["Parameters"])
_PROSE = re.sub(r"```.*?```", "", RUNBOOK, flags=re.DOTALL)
WORDS = set(re.findall(r"`([^`\n]+)`", _PROSE))
TITLES = set(re.findall(r'"([A-Z0-9][^"\n]*)"', re.sub(r"`[^`\n]*`", "", _PROSE)))
CODE = "".join(
    path.read_text()
    for folder in ("functions", "layers/registrar/python/registrar")
    for path in (ROOT / folder).rglob("*.py")
)
# Texts of AWS's consoles, and chapters of other documents.
ELSEWHERE = {
    "Account spend threshold",
    "Concurrent executions",
    "Delivery status logging",
    "Guessing",
    "Queries",
    "Rules",
    "SNS Text Messaging",
    "Sampled requests",
    "Waiting notices",
    "What a stolen role could do",
}
# Actions, metrics, settings and members that AWS, SAM and Python name.
FOREIGN = {
    "AccessDenied",
    "AutoPublishAlias",
    "BlockedRequests",
    "ClientError",
    "ConcurrentExecutions",
    "CountedRequests",
    "CreateGrant",
    "DeletionProtectionEnabled",
    "DeliveryErrors",
    "DeliveryStatusIAMRole",
    "DeliveryStatusSuccessSamplingRate",
    "DeliveryThrottling",
    "DestinationDeliveryFailures",
    "InternalError",
    "InvocationAttemptCount",
    "KeyError",
    "KeySpec",
    "MaximumConcurrency",
    "MonthlySpendLimit",
    "PutItem",
    "RuleActionOverrides",
    "SMSMonthToDateSpentUSD",
    "ServerlessDeploymentApplication",
    "SizeRestrictions_BODY",
    "StartAutomationExecution",
    "TargetErrorCount",
    "UpdateItem",
    "ValueError",
}
# Resources of a later release: what a key is renamed to.
RENAMED = {"RandomNumberKeyB2", "ReceiptKeyA2", "SealingKeyA2"}

# Options of the AWS CLI itself, and commands that it has beside the API's.
OF_THE_CLI = {"query", "output", "cli-binary-format"}
CLI_NAMES = {"deploy": "codedeploy", "s3api": "s3"}
HIGH_LEVEL = {("s3", "sync"), ("s3", "cp"), ("cloudtrail", "validate-logs"), ("dynamodb", "wait")}


def _matching(pattern: str) -> set[str]:
    """The words in code that are of this form."""
    return {word for word in WORDS if re.fullmatch(pattern, word)}


def _commands() -> list[tuple[str, dict[str, str]]]:
    """Each form that a command starts, with what the command fills in."""
    console = re.findall(r"--document-name \S+?-(\w+) --parameters ([A-Z][^`\n]*)", RUNBOOK)
    local = re.findall(r"tools\.cloud\.automation (\w+) --as \S+ ([^`\n]*)", RUNBOOK)
    words = [(form, shlex.split(rest.replace(",", " "))) for form, rest in console + local]
    return [(form, dict(word.split("=", 1) for word in given)) for form, given in words]


def test_a_chapter_or_saved_query_that_is_referred_to_exists() -> None:
    queries = of_type("AWS::Logs::QueryDefinition", OPERATIONS["Resources"]).values()
    known = ELSEWHERE | {query["Name"]["Fn::Sub"].split("/")[1] for query in queries}

    assert {title for title in TITLES - known if not any(name.startswith(title) for name in CHAPTERS)} == set()


def test_the_index_leads_to_every_chapter_and_alarm() -> None:
    named = re.findall(r'"([^"]+)"', INDEX)
    chapters = [name for name in CHAPTERS if not any(name.startswith(each) for each in named)]
    alarms = of_type("AWS::CloudWatch::Alarm", RESOURCES | NESTED)

    assert chapters == ["Find the chapter", "Where to look", "Names in commands"]
    assert {name for name in alarms if f"`{name}`" not in INDEX} == set()


def test_a_log_group_exists() -> None:
    groups = of_type("AWS::Logs::LogGroup", RESOURCES | NESTED).values()
    names = {re.sub(r"\$\{[\w:]+\}", "<stack>", group["LogGroupName"]["Fn::Sub"]) for group in groups}

    assert _matching("(/<stack>/|aws-waf-logs-).*") - names == {"/<stack>/<function>"}


def test_a_resource_parameter_metric_or_form_exists() -> None:
    known = {
        *RESOURCES,
        *NESTED,
        *PARAMETERS,
        *TEMPLATE["Outputs"],
        *FORMS,
        *FILLED_IN,
        *Metric,
        *FOREIGN,
        *RENAMED,
    }
    errors = set(re.findall(r"^class (\w+)\(", CODE, re.MULTILINE))

    assert _matching(r"[A-Z]+[a-z0-9]+[A-Z]\w*") - known - errors == set()
    assert set(re.findall(r"\$\(name (\w+)\)", RUNBOOK)) - set(RESOURCES) == set()


def test_an_output_exists() -> None:
    named = re.findall(r"\$\(output (\w+)\)|the output `?([A-Z]\w+)", RUNBOOK)

    assert {"".join(either) for either in named} - set(TEMPLATE["Outputs"]) == set()


def test_a_parameter_that_a_command_sets_exists() -> None:
    set_by_commands = set(re.findall(r"\b([A-Z][a-z]\w+)=(?=\w)", RUNBOOK))

    assert "FirewallMode" in set_by_commands
    assert set_by_commands - PARAMETERS - FILLED_IN - FOREIGN == set()


@pytest.mark.parametrize(("form", "given"), _commands())
def test_a_command_fills_in_a_form_as_it_wants(form: str, given: dict[str, str]) -> None:
    assert checked(FORMS[form], given)


def test_every_form_is_in_the_table_with_the_policy_that_allows_it() -> None:
    table = RUNBOOK.split("\n## Forms in the console\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`) \| `(\w+)\.json`", table, re.MULTILINE)

    listed = {(form, policy) for forms, policy in rows for form in re.findall(r"`(\w+)`", forms)}
    assert listed == {(form, policy_for(form)) for form in FORMS}


def test_a_tool_or_file_exists() -> None:
    tools = set(re.findall(r"tools\.(?:admin|cloud)\.\w+", RUNBOOK))
    files = _matching(r"(docs|tests|tools|functions)/[\w/.]+") | set(re.findall(r"\]\(([\w.]+)\)", RUNBOOK))

    assert [tool for tool in tools if importlib.util.find_spec(tool) is None] == []
    assert [file for file in files if not any((ROOT / folder / file).exists() for folder in ("", "docs"))] == []


def test_a_line_of_the_logs_exists() -> None:
    """The value of `message`, such as `upload.checked`; the change of a re-evaluation is filled in."""
    lines = {
        line for line in _matching(r"[a-z_]+\.[a-z_]+") if not line.endswith((".json", ".txt", ".html", ".yaml"))
    }
    logged = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', CODE)) | {"reevaluation.hold", "reevaluation.lift"}

    assert lines - logged == {"revocation.crl"}, "a member of the trust document"


def test_a_command_of_the_aws_cli_exists_with_its_options() -> None:
    found = re.findall(r"\baws ([a-z0-9]+) ([a-z-]+)((?: \\\n|[^`\n#|>])*)", RUNBOOK)
    wrong = set()
    for service, command, rest in found:
        given = set(re.findall(r"(?<!\S)--([a-z-]+)", rest))
        if (service, command) not in HIGH_LEVEL and not given <= _options(service, command):
            wrong.add((service, command))

    assert len(found) > 20
    assert wrong == set()


def _options(service: str, command: str) -> set[str]:
    """What a command of the AWS CLI takes. Fails where there is no such command."""
    model = get_session().get_service_model(CLI_NAMES.get(service, service))
    (operation,) = [name for name in model.operation_names if xform_name(name, "-") == command]
    shape = model.operation_model(operation).input_shape
    members = shape.members if shape is not None else {}
    return {xform_name(name, "-") for name in members} | OF_THE_CLI
