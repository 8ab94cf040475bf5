"""What a page in a browser gets from the running service: of a listed origin, and of another."""

from collections.abc import Callable

import pytest

from registrar.entry.cors import REQUEST_HEADERS
from tests.support.pages import NOT_LISTED, PAGE, SECOND_PAGE
from tests.support.shape import ROUTES
from tools.cloud.http_calls import HttpResponse, post_form, send
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate

pytestmark = pytest.mark.cloud

NewPhone = Callable[..., Phone]
NewCertificate = Callable[..., CustomerCertificate]


def cors(answer: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def preflight(cloud: LocalCloud, path: str, method: str, origin: str) -> HttpResponse:
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return send("OPTIONS", cloud.url + path, None, {"Origin": origin, **asked})


@pytest.mark.parametrize(("method", "route"), sorted(ROUTES))
def test_every_route_answers_a_preflight_of_a_listed_origin_only(
    cloud: LocalCloud, method: str, route: str
) -> None:
    for origin in (PAGE, SECOND_PAGE):
        answer = preflight(cloud, route, method, origin)
        assert (answer.status, answer.body) == (204, b"")
        assert cors(answer) == {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": "GET, POST, DELETE",
            "access-control-allow-headers": REQUEST_HEADERS,
            "access-control-expose-headers": "Retry-After, x-amzn-RequestId",
            "access-control-max-age": "7200",
        }
    answer = preflight(cloud, route, method, f"{PAGE}.evil.com")
    assert (answer.status, cors(answer), answer.headers["vary"]) == (204, {}, "Origin")


@pytest.mark.parametrize("origin", NOT_LISTED)
def test_an_origin_that_only_resembles_a_listed_one_gets_no_preflight(cloud: LocalCloud, origin: str) -> None:
    answer = preflight(cloud, "/uploads", "POST", origin)

    assert (answer.status, cors(answer), answer.headers["vary"]) == (204, {}, "Origin")


def test_a_page_reads_success_and_refusal_of_a_function(cloud: LocalCloud, new_phone: NewPhone) -> None:
    phone = new_phone()
    exposed = {"access-control-expose-headers": "Retry-After, x-amzn-RequestId"}

    for origin in (PAGE, SECOND_PAGE):
        for path, status in (("/registrations", 200), (f"/uploads/{'0' * 32}", 404)):
            answer = phone.call("GET", path, Origin=origin)
            assert (answer.status, cors(answer)) == (status, {"access-control-allow-origin": origin, **exposed})
    for origin in NOT_LISTED:
        answer = phone.call("GET", "/registrations", Origin=origin)
        assert (answer.status, cors(answer), answer.headers["vary"]) == (200, {}, "Origin")
    assert cors(phone.call("GET", "/registrations")) == {}, "an app sends no origin"


@pytest.mark.parametrize("origin", [PAGE, SECOND_PAGE, "https://evil.com"])
def test_what_the_gateway_refuses_itself_names_the_first_origin(cloud: LocalCloud, origin: str) -> None:
    """It cannot compare: pages of the first origin can read it, and a browser keeps it from all others."""
    nobody = {"Authorization": f"Bearer bm9ib2R5.{'A' * 43}"}
    for path, headers, code in (
        ("/registrations", {}, "AUTH_REQUIRED"),
        ("/registrations", nobody, "SESSION_EXPIRED"),
        ("/nowhere", {}, "ROUTE_NOT_FOUND"),
    ):
        answer = send("GET", cloud.url + path, None, {"Origin": origin, **headers})
        assert answer.json()["code"] == code
        assert cors(answer) == {
            "access-control-allow-origin": PAGE,
            "access-control-expose-headers": "Retry-After, x-amzn-RequestId",
        }


def test_the_relying_services_api_answers_no_page(cloud: LocalCloud) -> None:
    for method in ("OPTIONS", "POST"):
        answer = send(method, f"{cloud.relying_url}/status", None, {"Origin": PAGE})
        assert (answer.status, cors(answer)) == (403, {})


def test_a_page_uploads_with_its_form(new_phone: NewPhone, new_certificate: NewCertificate) -> None:
    phone = new_phone()
    file = new_certificate().der
    announced = phone.announce({"signCert.der": file}, Origin=SECOND_PAGE)
    assert announced.headers["access-control-allow-origin"] == SECOND_PAGE
    (form,) = announced.json()["files"]

    other = post_form(form["url"], form["fields"], file + b"x", {"Origin": SECOND_PAGE})
    sent = post_form(form["url"], form["fields"], file, {"Origin": SECOND_PAGE})

    assert (other.status, other.headers["access-control-allow-origin"]) == (400, SECOND_PAGE)
    assert (sent.status, sent.headers["access-control-allow-origin"]) == (204, SECOND_PAGE)
    view = phone.wait_for_decision(announced.json()["upload_id"])
    assert view["state"] == "AWAITING_PROOF"


@pytest.mark.parametrize("origin", NOT_LISTED)
def test_a_page_of_another_origin_learns_nothing_of_the_upload_bucket(
    cloud: LocalCloud, new_phone: NewPhone, origin: str
) -> None:
    form = new_phone().announce({"signCert.der": b"x"}).json()["files"][0]

    sent = post_form(form["url"], form["fields"], b"x", {"Origin": origin})
    asked = send("OPTIONS", form["url"], None, {"Origin": origin, "Access-Control-Request-Method": "POST"})

    assert cors(sent) == cors(asked) == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_a_page_may_only_post_to_the_upload_bucket(cloud: LocalCloud, method: str) -> None:
    bucket = f"{cloud.emulator.url}/{cloud.outputs['UploadBucket']}"

    asked = send("OPTIONS", bucket, None, {"Origin": PAGE, "Access-Control-Request-Method": method})

    assert (asked.status, cors(asked)) == (403, {})
