"""References of a request: what a customer reads out on the phone, and what an agent finds logs by.

A client can choose API Gateway's own id (the header x-amzn-RequestId), and so another customer's. Ours is made
here.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from itertools import product
from math import prod

# No vowel (no word appears), and nothing that looks like another: 0 O, 1 I L, 2 Z, 5 S, 8 B.
ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
_HALF = 4
MOST_MEANT = 16
"""References that one text may stand for: with more, it is no longer the one that the customer read out."""
# What people write for a character of ours, or hear: one that it is taken for, or two.
_TAKEN_FOR: Mapping[str, str] = {
    "Z": "2",
    "S": "5",
    "B": "8",
    "U": "V",
    **dict.fromkeys("0O", "QD"),
    **dict.fromkeys("1IL", "7T"),
}
_WRITTEN = re.compile(rf"([0-9A-Z]{{{_HALF}}})[-_.\u00b7\u2010-\u2015]?([0-9A-Z]{{{_HALF}}})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UPLOAD = re.compile(r"[a-z0-9]{32,33}")


def new_reference() -> str:
    """A support reference such as `7KQ2-M4XD`: one of 150,000 million."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(2 * _HALF))
    return f"{drawn[:_HALF]}-{drawn[_HALF:]}"


def read_reference(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The references that `text` may stand for, and the members of a line that hold one of their form.

    None for what is no id. Ours may be written in any case, with spaces, with or without the hyphen, and with
    characters that look like ours: what may stand for two characters gives two references. Those of API Gateway and
    of a queue message are UUIDs; the reference of a failed upload is the upload's id.
    """
    written = "".join(unicodedata.normalize("NFKC", text).split())
    if ours := _WRITTEN.fullmatch(written.upper()):
        meant = [_TAKEN_FOR.get(each, each) for each in ours[1] + ours[2]]
        if all(set(each) <= set(ALPHABET) for each in meant) and prod(map(len, meant)) <= MOST_MEANT:
            read = ("".join(each) for each in product(*meant))
            return tuple(f"{each[:_HALF]}-{each[_HALF:]}" for each in read), ("support_ref",)
        return None
    if _UUID.fullmatch(written.lower()):
        return (written.lower(),), ("gateway_id", "message_id")
    return ((written.lower(),), ("upload_id",)) if _UPLOAD.fullmatch(written.lower()) else None
