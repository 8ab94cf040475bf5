"""docs/relying.yaml against the running service, with generated requests, signed as a relying service signs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.openapi import RELYING_OPERATIONS, RELYING_PATH
from tools.cloud import relying
from tools.cloud.emulator import REGION
from tools.cloud.local_cloud import LocalCloud

if TYPE_CHECKING:
    import requests
    from schemathesis import BaseSchema, Case

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

EXAMPLES = 15
SEED = 20261129
EXCLUDED = {
    "unsupported_method": "API Gateway answers a method that a path does not have, and cannot say 405",
    "allow_header_conformance": "the same",
    "ignored_auth": "tests/local/test_relying.py: the emulator's gateway refuses without a problem document",
}

# JSON Schema takes 182.0 for a whole number, the service does not.
WHOLE_NUMBERS = {"expires_in", "values.amount", "values.instalments", "values.months"}


class Signature:
    """Signs what `requests` is about to send."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials

    def __call__(self, sent: "requests.PreparedRequest") -> "requests.PreparedRequest":
        kept = {name: value for name, value in sent.headers.items() if name.lower() in ("content-type", "host")}
        signed = AWSRequest(sent.method, sent.url, kept, sent.body)
        SigV4Auth(self.credentials, "execute-api", REGION).add_auth(signed)
        sent.headers.update(dict(signed.headers.items()))
        return sent


@pytest.fixture(scope="module")
def schema() -> "BaseSchema":
    import schemathesis  # slow to import: only here

    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_path(RELYING_PATH, config=config)


@pytest.fixture
def session(cloud: LocalCloud) -> Iterator["requests.Session"]:
    import requests

    with requests.Session() as made:
        made.trust_env = False  # a proxy of the environment must not receive loopback requests
        made.auth = Signature(relying.credentials_of(cloud.emulator, "transfers"))
        yield made


def check_case(case: "Case[Any]", url: str, session: "requests.Session", method: str) -> None:
    """Send it and check: no 5xx, documented status, type, headers and body, validity as documented.

    Another method than the operation's is no address: the gateway refuses it. A kind that the service may not ask
    for is refused by the function.
    """
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    excluded: list[Any] = [CHECKS.get_one(name) for name in EXCLUDED]
    response = case.call(base_url=url, session=session)
    body = response.json() if response.content else {}
    if body.get("params", {}).get("field") in WHOLE_NUMBERS:
        excluded.append(CHECKS.get_one("positive_data_acceptance"))
    by_the_gateway = body.get("code") == "RELYING_SERVICE_NOT_SIGNED"
    assert by_the_gateway == (case.method.upper() != method)
    if not by_the_gateway:
        case.validate_response(response, excluded_checks=excluded, transport_kwargs={"session": session})


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("method", "path"), RELYING_OPERATIONS)
def test_random_requests_get_documented_responses(
    cloud: LocalCloud, schema: "BaseSchema", session: "requests.Session", mode: str, method: str, path: str
) -> None:
    from hypothesis import HealthCheck, Phase, assume, given, settings
    from hypothesis import seed as seeded
    from schemathesis import GenerationMode

    cases = schema[path][method].as_strategy(generation_mode=GenerationMode(mode))

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send_and_check(case: "Case[Any]") -> None:
        # A pattern of IAM matches no line break on the local cloud: it denies the request itself.
        assume(not any("\n" in unquote(str(value)) for value in case.path_parameters.values()))
        check_case(case, cloud.relying_url, session, method)

    send_and_check()


@pytest.mark.parametrize(("method", "path"), RELYING_OPERATIONS)
def test_requests_at_every_limit_get_documented_responses(
    cloud: LocalCloud, schema: "BaseSchema", session: "requests.Session", method: str, path: str
) -> None:
    from schemathesis import GenerationMode

    operation, sent = schema[path][method], 0
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    for case in schema.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=generation
    ):
        check_case(case, cloud.relying_url, session, method)
        sent += 1
    assert sent > 2
