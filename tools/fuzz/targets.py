"""Every reader of hostile input, by the name under which docs/reliability.md lists it."""

from tools.fuzz.files import FILES
from tools.fuzz.issuers import ISSUERS
from tools.fuzz.network import NETWORK
from tools.fuzz.requests import REQUESTS
from tools.fuzz.target import Targets

TARGETS: Targets = {**FILES, **ISSUERS, **NETWORK, **REQUESTS}

FOUND: dict[str, int] = {
    "CRL under its issuer's signature": 1,
    "CRL, our index of it": 3,
}
"""Faults that this work found in a reader and that are fixed: each has a test beside the reader's others."""
