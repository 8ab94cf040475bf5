"""`make load` in small: it counts what it does, and repeats as the SDK does."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from bench.echo import GET, with_functions
from bench.load import caches, memory, storms, way
from bench.load.__main__ import PARTS, local_cloud
from bench.load.bystander import Bystander
from bench.load.page import PAGE, save
from bench.load.repeating import LONGEST_WAIT, MOST_TRIES, PLATFORM_FULL, RepeatingPhone, name_of
from bench.load.tables import Table, share_at
from tools.cloud.emulator import ROOT
from tools.cloud.http_calls import HttpResponse
from tools.cloud.seed import DemoCustomer
from tools.packaging.template import read_template

CUSTOMER = DemoCustomer("hong", "홍길동", "personal", "+821012345678", "secret", b"", "")
PLAIN = {"content-type": "application/json"}
OK = HttpResponse(200, PLAIN, b"{}")
FULL = HttpResponse(429, PLAIN, b'{"__type": "TooManyRequestsException"}')


def refusal(*, retryable: bool, after: int | None) -> HttpResponse:
    headers = {"content-type": "application/problem+json; charset=utf-8"}
    if after is not None:
        headers["retry-after"] = str(after)
    body = b'{"code": "RATE_LIMITED", "retryable": %s}' % (b"true" if retryable else b"false")
    return HttpResponse(429, headers, body)


def sent(
    monkeypatch: pytest.MonkeyPatch, *responses: HttpResponse
) -> tuple[RepeatingPhone, list[float], HttpResponse]:
    """A phone whose requests get these responses, the last one again and again; how long it waited, what it got."""
    waited: list[float] = []
    left = list(responses)
    monkeypatch.setattr("bench.load.repeating.sleep", waited.append)
    monkeypatch.setattr("tools.demo.phone.send", lambda *_: left.pop(0) if len(left) > 1 else left[0])
    phone = RepeatingPhone("http://nowhere", CUSTOMER)
    return phone, waited, phone.call("GET", "/registrations")


def test_a_phone_repeats_what_is_retryable_after_as_long_as_the_response_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone, waited, last = sent(monkeypatch, refusal(retryable=True, after=7), OK)
    assert (waited, last, dict(phone.refused), phone.most_tries) == ([7], OK, {"429 RATE_LIMITED": 1}, 2)


@pytest.mark.parametrize(
    ("refused", "waits"),
    [
        (refusal(retryable=True, after=1), [1] * (MOST_TRIES - 1)),
        (refusal(retryable=True, after=LONGEST_WAIT), [LONGEST_WAIT]),
        (refusal(retryable=True, after=LONGEST_WAIT + 1), []),
        (refusal(retryable=True, after=None), []),
        (refusal(retryable=False, after=1), []),
        (HttpResponse(503, {}, b""), []),
    ],
)
def test_a_phone_gives_up_by_the_rule(
    refused: HttpResponse, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, waited, last = sent(monkeypatch, refused)
    assert (waited, last) == (waits, refused)
    assert dict(phone.refused) == {name_of(refused): len(waits) + 1}


def test_the_emulators_own_limit_is_named_and_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    phone, _, last = sent(monkeypatch, FULL, FULL, OK)
    assert (dict(phone.refused), last) == ({PLATFORM_FULL: 2}, OK)


def test_the_rule_is_the_sdks() -> None:
    source = (ROOT / "web/sdk/src/client/requests.ts").read_text()
    found = dict(re.findall(r"^const (MOST_TRIES|LONGEST_WAIT) = (\d+);", source, re.MULTILINE))
    assert found == {"MOST_TRIES": str(MOST_TRIES), "LONGEST_WAIT": str(LONGEST_WAIT)}


def test_the_page_has_a_place_for_each_part() -> None:
    text = PAGE.read_text()
    for name in PARTS:
        assert text.count(f"<!-- load-{name}:begin -->\n") == text.count(f"<!-- load-{name}:end -->\n") == 1


def test_saving_a_part_keeps_the_others(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- load-way:begin -->\nold\n<!-- load-way:end -->\nb\n<!-- load-storms:begin -->\nkept\n")
    save("way", [Table("Way", ["what", "figure"], [["one", "1"]])], date(2026, 11, 30), 0.5, page)
    text = page.read_text()
    assert "| one | 1 |\n" in text
    assert "Measured on 2026-11-30: " in text
    assert "; load average before: 0.5.\n" in text
    assert "old" not in text
    assert text.startswith("a\n")
    assert text.endswith("b\n<!-- load-storms:begin -->\nkept\n")


def test_a_percentile_is_what_its_share_does_not_exceed() -> None:
    figures = [float(number) for number in range(101)]
    assert [share_at(figures, share) for share in way.SHARES] == [50, 95, 99]
    assert share_at([3.0], 99) == 3


def test_growth_over_a_megabyte_is_named() -> None:
    still = memory.Memory("login", (1, 2, 3), (70_000, 70_500, 71_024))
    grown = memory.Memory("authorize", (1, 2, 3), (70_000, 70_500, 71_025))
    assert memory.grown([still, grown]) == {"authorize": 1025}


def test_a_cache_over_its_bound_is_named() -> None:
    assert caches.wrong(caches.Kept((1, 2), (5000, 5000), {"kept": (32, 32), "endless": (33, 0)})) == [
        "endless holds more than its bound"
    ]
    assert caches.wrong(caches.Kept((1, 2), (5000, 5000 + memory.MOST_GROWTH + 1), {})) == ["caches: 1025 KB more"]


@pytest.mark.slow
def test_caches_of_issuers_hold_their_bound_and_no_more() -> None:
    found = caches.run((10, 40))
    assert caches.wrong(found) == []
    assert {name.rpartition(".")[2]: tuple(numbers) for name, numbers in found.caches.items()} == dict.fromkeys(
        ("KeptLists", "read_embedded", "_purpose", "check_issued", "_key_hash", "_by_name"), (32, 32)
    )


@pytest.mark.slow
def test_recorded_functions_get_what_was_recorded_for_each_of_many_customers() -> None:
    """A result that is not as recorded ends the replay with an error."""
    found = memory.run((1, 2, 4), ("authorize", "register_certificate"))
    assert [each.verb for each in found] == ["authorize", "register_certificate"]
    assert all(len(each.kilobytes) == 3 and min(each.kilobytes) > 0 for each in found)


@pytest.mark.slow
def test_the_load_runs_on_the_template_with_an_echo_function_that_may_do_nothing() -> None:
    template, _ = with_functions(load_echo=GET)
    resources = json.loads(template.read_text())["Resources"]
    added = resources.pop("LoadEchoFunction")
    assert resources == json.loads(json.dumps(read_template(ROOT / "template.yaml")))["Resources"]
    assert "Policies" not in added["Properties"]


@pytest.mark.slow
@pytest.mark.loopback
def test_clients_register_without_an_error_and_a_storm_refuses_no_bystander() -> None:
    with local_cloud() as (cloud, pki):
        run = way.run(cloud, pki, clients=1, seconds=1)
        with Bystander.enrolled(cloud) as beside:
            storm = storms.by_many_customers(cloud, 4, storms.PASSWORD)
    assert not run.errors
    assert run.registrations
    assert len(run.registrations) == len(run.echo)
    assert storm.wrong == []
    assert beside.wrong() == []
    assert beside.logins
