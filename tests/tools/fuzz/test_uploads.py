"""A small fixed part of the 100,000 mutated uploads of `make fuzz`: each ends with a code of the catalogue."""

import random
from pathlib import Path

import pytest

from registrar.domain.reasons.catalogue import CATALOGUE
from tests.support.builders import a_trust_store
from tools.fuzz.target import given_files
from tools.fuzz.uploads import SEED, Run, corpus, outcome

# `cryptography` warns of odd values that it reads all the same.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_uploads_of_the_corpus_are_accepted_before_they_are_mutated() -> None:
    ends = [outcome(sample.files, sample.password, a_trust_store()) for sample in corpus()]

    assert ends.count("accepted") >= 10
    assert set(ends) <= {"accepted", *CATALOGUE}


def ends_of(count: int) -> Run:
    run = Run(random.Random(SEED))  # noqa: S311 - the same mutations in every run
    for _ in range(count):
        run.one()
    return run


def test_mutated_uploads_end_with_a_code() -> None:
    run = ends_of(150)

    assert not run.measured.failures
    assert run.measured.calls == sum(run.codes.values()) == 150
    assert "FILE_UNREADABLE" in run.codes


@pytest.mark.slow
def test_two_thousand_mutated_uploads_end_with_many_codes() -> None:
    run = ends_of(2000)

    assert not run.measured.failures
    expected = {
        "accepted",
        "CERT_MALFORMED",
        "FILE_ENCRYPTION_UNSUPPORTED",
        "FILE_PASSWORD_WRONG",
        "UPLOAD_TOO_LARGE",
    }
    assert expected <= run.codes.keys()


def test_files_given_are_read_from_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "one.der").write_bytes(b"1")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "large").write_bytes(bytes(100_000))
    monkeypatch.setenv("FUZZ_SEEDS", f"{tmp_path / 'nowhere'}:{tmp_path}")

    assert given_files() == [b"1"]
    assert corpus()[-1].files == (b"1",)
