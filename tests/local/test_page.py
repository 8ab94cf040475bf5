"""The page through the emulator's CloudFront, beside the local cloud's own server of the page."""

import contextlib
import http.client
from collections.abc import Iterator

import pytest

from tests.support.shape import RESOURCES
from tools.cloud import seed
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.local_cloud import LocalCloud
from tools.cloud.page import headers_of
from tools.pki.authorities import DemoPki

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

HOSTING = {
    "WebDomain": "cert.bank.example",
    "WebCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000",
}
FILES = {"index.html": b"<!doctype html><p>page", "assets/app-1a2b.js": b"export {}"}


@pytest.fixture(scope="module")
def hosting(pki: DemoPki) -> Iterator[LocalCloud]:
    with LocalCloud.start(seed.parameters(pki) | HOSTING) as started:
        for key, content in FILES.items():
            started.client("s3").put_object(Bucket=started.physical("PageBucket"), Key=key, Body=content)
        yield started


def get(hosting: LocalCloud, path: str, scheme: str = "https") -> HttpResponse:
    """As CloudFront gets it; redirections are not followed."""
    (distribution,) = hosting.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    headers = {"Host": distribution["DomainName"], "X-Forwarded-Proto": scheme}
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", hosting.emulator.port, timeout=10)
    ) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(answer.status, named, answer.read())


@pytest.mark.parametrize(
    ("path", "key", "policy"),
    [
        ("/", "index.html", "PageHeaders"),
        ("/index.html", "index.html", "PageHeaders"),
        ("/assets/app-1a2b.js", "assets/app-1a2b.js", "AssetHeaders"),
    ],
)
def test_cloudfront_sends_the_headers_that_the_local_cloud_sends(
    hosting: LocalCloud, path: str, key: str, policy: str
) -> None:
    answer = get(hosting, path)

    assert (answer.status, answer.body) == (200, FILES[key])
    api = f"https://{hosting.outputs['ApiId']}.execute-api.ap-northeast-2.amazonaws.com"
    uploads = f"https://{hosting.outputs['UploadBucket']}.s3.ap-northeast-2.amazonaws.com"
    local = headers_of(RESOURCES[policy], "ORIGIN")
    local["Content-Security-Policy"] = local["Content-Security-Policy"].replace("ORIGIN ORIGIN", f"{api} {uploads}")
    assert {name: answer.headers.get(name.lower()) for name in local} == local


def test_the_page_is_there_over_tls_only_and_at_cloudfront_only(hosting: LocalCloud) -> None:
    assert (get(hosting, "/", scheme="http").status, get(hosting, "/nowhere").status) == (301, 403)
    assert send("GET", f"{hosting.emulator.url}/{hosting.physical('PageBucket')}/index.html").status == 403


def test_without_a_domain_there_is_no_page(cloud: LocalCloud) -> None:
    assert "Page" not in cloud.resources
    assert "Items" not in cloud.client("cloudfront").list_distributions()["DistributionList"]
