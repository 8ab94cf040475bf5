"""The tables and examples of docs/integrate.md name what docs/openapi.yaml names."""

import json
import re
from typing import Any

import pytest

from tests.support.openapi import OPERATIONS, SPEC
from tests.support.samples import GUIDE

PASSWORD = OPERATIONS["POST", "/uploads/{upload_id}/password"]
PASSWORD_SECTION = GUIDE.split("### A container: send its password")[1].split("## 5.")[0]
CONFLICTS = PASSWORD["responses"]["409"]["content"]["application/problem+json"]["x-codes"]


def states_of_uploads() -> list[str]:
    return list(SPEC["components"]["schemas"]["Upload"]["discriminator"]["mapping"])


@pytest.mark.parametrize("code", CONFLICTS)
def test_every_conflict_of_a_password_has_its_row(code: str) -> None:
    row = code if not code.startswith("REVOCATION_") else "REVOCATION_…"
    assert f"| 409 `{row}` |" in PASSWORD_SECTION


@pytest.mark.parametrize("state", ["VALIDATING", "DEFERRED", "AWAITING_PROOF", "REJECTED"])
def test_every_state_after_a_right_password_has_its_row(state: str) -> None:
    assert f"| 200 `{state}` |" in PASSWORD_SECTION


@pytest.mark.parametrize("state", states_of_uploads())
def test_the_meaning_of_expires_at_is_described_for_every_state(state: str) -> None:
    table = GUIDE.split("| `state` | what has to happen before `expires_at` |")[1].split("\n\n")[0]
    assert f"`{state}`" in table


@pytest.mark.parametrize("route", [route for route in OPERATIONS if route[0] != "GET"], ids=" ".join)
def test_what_to_do_without_a_response_is_described_for_every_request(route: tuple[str, str]) -> None:
    table = GUIDE.split("**No response** (time-out, connection lost):")[1].split("\n\n")[1]
    assert f"`{' '.join(route)}`" in table


def test_examples_seal_r_and_passwords_to_their_own_keys() -> None:
    values = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]
    (keys,) = (value for value in values if "public_key" in value)
    contract = [example.get("value") for example in examples(SPEC)]

    def key_ids(member: str) -> set[str]:
        sealed = [value[member] for value in values + contract if isinstance(value, dict) and member in value]
        return {each["key_id"] for each in sealed}

    assert key_ids("sealed") == {keys["key_id"]}
    assert key_ids("random_number") == {keys["random_number"]["key_id"]}


def examples(node: Any) -> list[dict[str, Any]]:
    """Every example with a value."""
    if isinstance(node, list):
        return [found for each in node for found in examples(each)]
    if not isinstance(node, dict):
        return []
    named = node.get("examples")
    own = list(named.values()) if isinstance(named, dict) else []
    return own + [found for name, each in node.items() if name != "examples" for found in examples(each)]
