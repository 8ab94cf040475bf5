"""The local cloud for tests: one for the whole run. Each test enrols its own customers."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.contract_probe import CONTRACT
from tests.support.expect import surprises
from tests.support.pages import LISTED
from tests.support.roles import AsRole, clients_of_roles
from tools.cloud.automation import Automation
from tools.cloud.local_cloud import LocalCloud
from tools.demo.authenticator import Authenticator
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki, one_year_from
from tools.pki.issuers import DemoIssuers

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def pki() -> DemoPki:
    """The demo authorities that the local cloud trusts."""
    from tools.cloud import seed  # imported here: the tests of the emulator must run without it

    return seed.demo_pki(datetime.now(UTC))


@pytest.fixture(scope="session")
def issuers(pki: DemoPki) -> Iterator[DemoIssuers]:
    """The OCSP responder for every certificate of the demo authorities."""
    with DemoIssuers(pki) as started:
        yield started


@pytest.fixture(scope="session")
def next_pki() -> DemoPki:
    """The next generation of the demo authorities: its root is pinned, and no trust document names it yet."""
    return DemoPki.create(datetime.now(UTC), generation=2)


@pytest.fixture(scope="session")
def cloud(pki: DemoPki, next_pki: DemoPki, issuers: DemoIssuers) -> Iterator[LocalCloud]:
    """template.yaml, built for this machine, deployed and seeded."""
    from tools.cloud import seed

    pins = ",".join(seed.parameters(each)["TrustAnchorPins"] for each in (pki, next_pki))
    with LocalCloud.start(seed.parameters(pki) | {"WebOrigins": LISTED, "TrustAnchorPins": pins}) as started:
        seed.seed(started, pki, issuers.url)
        yield started
        assert not surprises(started)


@pytest.fixture(scope="session")
def automation(cloud: LocalCloud) -> Iterator[Automation]:
    """What SSM does in AWS: the bank's staff start documents."""
    with Automation(cloud) as started:
        yield started


@pytest.fixture
def new_phone(cloud: LocalCloud) -> Callable[..., Phone]:
    """Enrols a new customer, logged in unless `log_in` is False. Other arguments go to seed.enrol.

    The phone has a passkey unless `passkey` is False: with codes, which are accepted once, tests would wait.
    """
    from tools.cloud import seed

    def make(*, log_in: bool = True, passkey: bool = True, language: str = "ko", **customer: Any) -> Phone:
        number = next(_numbers)
        customer.setdefault("phone", f"+8210{number:08d}")
        device = Authenticator(seed.RP_ID, seed.ORIGIN) if passkey else None
        enrolled = seed.enrol(cloud, f"customer-{number}", language=language, device=device, **customer)
        address = f"198.18.{number // 256}.{number % 256}"
        phone = Phone(cloud.url, enrolled, language=language, address=address, device=device)
        if log_in:
            answer = phone.log_in()
            assert answer.status == 200, answer.body
        return phone

    return make


@pytest.fixture
def new_certificate(pki: DemoPki) -> Callable[..., CustomerCertificate]:
    """Issues a good certificate, valid for a year from today; arguments go to DemoPki.issue_customer."""

    def issue(**arguments: Any) -> CustomerCertificate:
        first, last = one_year_from(datetime.now(UTC))
        return pki.issue_customer(**{"not_before": first, "not_after": last, "key": "ec", **arguments})

    return issue


@pytest.fixture(scope="module")
def contract() -> Iterator[LocalCloud]:
    with LocalCloud.start(template=CONTRACT / "template.yaml", built=CONTRACT) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def as_role(cloud: LocalCloud) -> AsRole:
    """Makes a client of a service with a function's role."""
    return clients_of_roles(cloud)
