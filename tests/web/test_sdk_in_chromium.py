"""The built SDK in Chromium, in a worker, on a page with a strict policy: it ends with each file as the service."""

import json
import shutil
from pathlib import Path

import pytest

from registrar.domain.possession.headings import TextToSign
from registrar.domain.possession.signature import check_possession
from tests.support.customer_folders import generated
from tests.support.node import run_node
from tests.support.web_cases import document, proof_of

pytestmark = [pytest.mark.slow, pytest.mark.loopback, pytest.mark.filterwarnings("ignore::UserWarning")]


def test_the_built_sdk_opens_and_signs_in_a_browser(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("NOT RUN: the SDK in a browser needs chromium, which is not installed")
    given = document()
    (tmp_path / "cases.json").write_text(json.dumps(given), encoding="utf-8")

    printed = run_node(["test/browser/run.ts", chromium], environment={"WEB_CASES": str(tmp_path / "cases.json")})

    found = json.loads(printed)
    assert "failed" not in found, found
    expected = {case["name"]: case["expected"] for case in given["cases"] if " changed " not in case["name"]}
    assert {name: found["ended"][name] for name in expected} == expected
    for kind in ("signature", "cms"):
        check_possession(generated().certificate, TextToSign(found["text"]), proof_of(kind, found["signed"][kind]))
    assert found["large"] > 5 * 2**30
    assert found["refused"] == {"kind": "file", "code": "UPLOAD_TOO_LARGE", "params": {"max_bytes": 65536}}
    assert found["place"] == [["NPKI/USER/signCert.der|NPKI/USER/signPri.key", "NPKI/USER"]]
