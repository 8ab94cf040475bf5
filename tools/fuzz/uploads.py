"""Mutations of real files through a whole upload: `python -m tools.fuzz.uploads RUNS REPORT`.

Each upload ends as the customer gets it: recognised, opened with its password, decided, its owner compared, and
shown in both languages. However it ends, it ends with codes of the catalogue, or accepted.
"""

import json
import os
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from registrar.domain.certificates.decision import Report, decide_certificate, refusal_report
from registrar.domain.certificates.trust import TrustStore
from registrar.domain.certificates.verdicts import verdict_of
from registrar.domain.files.formats import Bare, open_locked, recognise
from registrar.domain.files.kdf_budget import KdfBudget
from registrar.domain.possession.vid import check_owner
from registrar.domain.reasons.catalogue import CATALOGUE
from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.errors import Refusal, WrongPassword
from registrar.domain.reasons.findings import Finding, Level, headline
from registrar.entry.certificate_views import certificate_view
from registrar.entry.problems import findings_in
from tests.support.builders import NOW, a_trust_store
from tests.support.customer_folders import generated
from tests.support.npki_samples import Sample, samples
from tools.fuzz.measure import Failure, Measured, bound_memory
from tools.fuzz.mutations import mutated
from tools.fuzz.target import given_files

NAME = "whole upload, files mutated at random"
SEED = 20261130
_SAVED_EVERY = 2000
_BANK = "JEONBUK"
_IDN = "9001011234567"
_ACCEPTED = "accepted"


def corpus() -> list[Sample]:
    """Uploads of every kind, made here, and the files of the folders that FUZZ_SEEDS names."""
    folder = generated()
    made = [
        *samples().values(),
        Sample((folder.certificate, folder.key), folder.password),
        Sample((folder.pfx,), folder.password),
    ]
    return made + [Sample((content,)) for content in given_files()]


def outcome(files: Sequence[bytes], password: str, store: TrustStore) -> str:
    """The code that the customer sees first, or `accepted`."""
    try:
        report = _decided(files, password, store)
    except WrongPassword:
        return Code.FILE_PASSWORD_WRONG
    verdict = verdict_of(report, opened=True)
    for language in ("ko", "en"):
        shown: list[object] = list(findings_in(language, verdict.findings))
        if verdict.summary:
            shown.append(certificate_view(verdict.summary, language))
        json.dumps(shown, ensure_ascii=False, default=str).encode()
    first = headline(verdict.findings)
    return first.code if first else _ACCEPTED


def _decided(files: Sequence[bytes], password: str, store: TrustStore) -> Report:
    """What `validate_upload` and `open_container` decide. Raises WrongPassword."""
    try:
        container = recognise(files)
        if isinstance(container, Bare):
            return decide_certificate(container.der, store, "personal", NOW, bank=_BANK)
        opened = open_locked(files, password, KdfBudget())
    except Refusal as refused:
        return refusal_report(refused, store)
    report = decide_certificate(opened.der, store, "personal", NOW, bank=_BANK)
    if not report.accepted:
        return report
    try:
        check_owner(opened.der, _IDN, opened.random_number)
    except Refusal as refused:
        return report.with_finding(Finding("owner", Level.FAIL, refused.code, refused.params))
    return report


@dataclass
class Run:
    """Mutated uploads, one after another; the same seed makes the same ones."""

    chance: random.Random
    uploads: Sequence[Sample] = field(default_factory=corpus)
    measured: Measured = field(default_factory=Measured)
    codes: Counter[str] = field(default_factory=Counter)

    def one(self) -> None:
        """One upload, of which one file is mutated."""
        sample = self.chance.choice(self.uploads)
        files = list(sample.files)
        at = self.chance.randrange(len(files))
        files[at] = mutated(files[at], self.chance, [content for each in self.uploads for content in each.files])
        ended: list[str] = []

        def read(_content: bytes) -> None:
            ended.append(outcome(files, sample.password, a_trust_store()))

        self.measured.call(files[at], read, ())
        (code,) = ended or ("error",)
        self.codes[code] += 1
        if ended and code not in (*CATALOGUE, _ACCEPTED):
            self.measured.failures.setdefault(code, Failure(code, files[at]))


def main() -> None:
    """Run, and write what was measured as JSON, now and then and at the end."""
    _, runs, report = sys.argv
    warnings.simplefilter("ignore")  # `cryptography` warns of odd values that it reads all the same
    os.environ |= {"BANK_NAME_KO": "전북은행", "BANK_NAME_EN": "Jeonbuk Bank", "HELP_DESK_PHONE": "1588-0000"}
    run = Run(random.Random(SEED))  # noqa: S311 - the same mutations in every run
    for sample in run.uploads:
        outcome(sample.files, sample.password, a_trust_store())
    bound_memory()
    started = time.monotonic()
    for number in range(1, int(runs) + 1):
        run.one()
        if number % _SAVED_EVERY == 0 or number == int(runs):
            found = run.measured.as_json(time.monotonic() - started, Path(report).with_suffix(""))
            Path(report).write_text(json.dumps(found | {"codes": dict(run.codes.most_common())}))


if __name__ == "__main__":
    main()
