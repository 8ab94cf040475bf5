"""docs/openapi.yaml against the running service: what it says is what happens, to generated and to real requests.

What the emulator's gateway answers instead of our code is left out by name (see `by_the_emulators_gateway`).
"""

import importlib
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from local import seed
from local.cloud import LocalCloud
from local.http_calls import Answer, post_form
from local.phone import Phone, sign
from local.pki import CustomerCertificate, one_year_from

if TYPE_CHECKING:
    import requests
    from schemathesis import BaseSchema, Case

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

SPEC = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method.upper(), path)
    for path, item in yaml.safe_load(SPEC.read_text(encoding="utf-8"))["paths"].items()
    for method in METHODS
    if method in item
]
EXAMPLES = 25
SEED = 20261122


@pytest.fixture(scope="module")
def schema() -> "BaseSchema":
    import schemathesis  # a second to import: only where it is used

    return schemathesis.openapi.from_path(SPEC)


@pytest.fixture
def session() -> Iterator["requests.Session"]:
    import requests

    with requests.Session() as made:
        made.trust_env = False  # a proxy in the environment must not get to see loopback addresses
        yield made


def by_the_emulators_gateway(status: int, content_type: str, body: Any) -> bool:
    """The emulator ignores the template's GatewayResponses: no session and no such route are `{"message": …}`.

    In AWS they are the problem documents of the template, which tests/template compares with the document.
    """
    message_only = isinstance(body, dict) and set(body) == {"message"}
    return status in (401, 403) and content_type.startswith("application/json") and message_only


def _json(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _checked(case: "Case", cloud: LocalCloud, session: "requests.Session", headers: dict[str, str]) -> None:
    """Send it; no fault, no undocumented status, type, header or body, nothing accepted or refused against the rules."""
    from schemathesis.checks import load_all_checks, not_a_server_error

    load_all_checks()
    from schemathesis.specs.openapi import checks

    t0 = time.monotonic()
    response = case.call(base_url=cloud.url, headers=headers, session=session)
    if time.monotonic() - t0 > 0.5:
        print("SLOW", time.monotonic() - t0, response.status_code, response.request.url, response.request.headers)
    body = _json(response)
    gateways = by_the_emulators_gateway(response.status_code, response.headers.get("content-type", [""])[0], body)
    excluded: list[Any] = [
        # API Gateway answers 404 (the emulator 403) for a method that a path does not have, and cannot say 405.
        checks.unsupported_method,
        checks.allow_header_conformance,
        checks.ignored_auth,
    ]
    if isinstance(body, dict) and body.get("params", {}).get("field") in (
        "password",
        "files[0].name",
        "consent_version",
    ):
        # "Printable" has no portable form in JSON Schema: the pattern says only a part of it, the text all.
        excluded.append(checks.positive_data_acceptance)
    case.validate_response(
        response,
        [not_a_server_error] if gateways else None,
        excluded_checks=excluded,
        headers=headers,
        transport_kwargs={"session": session, "headers": headers},
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", ["coverage", "positive", "negative"])
def test_generated_requests_get_documented_answers(
    cloud: LocalCloud, schema: "BaseSchema", session: "requests.Session", method: str, path: str, mode: str
) -> None:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as seeded
    from schemathesis import GenerationMode
    from schemathesis.config import GenerationConfig

    phone = Phone(cloud.url, seed.enrol(cloud, f"generated-{mode}-{OPERATIONS.index((method, path))}"))
    headers = {}
    if not path.startswith("/login"):
        assert phone.log_in().status == 200
        headers = {"Authorization": f"Bearer {phone.token}"}
    operation = schema[path][method]

    if mode == "coverage":
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
        cases = schema.iter_coverage_cases(operation, generation_modes=modes, generation_config=GenerationConfig())
        count = 0
        for case in cases:
            _checked(case, cloud, session, headers)
            count += 1
        print(method, path, count)
        return

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def send_and_check(case: "Case") -> None:
        _checked(case, cloud, session, headers)

    send_and_check()
