"""One completed signature request stays within its AWS calls and write units, call by call."""

from bench import signing
from bench.writes import Cost

CREATE, POLL, SHOW, SIGN = (
    "create_signature_request",
    "poll_signature_request",
    "show_signature_request",
    "sign_request",
)
EXPECTED = [
    Cost(CREATE, "PutItem", 1, aside=False),
    Cost("authorize", "BatchGetItem", 0, aside=True),
    Cost(SHOW, "UpdateItem", 1, aside=True),
    Cost("authorize", "BatchGetItem", 0, aside=False),
    # The request, the registration, and what is kept of it and of its customer.
    Cost(SIGN, "BatchGetItem", 0, aside=False),
    # The responder's breaker; what it stated before of certificate and responder, and the lists that name them.
    Cost(SIGN, "GetItem", 0, aside=False),
    Cost(SIGN, "BatchGetItem", 0, aside=False),
    # Evidence and receipt.
    Cost(SIGN, "PutObject", 0, aside=False),
    Cost(SIGN, "Sign", 0, aside=False),
    # The request, its registration's kept state, and the deny list: two each.
    Cost(SIGN, "TransactWriteItems", 6, aside=False),
    Cost(POLL, "GetItem", 0, aside=False),
]


def test_a_completed_signature_makes_no_other_calls_and_writes() -> None:
    found = signing.costs()

    assert found == EXPECTED
    assert sum(not cost.aside for cost in found) <= signing.MOST_CALLS
    assert sum(cost.units for cost in found) <= signing.MOST_UNITS
