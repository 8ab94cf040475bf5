"""Plain HTTP for the demo app and tests: an error status is a response here, not an exception."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

# A proxy of the environment must not receive loopback requests.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class HttpResponse:
    """Status, headers and body of a response."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """Parse the body."""
        return json.loads(self.body)


def send(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> HttpResponse:
    """Send `body`: bytes unchanged, anything else as JSON."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(headers or {})} if content is not None else headers or {}
    request = urllib.request.Request(url, data=content, method=method, headers=sent)
    try:
        with _DIRECT.open(request, timeout=30) as response:
            return _read(response)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error)


def post_form(url: str, fields: dict[str, str], file: bytes, headers: dict[str, str] | None = None) -> HttpResponse:
    """Send a presigned POST: the fields, then the file."""
    boundary = "----registrar-form-boundary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = b"".join(parts) + head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return send("POST", url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})})


def _read(response: Any) -> HttpResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return HttpResponse(response.status, headers, response.read())
