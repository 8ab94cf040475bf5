"""The forms in which the bytes of a secret may be written down."""

import base64


def forms(secret: bytes) -> set[bytes]:
    """How bytes may be written down: in base64 at any offset, so that they may stand inside something longer."""
    written = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + secret)
        # The first and last digits depend on what stands around.
        inner = text[4 if shift else 0 :].rstrip(b"=")[: -1 if len(secret) > 4 else None]
        written |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in written if len(form) >= 6}
