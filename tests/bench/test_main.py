"""`make bench`: a benchmark that fails or misses a limit is reported, and loses no figure of the others."""

from collections.abc import Iterator, Mapping

import pytest

import bench.__main__ as command
from bench.benches import Bench
from bench.report import Row


def fine() -> Iterator[Row]:
    yield Row("A", "holds", 1, 2)


def slow() -> Iterator[Row]:
    yield Row("B", "too slow", 3, 2)


def crashing() -> Iterator[Row]:
    yield Row("C", "measured", 1, 2)
    raise KeyError("BANK_NAME_KO")


def without_peer() -> Iterator[Row]:
    yield Row("D", "ours", 1, 2)
    yield Row("D", "theirs ÷ ours", None, None, at_least=30)


BENCHES = {
    "crashing": Bench(crashing, ("C",)),
    "without_peer": Bench(without_peer, ("D",)),
    "slow": Bench(slow, ("B",)),
    "fine": Bench(fine, ("A",)),
}


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[list[str], str]:
    """The groups that were saved, and what it ended with."""
    saved: list[str] = []

    def save(parts: Mapping[str, str], groups: tuple[str, ...]) -> None:
        saved.extend(parts)

    monkeypatch.setattr(command, "BENCHES", BENCHES)
    monkeypatch.setattr(command, "save", save)
    monkeypatch.setattr("sys.argv", ["bench", *arguments])
    try:
        command.main()
    except SystemExit as end:
        return saved, str(end.code)
    return saved, ""


def test_all_others_are_measured_and_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    saved, reported = run(monkeypatch, "--save")
    assert saved == ["B", "A"]
    assert "B: too slow" in reported
    assert "crashing" in reported
    assert "without_peer (not saved" in reported


def test_only_what_is_named_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "fine", "--save") == (["A"], "")
    assert "| holds | 1 × | ≤ 2 × |" in capsys.readouterr().out


def test_what_was_not_measured_exceeds_no_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "without_peer") == ([], "")
    assert "| theirs ÷ ours | not measured | ≥ 30 × |" in capsys.readouterr().out
