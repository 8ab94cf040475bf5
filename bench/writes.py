"""AWS calls and write units from login to registered, itemised per call.

The handlers run as they are against an account in memory made from template.yaml. Write units follow from item
sizes by DynamoDB's rules (one per started KB of the larger of the item before and after; twice in a transaction;
index entries of their own), since emulators count none.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bench.report import Row
from local.phone import sign
from registrar.aws import customers as customer_items
from registrar.aws.keys import CustomerSecrets
from registrar.aws.trust_bucket import ACTIVE
from registrar.domain.customers import Customer
from registrar.domain.passwords import hash_password
from tests.aws.account import RESOURCES, Account, Call, an_account
from tests.builders import NOW, a_certificate, a_trust_document

GROUP = "From login to registered"
MOST_CALLS, MOST_UNITS = 16, 28
