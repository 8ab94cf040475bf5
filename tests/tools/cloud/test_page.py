"""The page's server of the local cloud: files, configuration, and the headers that CloudFront sends in AWS."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bank import BANK
from tools.cloud.http_calls import HttpResponse, send
from tools.cloud.page import PageServer, page_config

pytestmark = pytest.mark.loopback

API = "http://127.0.0.1:4566/_aws/execute-api/abc/v1"
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self' http://127.0.0.1:4566 http://127.0.0.1:4566; require-trusted-types-for 'script'; "
    "trusted-types registrar-worker; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    (tmp_path / "secret").write_text("outside")
    with PageServer(0, tmp_path / "dist", tmp_path / "config.json") as started:
        thread = threading.Thread(target=started.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield started
        started.shutdown()


def build(server: PageServer) -> None:
    (server.built / "assets").mkdir(parents=True)
    (server.built / "index.html").write_text("<!doctype html><p>page")
    (server.built / "icon.svg").write_text("<svg/>")
    (server.built / "assets/app-1a2b.js").write_text("export {}")
    server.config.write_text(json.dumps({"api": API}))


def get(server: PageServer, path: str, method: str = "GET") -> HttpResponse:
    return send(method, f"http://127.0.0.1:{server.server_address[1]}{path}")


@pytest.mark.parametrize(
    ("path", "kind", "cached"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/?x=1", "text/html; charset=utf-8", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/config.json", "application/json", "no-cache"),
        ("/assets/app-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    ],
)
def test_a_file_has_its_type_and_the_security_headers(
    server: PageServer, path: str, kind: str, cached: str
) -> None:
    build(server)

    answer = get(server, path)

    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["cache-control"] == cached
    assert HEADERS.items() <= answer.headers.items()
    assert "publickey-credentials-get=(self)" in answer.headers["permissions-policy"]
    assert get(server, path, "HEAD").headers["content-length"] == str(len(answer.body))


def test_the_page_names_the_bank_as_the_service_does() -> None:
    config = page_config(API, "localhost")

    assert (config["bank"], config["help_desk"]) == ({"ko": BANK.name_ko, "en": BANK.name_en}, BANK.help_desk)


def test_the_page_finds_the_api_in_its_configuration(server: PageServer) -> None:
    build(server)

    assert get(server, "/config.json").json() == {"api": API}


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/assets/../../secret",
        "//secret",
        "/%00",
        "/assets",
        "/nowhere.js",
        "/config.json/x",
    ],
)
def test_only_files_of_the_page_are_served(server: PageServer, path: str) -> None:
    build(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.putrequest("GET", path, skip_host=False)
    connection.endheaders()
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (404, b"not found")
    assert answer.headers["Content-Security-Policy"] == POLICY
    connection.close()


def test_before_the_page_is_built_it_says_how(server: PageServer) -> None:
    answer = get(server, "/")

    assert (answer.status, answer.body) == (404, b"not built: make web")
    assert "connect-src 'self'  ;" in answer.headers["content-security-policy"], "no API yet"

    build(server)
    assert get(server, "/").status == 200, "built meanwhile, it is there at once"
