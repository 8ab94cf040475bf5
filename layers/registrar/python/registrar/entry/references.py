"""References of a request: what a customer reads out on the phone, and what an agent finds logs by.

A client can choose API Gateway's own id (the header x-amzn-RequestId), and so another customer's. Ours is made
here.
"""

import re
import secrets

# No vowel (no word appears), and nothing that looks like another: 0 O, 1 I L, 2 Z, 5 S, 8 B.
ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
_HALF = 4
_OURS = re.compile(rf"([{ALPHABET}]{{{_HALF}}})-?([{ALPHABET}]{{{_HALF}}})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UPLOAD = re.compile(r"[a-z0-9]{32,33}")


def new_reference() -> str:
    """A support reference such as `7KQ2-M4XD`: one of 150,000 million."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(2 * _HALF))
    return f"{drawn[:_HALF]}-{drawn[_HALF:]}"


def read_reference(text: str) -> tuple[str, tuple[str, ...]] | None:
    """A reference as logs have it, and the members of a line that hold one of its form; None for anything else.

    Ours may be written with or without the hyphen, in any case. API Gateway's and a queue message's are UUIDs; the
    reference of a failed upload is the upload's id.
    """
    if ours := _OURS.fullmatch(text.upper()):
        return f"{ours[1]}-{ours[2]}", ("support_ref",)
    if _UUID.fullmatch(text.lower()):
        return text.lower(), ("gateway_id", "message_id")
    return (text, ("upload_id",)) if _UPLOAD.fullmatch(text) else None
