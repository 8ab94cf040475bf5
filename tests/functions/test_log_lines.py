"""The lines that functions log, as Lambda and CloudWatch read them."""

import re
from datetime import UTC, datetime, timedelta

from registrar.domain.times import local_time
from tests.support.account import Account
from tests.support.app import App, a_batch

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# A line of an earlier release, which is searched for as long as logs are kept.
EARLIER = "2026-11-22 12:00:00,123+0000"


def test_every_line_has_a_time_of_rfc_3339_in_utc(account: Account) -> None:
    app = App(account)
    app.enrol()
    app.log_in()
    account.invoke("send_notice", a_batch({"no": "notice"}))

    lines = account.logged()
    assert {line["level"] for line in lines} >= {"INFO", "ERROR"}
    for line in lines:
        assert RFC_3339.fullmatch(line["timestamp"]), line
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)


def test_a_time_reads_the_same_in_lines_of_this_release_and_of_earlier_ones() -> None:
    now = datetime(2026, 11, 22, 12, 0, 0, 123_000, tzinfo=UTC).isoformat(timespec="milliseconds")

    assert local_time(now, "en") == local_time(EARLIER, "en") == "22 November 2026, 21:00 KST"
