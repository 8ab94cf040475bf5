"""Another person at the bank, who read the report on a proposed trust document, confirms it (ConfirmTrust).

Fields: confirm (the SHA-256 that the report names), reason. activate_trust then checks the proposal again and
activates it. Who may start this document may not write the proposal (docs/runbook.md, "Two persons").
"""

from typing import Any

from registrar.aws import wiring as stores
from registrar.domain.reasons.errors import AdminStepRefused
from registrar.entry.command import invoked, who_and_why
from registrar.entry.fields import Fields
from registrar.entry.log import audit

executions = stores.executions()
trust = stores.trust_bucket()


@invoked(executions.find, ConfirmTrust={})
def lambda_handler(fields: Fields) -> dict[str, Any]:
    confirmed = fields.text("confirm", "[0-9a-f]{64}")
    who = who_and_why(fields)
    report = trust.last_report()
    try:
        _check(report, confirmed)
    except AdminStepRefused as refused:
        audit("trust.not_confirmed", sha256=confirmed, why=refused.why, **who)
        raise
    if not report["activated"]:
        trust.confirm(confirmed)
    audit("trust.confirmed", sha256=confirmed, version=report["version"], **who)
    return {"sha256": confirmed, "version": report["version"]}


def _check(report: dict[str, Any], confirmed: str) -> None:
    """Raises AdminStepRefused where the report is about another document, or refuses this one."""
    if report.get("sha256") != confirmed:
        raise AdminStepRefused("confirm is not the sha256 of reports/trust.json: read it again")
    if "reasons" in report:
        raise AdminStepRefused("the document was refused: reports/trust.json gives the reasons")
