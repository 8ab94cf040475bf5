"""Clients that one address's limit refuses at the same time, and that repeat by the SDK's rule."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bench.load.repeating import MOST_TRIES, RepeatingPhone
from bench.load.storms import PASSWORD, REFUSED, addresses, count_before, customers
from bench.load.tables import Table
from registrar.domain.access.throttles import ADDRESS_LIMIT
from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud

CLIENTS = 4


def run(cloud: LocalCloud, clients: int = CLIENTS) -> list[RepeatingPhone]:
    """Let so many clients log in at once from an address whose limit is reached, in this minute and the next."""
    (address,) = addresses(1)
    phones = [
        RepeatingPhone(cloud.url, seed.enrol(cloud, name, password=PASSWORD), address=address)
        for name in customers(clients)
    ]
    count_before(cloud, address, datetime.now(UTC), ADDRESS_LIMIT.per_minute)
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(RepeatingPhone.log_in, phones))
    return phones


def wrong(phones: Sequence[RepeatingPhone]) -> list[str]:
    """What is not as documented: another answer than the limit's, more tries than the SDK's rule allows."""
    found = [f"retries: {name}" for phone in phones for name in phone.refused if name != REFUSED]
    return found + [f"retries: {phone.most_tries} tries" for phone in phones if phone.most_tries > MOST_TRIES]


def table(phones: Sequence[RepeatingPhone]) -> Table:
    """One row for all clients."""
    head = ["clients", "requests in all", "most of one client", "allowed"]
    requests = sum(sum(phone.refused.values()) for phone in phones)
    row = [len(phones), requests, max(phone.most_tries for phone in phones), MOST_TRIES]
    return Table("Clients that repeat a refused login", head, [list(map(str, row))])
