"""Plain HTTP for the demo app and tests: an error status is an answer here, not an exception."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

# A proxy in the environment must not get to see loopback addresses.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """Parse the body."""
        return json.loads(self.body)


def send(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    """Send `body` as it is when bytes, else as JSON."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(headers or {})} if content is not None else headers or {}
    request = urllib.request.Request(url, data=content, method=method, headers=sent)
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return _read(answer)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error)


def post_form(url: str, fields: dict[str, str], file: bytes) -> Answer:
    """Send a presigned POST: the fields, then the file."""
    boundary = "----registrar-form-boundary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = b"".join(parts) + head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return send("POST", url, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def _read(answer: Any) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, answer.read())
