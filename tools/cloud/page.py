"""Serves the built page on the local cloud, with the headers that CloudFront sends in AWS.

`make up` runs it in the background (`python -m tools.cloud.page PORT`). The headers are read from template.yaml,
where the page's policy is written once; API and uploads, which the policy names, are at the local address.
"""

import argparse
import json
import mimetypes
import urllib.parse
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.cloud.emulator import ROOT
from tools.packaging.template import read_template

BUILT = ROOT / "web/app/dist"
"""Where `make web` puts the page."""
CONFIG = ROOT / "build/page/config.json"
"""What the page asks for as /config.json (docs/runbook.md, "The page")."""
LOG = ROOT / "build/page/server.log"

# Without the machine's own list, which may call a script text/plain.
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("text/javascript", ".js")
_TYPES.add_type("image/webp", ".webp")


def page_config(api: str, rp_id: str) -> dict[str, Any]:
    """What the page has to know. The bank is the one that the service names, by the template's parameters."""
    stated = read_template(ROOT / "template.yaml")["Parameters"]
    name_ko, name_en, phone = (stated[name]["Default"] for name in ("BankNameKo", "BankNameEn", "HelpDeskPhone"))
    bank = {"ko": name_ko, "en": name_en}
    return {"api": api, "rp_id": rp_id, "bank": bank, "languages": ["ko", "en"], "help_desk": phone}


def write_config(api: str, rp_id: str) -> None:
    """Write it where the page's server has it."""
    CONFIG.parent.mkdir(parents=True, exist_ok=True)
    written = CONFIG.with_suffix(".new")
    written.write_text(json.dumps(page_config(api, rp_id), ensure_ascii=False), encoding="utf-8")
    written.replace(CONFIG)  # in one step: the server reads it at each request


def headers_of(policy: Mapping[str, Any], origin: str) -> dict[str, str]:
    """The headers of a response headers policy of template.yaml, for an API and uploads at `origin`."""
    config = policy["Properties"]["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    content, names = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    for name in names:
        content = content.replace(f"${{{name}}}", origin)
    transport = security["StrictTransportSecurity"]
    subdomains = "; includeSubDomains" if transport["IncludeSubdomains"] else ""
    return {
        "Content-Security-Policy": content,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}{subdomains}",
        **{item["Header"]: item["Value"] for item in config["CustomHeadersConfig"]["Items"]},
    }


class PageServer(ThreadingHTTPServer):
    """Serves the files in `built`, and `config` as /config.json, on a loopback port."""

    daemon_threads = True

    def __init__(self, port: int = 0, built: Path = BUILT, config: Path = CONFIG) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.built = built.resolve()
        self.config = config
        self._resources = read_template(ROOT / "template.yaml")["Resources"]

    def file(self, path: str) -> Path | None:
        """The file at a path, if there is one."""
        found = self.config if path == "config.json" else (self.built / (path or "index.html")).resolve()
        ours = found == self.config or found.is_relative_to(self.built)
        return found if ours and found.is_file() else None

    def headers(self, path: str) -> dict[str, str]:
        """The headers of every response at a path, refusals too."""
        policy = self._resources["AssetHeaders" if path.startswith("assets/") else "PageHeaders"]
        return headers_of(policy, self._api_origin())

    def _api_origin(self) -> str:
        """Of the API and of uploads; nothing before the stack is there."""
        if not self.config.is_file():
            return ""
        api = urllib.parse.urlsplit(json.loads(self.config.read_text(encoding="utf-8"))["api"])
        return f"{api.scheme}://{api.netloc}"


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        """One file."""
        self.wfile.write(self._respond())

    def do_HEAD(self) -> None:
        """The headers of one file."""
        self._respond()

    def _respond(self) -> bytes:
        """Send status and headers; returns the body."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/")
        file = None if "\0" in path else self.server.file(path)
        if file:
            body = file.read_bytes()
            kind = _TYPES.guess_type(file.name)[0] or "application/octet-stream"
        else:
            body = b"not found" if self.server.built.is_dir() else b"not built: make web"
            kind = "text/plain"
        self.send_response(200 if file else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers(path).items():
            self.send_header(name, value)
        self.end_headers()
        return body

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the overridden name
        """Quiet."""


def main() -> None:
    """Serve the page at a port."""
    parser = argparse.ArgumentParser("python -m tools.cloud.page", description="The page for browsers.")
    parser.add_argument("port", type=int)
    PageServer(parser.parse_args().port).serve_forever()


if __name__ == "__main__":
    main()
