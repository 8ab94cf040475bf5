"""What tests begin with: made once in this process, and restored for each test that begins so."""

import copy
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from tests.support import used_grants
from tests.support.account import Account, Snapshot
from tests.support.app import DONE, App
from tests.support.builders import a_certificate
from tests.support.containers import files_of
from tools.pki.authorities import CustomerCertificate

Start = TypeVar("Start", Account, App)
Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Made:
    """A result and what it was made in. Both are kept, since copies name another account and app instead."""

    account: Account
    app: App | None
    snapshot: Snapshot
    facts: Mapping[str, Any]
    result: Any


_made: dict[Hashable, _Made] = {}


def prepared(
    start: Start, make: Callable[Concatenate[Start, Given], Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """What `make(start, *given, **named)` returns, with the account and the app as it leaves them.

    Only as the first thing that is done in an account, or after another `prepared`: then it depends on nothing but
    what is passed. What a test replaces (with monkeypatch, or in a function's module) comes after it.
    """
    account, app = _parts(start)
    assert account.as_restored, "something else was done before, which a restored account would not hold"
    assert not account.has_functions, "a restored account has new environments of its functions"
    key = make, given, tuple(sorted(named.items())), account.facts(), repr(_facts(app))
    if key not in _made:
        with used_grants.unnoted():  # which test is the first depends on the run
            fresh = make(start, *given, **named)
        _made[key] = _Made(account, app, account.snapshot(), _facts(app), fresh)
    made = _made[key]
    account.restore(made.snapshot)
    same = {id(made.account): account, id(made.app): app}
    if app is not None:
        vars(app).update(copy.deepcopy(dict(made.facts), same))
    result: Result = copy.deepcopy(made.result, same)
    return result


def _parts(start: Account | App) -> tuple[Account, App | None]:
    return (start.account, start) if isinstance(start, App) else (start, None)


def _facts(app: App | None) -> dict[str, Any]:
    """What an app is, its account aside."""
    return {name: value for name, value in vars(app).items() if name != "account"} if app is not None else {}


# ---- what several files begin with


def delivered_certificate(app: App, /, **of_certificate: Any) -> tuple[CustomerCertificate, str]:
    """A certificate of the customer, and the id of its upload, about which its issuer is asked next."""
    certificate = a_certificate(**{"key": "ec", **of_certificate})
    upload_id = app.sent(certificate.der)
    assert app.deliver(upload_id) == DONE
    return certificate, upload_id


def uploaded_certificate(app: App, /, **of_certificate: Any) -> tuple[CustomerCertificate, dict[str, Any]]:
    """A certificate of the customer, and its upload, which waits for the proof of possession."""
    certificate = a_certificate(**{"key": "ec", **of_certificate})
    return certificate, app.upload(certificate.der)


def uploaded_container(app: App, kind: str = "pair", /) -> tuple[CustomerCertificate, dict[str, Any]]:
    """A certificate of the customer in a container, and its upload, which waits for the password SECRET."""
    certificate = a_certificate(key="ec")
    return certificate, app.upload(*files_of(certificate, kind))


def registered_certificate(app: App, /, **of_certificate: Any) -> tuple[CustomerCertificate, dict[str, Any]]:
    """A certificate of the customer, and its registration."""
    certificate = a_certificate(**{"key": "ec", **of_certificate})
    answer = app.register(certificate)
    assert answer.status == 201, answer.body
    return certificate, answer.body
