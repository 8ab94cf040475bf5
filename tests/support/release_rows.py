"""Rows as a release writes them, frozen in tests/fixtures/rows, for the release after it.

    python -m tests.support.release_rows 2026-11-29     # once, when that release is made; never again

At a rollout and after a rollback two releases use the same tables (docs/runbook.md, "Deploying a release").
"""

import base64
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.account import Account, an_account
from tests.support.app import App, trust_demo_issuers
from tests.support.builders import a_certificate
from tests.support.prepared import registered_certificate
from tests.support.rows import a_registration, registrations_of
from tests.support.signing import a_signer
from tests.support.transitions import block

FOLDER = Path(__file__).parents[1] / "fixtures/rows"

Rows = dict[str, list[dict[str, Any]]]
"""Items by table."""
LOSS = "/registrations/{registration_id}/loss"


def written_now(app: App) -> tuple[Rows, dict[str, str]]:
    """What this release writes for a customer who does a bit of everything, and how tests name it."""
    facts = {"token": app.log_in().body["token"]}
    app.account.pass_time(seconds=30)
    facts["challenge"] = app.give_password().body["challenge_id"]
    facts["live"] = registered_certificate(app)[1]["registration_id"]
    facts["held"] = registered_certificate(app)[1]["registration_id"]
    assert app.call("POST", LOSS, registration_id=facts["held"]).status == 200
    signer = a_signer(app)
    facts["signing"] = signer.registration.id
    facts["request"] = signer.asked()
    blocked = a_registration(app.account, at=app.account.at)
    block(registrations_of(app.account), blocked)
    facts["blocked"] = blocked.id
    facts["upload"] = app.upload(a_certificate(key="ec").der)["upload_id"]
    return {table: app.account.items(table) for table in _tables(app.account)}, facts


def frozen(release: Path) -> tuple[Rows, dict[str, str]]:
    """The rows and names of an earlier release."""
    content = json.loads(release.read_text(encoding="utf-8"), object_hook=_bytes)
    return content["rows"], content["facts"]


def load(account: Account, rows: Rows) -> None:
    """Put rows into the tables half a minute after they were begun. Customers are the bank's, and their secrets are
    sealed with another account's key."""
    account.pass_time(seconds=30)
    client = account.client("dynamodb")
    for table, items in rows.items():
        for item in items:
            if table != "CustomersTable":
                client.put_item(TableName=account.physical[table], Item=item)


def kind(table: str, item: Mapping[str, Any]) -> str:
    """What a row is: its table, the fixed parts of its key, and its state."""
    key = [item[name]["S"] for name in ("pk", "sk", "id") if name in item]
    fixed = [re.match(r"[A-Za-z]+(?=[#:])|[A-Z]+$|", value)[0] for value in key]  # type: ignore[index]
    states = [item[name]["S"] for name in ("state", "lifecycle", "operation") if name in item]
    held = sorted(item.get("holds", {}).get("SS", []))
    return " ".join([table, *filter(None, fixed), *states, *held])


def types(item: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of a row, each with its type."""
    return {name: next(iter(value)) for name, value in item.items()}


def _tables(account: Account) -> list[str]:
    return sorted(name for name in account.physical if name.endswith("Table"))


def _text(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _bytes(found: dict[str, Any]) -> Any:
    return base64.b64decode(found["base64"]) if found.keys() == {"base64"} else found


def _main(release: str) -> None:
    with an_account() as account:
        trust_demo_issuers(account)
        app = App(account)
        app.enrol()
        rows, facts = written_now(app)
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"facts": facts, "rows": rows}, ensure_ascii=False, indent=1, default=_text)
    (FOLDER / f"{release}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1])
